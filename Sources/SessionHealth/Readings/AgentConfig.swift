/// Our own configuration file, `config.json`. Every key is optional.
package struct AgentConfig: Equatable, Sendable {
    /// Profiles to guard in addition to the one that Claude Code uses.
    package var profiles: [String] = []
    /// Claude Code's folders (`CLAUDE_CONFIG_DIR`) to guard in addition to `~/.claude`. `setup` adds them.
    package var claudeFolders: [String] = []
    package var policy = Policy()
    /// A shell command line that gets on its standard input what waits for a person.
    package var notify: String?

    private static let keys = [
        "profiles", "claudeFolders", "signIn", "refreshAhead", "legacyAhead", "signInTimeout", "coverAhead", "notify",
    ]

    package init() {}

    /// What stands in `approvals.json` for a `notify` that the user approved: not for an `awsAuthRefresh` of that text.
    package static func approval(ofNotify command: String) -> String { approvalStart + command }

    /// Whether it is one of a `notify`.
    package static func isOfNotify(_ approval: String) -> Bool { approval.hasPrefix(approvalStart) }

    private static let approvalStart = "notify: "

    /// - Throws: what is wrong and where, for a person; an unknown key with the nearest known one.
    package init(parsing text: Span<UInt8>) throws(AgentConfigError) {
        let root: JSONNode
        do {
            root = try JSONNode(parsing: text)
        } catch {
            throw AgentConfigError("\(error)")
        }
        guard root.isObject else { throw AgentConfigError("not a JSON object") }
        for member in root.members {
            let key = member.name(in: text)
            switch key {
            case "profiles":
                let names = member.value.elements.map { $0.string(in: text) }
                guard case .array = member.value.kind, !names.contains(nil) else {
                    throw AgentConfigError("key profiles: must be a list of profile names")
                }
                profiles = names.compactMap(\.self)
            case "claudeFolders":
                let folders = member.value.elements.compactMap { $0.string(in: text) }.filter { $0.hasPrefix("/") }
                guard case .array = member.value.kind, folders.count == member.value.elements.count else {
                    throw AgentConfigError("key claudeFolders: must be a list of absolute paths")
                }
                claudeFolders = folders
            case "signIn":
                guard let mode = member.value.string(in: text).flatMap(Policy.SignIn.init(rawValue:)) else {
                    throw AgentConfigError("key signIn: must be \"auto\", \"ask\" or \"never\"")
                }
                policy.signIn = mode
            case "refreshAhead": policy.refreshAhead = try seconds(key, member.value, text)
            case "legacyAhead": policy.legacyAhead = try seconds(key, member.value, text)
            case "signInTimeout": policy.signInTimeout = try seconds(key, member.value, text)
            case "coverAhead": policy.coverAhead = try seconds(key, member.value, text, canBeZero: true)
            case "notify":
                guard let command = member.value.string(in: text), !command.allSatisfy(\.isWhitespace) else {
                    throw AgentConfigError("key notify: must be a shell command line, such as \"mail -s Claude me\"")
                }
                guard !command.utf8.contains(0) else { throw AgentConfigError("key notify: contains a NUL character") }
                notify = command
            default:
                let near =
                    NearestName.suggestions(for: key, among: AgentConfig.keys).first.map { "; did you mean \($0)?" }
                    ?? ""
                throw AgentConfigError("unknown key \(key.printable)\(near)")
            }
        }
    }
}

/// Why `config.json` was refused.
package struct AgentConfigError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

private func seconds(
    _ key: String, _ value: JSONNode, _ text: Span<UInt8>, canBeZero: Bool = false
) throws(AgentConfigError) -> Double {
    guard let spelled = value.string(in: text), let span = try? TimeSpan.parse(spelled),
        span > .zero || canBeZero && span == .zero
    else {
        let what = "such as \"20min\" or \"165s\""
        throw AgentConfigError(
            canBeZero
                ? "key \(key): must be a duration \(what), or \"0\" for never"
                : "key \(key): must be a duration greater than 0, \(what)")
    }
    return Double(span.components.seconds) + Double(span.components.attoseconds) / 1e18
}
