/// Something a person should know: what is wrong or about to be, and the command or act that mends it.
package struct Finding: Codable, Equatable, Hashable, Sendable {
    /// How bad it is; decides the exit status of `status`.
    package enum Severity: String, Codable, Comparable, Sendable {
        case info, warning, error

        package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

        private var rank: Int { self == .info ? 0 : self == .warning ? 1 : 2 }
    }

    /// What kind of finding it is; nil for one of a newer daemon, whose code this program does not know.
    package var code: Code? { Code(rawValue: codeName) }
    /// Its code as JSON has it, such as `legacy-profile`.
    package let codeName: String
    package var severity: Severity
    /// The profile, session or file that it is about.
    package var subject: String
    /// One sentence: what failed, and where (file, line, key).
    package var message: String
    /// What to do: a command where there is one.
    package var fix: String

    package init(_ code: Code, _ severity: Severity, subject: String, message: String, fix: String) {
        codeName = code.rawValue
        self.severity = severity
        self.subject = subject
        self.message = message
        self.fix = fix
    }

    private enum CodingKeys: String, CodingKey {
        case codeName = "code"
        case severity, subject, message, fix
    }

    /// The layer of `doctor` that it belongs to. What only the daemon knows is told with the daemon.
    package var layer: Layer { code?.layer ?? .service }

    /// The service manager has given up on the daemon; `result` is its word for why.
    package static func serviceFailed(_ result: String) -> Finding {
        Finding(
            .serviceFailed, .error, subject: "bedrock-agent.service",
            message: "systemd has given up on the daemon, which failed too often or could not start (\(result))",
            fix: "systemctl --user reset-failed bedrock-agent && systemctl --user start bedrock-agent; "
                + "to see why it failed: journalctl --user -u bedrock-agent")
    }
}
