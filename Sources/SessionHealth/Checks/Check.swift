/// One thing that `doctor` looked at: good, or what is wrong with it and what mends it.
package struct Check: Encodable, Equatable, Sendable {
    package enum Result: String, Encodable, Comparable, Sendable {
        case pass, warning, failure

        package static func < (left: Result, right: Result) -> Bool { left.exitStatus < right.exitStatus }

        /// Of `doctor`, where this is the worst.
        package var exitStatus: Int32 {
            switch self {
            case .pass: 0
            case .warning: 1
            case .failure: 2
            }
        }
    }

    /// What was looked at, or what is wrong, as JSON has it: the same as in `status` where that says it too.
    package let codeName: String
    package let layer: Finding.Layer
    package var result: Result
    /// The profile, session, file or program that it is about.
    package var subject: String
    /// One sentence.
    package var message: String
    /// What to do: a command where there is one; empty for what is good.
    package var fix: String

    private enum CodingKeys: String, CodingKey {
        case codeName = "code"
        case result, subject, message, fix
    }

    package init(_ code: Finding.Code, pass subject: String, _ message: String) {
        self.init(code, .pass, subject, message, fix: "")
    }

    package init(_ code: Finding.Code, _ result: Result, _ subject: String, _ message: String, fix: String) {
        codeName = code.rawValue
        layer = code.layer
        self.result = result
        self.subject = subject
        self.message = message
        self.fix = fix
    }

    package init(_ finding: Finding) {
        codeName = finding.codeName
        layer = finding.layer
        result =
            switch finding.severity {
            case .info: .pass
            case .warning: .warning
            case .error: .failure
            }
        subject = finding.subject
        message = finding.message
        fix = finding.fix
    }
}

/// All that `doctor` looked at, from the programs to the model.
package struct Checkup: Equatable, Sendable {
    package let checks: [Check]

    package init(_ checks: [Check]) { self.checks = checks }

    /// Each layer that something was looked at in.
    package var layers: [(layer: Finding.Layer, checks: [Check])] {
        Finding.Layer.allCases.map { layer in (layer, checks.filter { $0.layer == layer }) }.filter {
            !$0.checks.isEmpty
        }
    }

    package var worst: Check.Result { checks.map(\.result).max() ?? .pass }

    package func count(_ result: Check.Result) -> Int { checks.count { $0.result == result } }

    private struct Written: Encodable {
        var version = 1
        var checks: [Check]
    }

    /// What `--json` prints.
    package var json: [UInt8] { JSONCoding.encode(Written(checks: checks)) }
}
