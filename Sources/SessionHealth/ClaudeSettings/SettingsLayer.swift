/// One settings file of Claude Code as it was found. Whoever builds one has read the disk already.
package struct SettingsLayer: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// `/etc/claude-code/managed-settings.json` or a file of `managed-settings.d/`.
        case managed
        /// `settings.json` in `$CLAUDE_CONFIG_DIR`, else in `~/.claude`.
        case user
        /// `settings.json` or `settings.local.json` in a project's `.claude`: never directs the agent.
        case project
    }

    package enum Content: Equatable, Sendable {
        case bytes([UInt8])
        case missing
        /// Over the 2 MiB that Claude Code reads.
        case tooLarge
        /// Why it could not be read, in a few words.
        case unreadable(String)
    }

    /// Claude Code fails on a file with more bytes than this (2.1.214).
    package static let largest = 2 << 20

    package var path: String
    package var kind: Kind
    package var content: Content
    /// Owned by root if managed, by the user if the user's: else no command from it is run.
    package var isOwnedAsExpected: Bool
    /// Somebody else could write a command into it, which is then not run.
    package var isWritableByOthers: Bool

    package init(
        path: String, kind: Kind, content: Content, isOwnedAsExpected: Bool = true, isWritableByOthers: Bool = false
    ) {
        self.path = path
        self.kind = kind
        self.content = content
        self.isOwnedAsExpected = isOwnedAsExpected
        self.isWritableByOthers = isWritableByOthers
    }

    /// The document, or why Claude Code will skip the whole file; neither when there is no file.
    func read() -> (document: JSONDocument?, finding: Finding?) {
        switch content {
        case .missing: return (nil, nil)
        case .tooLarge: return (nil, tooLarge)
        case .unreadable(let reason):
            let fix = "make \(path) readable for you: chmod u+r"
            return (nil, finding(.settingsUnreadable, .error, "\(path) cannot be read: \(reason)", fix: fix))
        case .bytes(let bytes):
            guard bytes.count <= Self.largest else { return (nil, tooLarge) }
            guard !bytes.allSatisfy({ JSONScanner.isSpace($0) }) else { return (nil, empty(.error)) }
            do throws(JSONError) {
                let document = try JSONDocument(parsing: bytes)
                guard document.root.isObject else {
                    let message = "\(path) is JSON but not an object, so Claude Code skips it"
                    let fix = "put the settings of \(path) between { and }"
                    return (nil, finding(.settingsNotObject, .error, message, fix: fix))
                }
                return (document, kind == .user && document.root.isHollow ? empty(.warning) : nil)
            } catch {
                let message = "\(path) is not JSON, so Claude Code skips the whole file: \(error)"
                let fix = "correct line \(error.line) of \(path)"
                return (nil, finding(.settingsNotJSON, .error, message, fix: fix))
            }
        }
    }

    func finding(_ code: Finding.Code, _ severity: Finding.Severity, _ message: String, fix: String) -> Finding {
        Finding(code, severity, subject: path, message: message, fix: fix)
    }

    private var tooLarge: Finding {
        let message = "\(path) is larger than 2 MiB, so Claude Code does not read it"
        return finding(.settingsTooLarge, .error, message, fix: "shorten \(path) to less than 2 MiB")
    }

    /// Claude Code sessions have been seen to leave `{}` or nothing behind: it is more often damage than a choice.
    private func empty(_ severity: Finding.Severity) -> Finding {
        let fix = "bedrock-agent setup, or restore a backup of \(path)"
        return finding(.settingsEmpty, severity, "\(path) is empty: it sets nothing", fix: fix)
    }
}
