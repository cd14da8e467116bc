/// Something a person should know: what is wrong or about to be, and the command or act that mends it.
package struct Finding: Codable, Equatable, Hashable, Sendable {
    /// How bad it is; decides the exit status of `status`.
    package enum Severity: String, Codable, Comparable, Sendable {
        case info, warning, error

        package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

        private var rank: Int { self == .info ? 0 : self == .warning ? 1 : 2 }
    }

    /// A stable name for this kind of finding, such as `legacy-profile`.
    package var code: String
    package var severity: Severity
    /// The profile, session or file that it is about.
    package var subject: String
    /// One sentence: what failed, and where (file, line, key).
    package var message: String
    /// What to do: a command where there is one.
    package var fix: String

    package init(_ code: String, _ severity: Severity, subject: String, message: String, fix: String) {
        self.code = code
        self.severity = severity
        self.subject = subject
        self.message = message
        self.fix = fix
    }

    /// The service manager has given up on the daemon; `result` is its word for why.
    package static func serviceFailed(_ result: String) -> Finding {
        Finding(
            "service-failed", .error, subject: "bedrock-agent.service",
            message: "systemd has given up on the daemon, which ended too often or could not start (\(result))",
            fix: "systemctl --user reset-failed bedrock-agent && systemctl --user start bedrock-agent; "
                + "why it ended: journalctl --user -u bedrock-agent")
    }
}
