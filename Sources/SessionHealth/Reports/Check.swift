/// One thing that `doctor` looked at: good, or what is wrong with it and what mends it.
package struct Check: Codable, Equatable, Sendable {
    package enum Result: String, Codable, Comparable, Sendable {
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

    /// A stable name for what was looked at, or for what is wrong: the same as in `status` where that says it too.
    package var code: String
    package var result: Result
    /// The profile, session, file or program that it is about.
    package var subject: String
    /// One sentence.
    package var message: String
    /// What to do: a command where there is one; empty for what is good.
    package var fix: String

    package init(_ code: String, pass subject: String, _ message: String) {
        self.init(code, .pass, subject, message, fix: "")
    }

    package init(_ code: String, _ result: Result, _ subject: String, _ message: String, fix: String) {
        self.code = code
        self.result = result
        self.subject = subject
        self.message = message
        self.fix = fix
    }

    package init(_ finding: Finding) {
        let result: Result =
            switch finding.severity {
            case .info: .pass
            case .warning: .warning
            case .error: .failure
            }
        self.init(finding.code, result, finding.subject, finding.message, fix: finding.fix)
    }
}

/// All that `doctor` looked at, from the programs to the model.
package struct Checkup: Equatable, Sendable {
    package enum Layer: String, CaseIterable, Sendable {
        case programs, files, settings, profile, session, network, service

        /// Where a finding of `status` belongs.
        package init(of code: String) {
            let files = [
                "config-wrong", "state-damaged", "state-not-saved", "approvals-damaged", "settings-unreadable",
                "settings-not-json", "settings-not-object", "settings-too-large", "settings-wrong-owner",
                "settings-writable-by-others",
            ]
            let profiles = ["config-", "no-such-", "profile-", "bad-region", "endpoint-wrong", "legacy-profile"]
            let sessions = ["token-", "registration-", "sign-in-", "refresh-", "no-refresh-token", "offline"]
            self =
                if files.contains(code) {
                    .files
                } else if profiles.contains(where: code.hasPrefix) {
                    .profile
                } else if sessions.contains(where: code.hasPrefix) {
                    .session
                } else {
                    code.hasPrefix("service-") ? .service : .settings
                }
        }
    }

    package private(set) var layers: [(layer: Layer, checks: [Check])] = []

    package init() {}

    package mutating func add(_ layer: Layer, _ checks: [Check]) { layers.append((layer, checks)) }

    package var checks: [Check] { layers.flatMap(\.checks) }

    package var worst: Check.Result { checks.map(\.result).max() ?? .pass }

    package func count(_ result: Check.Result) -> Int { checks.count { $0.result == result } }

    private struct Written: Encodable {
        var version = 1
        var checks: [Check]
    }

    /// What `--json` prints.
    package var json: [UInt8] { JSONCoding.encode(Written(checks: checks)) }

    package static func == (left: Checkup, right: Checkup) -> Bool {
        left.layers.map(\.layer) == right.layers.map(\.layer) && left.checks == right.checks
    }
}
