/// Metrics as Prometheus reads them, in its own text format and in OpenMetrics alike.
///
/// Each is a gauge, also what OpenMetrics calls an info or a state set: the textfile collector of node_exporter takes no
/// such types. The last line ends a text of OpenMetrics; to the other format it is a remark.
struct MetricText {
    struct Sample {
        /// In the order in which they are written; names are ours.
        var labels: [(name: String, value: String)]
        var value: Double

        init(_ labels: [(name: String, value: String)], _ value: Double) {
            self.labels = labels
            self.value = value
        }
    }

    /// On every sample, before its own labels.
    let common: [(name: String, value: String)]
    private var lines = ""

    init(common: [(name: String, value: String)]) { self.common = common }

    /// The whole text.
    var text: String { lines + "# EOF\n" }

    /// Adds a family; one without samples is left out.
    mutating func add(_ name: String, _ help: String, _ samples: [Sample]) {
        guard !samples.isEmpty else { return }
        lines += "# HELP \(name) \(help)\n# TYPE \(name) gauge\n"
        for sample in samples {
            let labels = (common + sample.labels).map { "\($0.name)=\"\(Self.label($0.value))\"" }
            lines += "\(name){\(labels.joined(separator: ","))} \(Self.number(sample.value))\n"
        }
    }

    /// Names come from files: whoever wrote those ends no line and no label, and takes no more room than this.
    static func label(_ value: String) -> String {
        String(String.UnicodeScalarView(value.unicodeScalars.prefix(mostScalars))).printable
            .replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }

    private static let mostScalars = 200

    /// Whole numbers without a point or an exponent.
    private static func number(_ value: Double) -> String {
        value.rounded() == value && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
}
