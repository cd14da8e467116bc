/// One of Claude Code's settings files, already read from disk.
package struct SettingsLayer: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// `/etc/claude-code/managed-settings.json` or a file of `managed-settings.d/`.
        case managed
        /// `settings.json` in `$CLAUDE_CONFIG_DIR`, else in `~/.claude`.
        case user
        /// `.claude.json` in `$CLAUDE_CONFIG_DIR`, else in the home directory: Claude Code's own state, of which only `env`
        /// counts.
        case state
        /// `settings.json` or `settings.local.json` in a project's `.claude`: never directs the agent.
        case project
    }

    package enum Content: Equatable, Sendable {
        case bytes([UInt8])
        case missing
        /// Larger than the 2 MiB that Claude Code reads.
        case tooLarge
        case unreadable(UnreadableFile)
    }

    /// Nobody but its owner and root can write it: a command in it may run, and its variables may count.
    package var isTrusted: Bool { openPlace == nil }

    /// Where others could have changed it.
    var openPlace: OpenPlace? {
        guard isOwnedAsExpected else { return OpenPlace(path, kind == .managed ? .insteadOfRoot : .others) }
        return isWritableByOthers ? OpenPlace(path, kind == .managed ? .roots : .ours) : replaceableIn
    }

    /// Claude Code fails on settings with more bytes than this (2.1.214).
    package static let largest = 2 << 20

    package var path: String
    package var kind: Kind
    package var content: Content
    /// Owned by root, or by the user unless it is managed: else no command from it is run.
    package var isOwnedAsExpected: Bool
    /// Other users can write the file, so no command from it is run.
    package var isWritableByOthers: Bool
    /// A folder or a link on the way to it by which others can put another file in its place.
    package var replaceableIn: OpenPlace?

    package init(
        path: String, kind: Kind, content: Content, isOwnedAsExpected: Bool = true, isWritableByOthers: Bool = false
    ) {
        self.path = path
        self.kind = kind
        self.content = content
        self.isOwnedAsExpected = isOwnedAsExpected
        self.isWritableByOthers = isWritableByOthers
    }

    /// The document, or why Claude Code will skip the file; neither if there is no file. Both for an empty object in
    /// the user's file.
    func read() -> (document: JSONDocument?, problem: SettingsProblem?) {
        func skipped(_ kind: SettingsProblem.Kind) -> (JSONDocument?, SettingsProblem?) {
            (nil, SettingsProblem(kind, in: self))
        }
        switch content {
        case .missing: return (nil, nil)
        case .tooLarge: return skipped(.tooLarge)
        case .unreadable(let file): return skipped(.unreadable(file))
        case .bytes(let bytes):
            guard kind == .state || bytes.count <= Self.largest else { return skipped(.tooLarge) }
            guard !bytes.allSatisfy({ JSONScanner.isSpace($0) }) else { return skipped(.empty(isJSON: false)) }
            do throws(JSONError) {
                let document = try JSONDocument(parsing: bytes)
                guard document.root.isObject else { return skipped(.notObject) }
                let violation: SettingsSchema.Violation? =
                    switch kind {
                    case .state: nil
                    case .managed: SettingsSchema.violation(inManaged: document.root, of: bytes.span)
                    default: SettingsSchema.violation(in: document.root, of: bytes.span)
                    }
                if let violation {
                    let line = TextPosition(of: violation.offset, in: bytes.span).line
                    return skipped(.refused(key: violation.key, expected: violation.expected, line: line))
                }
                let isEmpty = kind == .user && document.root.isHollow
                return (document, isEmpty ? SettingsProblem(.empty(isJSON: true), in: self) : nil)
            } catch {
                return skipped(.notJSON(error))
            }
        }
    }
}

/// A file, a folder or a link that somebody other than the user and root can write or replace.
package struct OpenPlace: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// The user's, who can close it.
        case ours
        case roots
        /// Neither the user's nor root's.
        case others
        /// The same of what must be root's.
        case insteadOfRoot
        /// Neither the user's nor root's, and a symbolic link.
        case linkOfOthers
    }

    package var path: String
    package var kind: Kind

    package init(_ path: String, _ kind: Kind = .ours) {
        self.path = path
        self.kind = kind
    }

    /// Who can do what, for a message.
    package var words: String { "\(path) can be \(kind == .linkOfOthers ? "replaced" : "written") by others" }

    /// The command that mends it.
    package var fix: String {
        let path = ShellWords.quoted(path)
        return switch kind {
        case .ours: "chmod go-w \(path)"
        case .roots: "sudo chmod go-w \(path)"
        case .others: "sudo chown \"$(id -un)\" \(path) && chmod go-w \(path)"
        case .insteadOfRoot: "sudo chown root \(path) && sudo chmod go-w \(path)"
        case .linkOfOthers: "sudo chown -h \"$(id -un)\" \(path)"
        }
    }
}
