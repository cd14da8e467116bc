/// Values by name. Names are the same only byte by byte, as for AWS's programs: a `String` equals another one in which
/// an accent is a character of its own, and the Greek `;` equals ours.
struct NameTable<Value> {
    private var values: [[UInt8]: Value] = [:]

    var names: some Sequence<String> { values.keys.lazy.map { String(decoding: $0, as: UTF8.self) } }

    subscript(name: String) -> Value? {
        get { values[Array(name.utf8)] }
        set { values[Array(name.utf8)] = newValue }
    }
}

extension NameTable: Sendable where Value: Sendable {}

extension String {
    /// Whether it is the same byte by byte: so are names, commands and values of others compared.
    package func isSpelled(as other: String) -> Bool {
        // The first is by far the fastest where they differ.
        self == other && utf8.elementsEqual(other.utf8)
    }
}

extension Sequence<String> {
    /// Whether one of them is the same byte by byte.
    package func containsSpelled(_ text: String) -> Bool { contains { $0.isSpelled(as: text) } }
}
