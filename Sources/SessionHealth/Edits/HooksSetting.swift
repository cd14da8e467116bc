/// What the agent says inside Claude Code, by hooks among the user's own: at the start, and when a turn has failed for
/// want of credentials.
///
/// Claude Code shows what a SessionStart hook says. What a StopFailure hook prints it ignores; but what a FileChanged
/// hook says of a watched file it shows at once. So the first asks for the file to be watched, the second writes it,
/// and the third speaks.
package enum HooksSetting {
    /// What each of them runs, before the name of its event.
    private static let command = "bedrock-agent hook"
    /// Claude Code ends it after so many seconds.
    private static let timeout = 2
    /// The name of the file that is watched. Claude Code looks for its name, too, in the folder where it is started.
    package static let watchedFile = "bedrock-agent-failure"

    /// The command of an event. Where the program is gone, or not in the PATH, that is silent too: Claude Code shows
    /// each hook that fails.
    private static func command(at event: ClaudeHookEvent) -> String {
        "\(command) \(word(for: event)) 2>/dev/null || :"
    }

    /// The event that a command's last word names.
    package static func event(named word: String) -> ClaudeHookEvent? {
        ClaudeHookEvent.allCases.first { self.word(for: $0) == word }
    }

    private static func word(for event: ClaudeHookEvent) -> String {
        switch event {
        case .sessionStart: "session-start"
        case .stopFailure: "stop-failure"
        case .fileChanged: "file-changed"
        }
    }

    private static func place(of event: ClaudeHookEvent) -> [String] { [ClaudeKey.hooks, event.rawValue] }

    /// Whether all of them are there, in whatever way.
    package static func isThere(in document: JSONDocument) -> Bool {
        ClaudeHookEvent.allCases.allSatisfy { isThere($0, in: document) }
    }

    /// Whether any of them is there, in whatever way.
    package static func isAnyThere(in document: JSONDocument) -> Bool {
        ClaudeHookEvent.allCases.contains { isThere($0, in: document) }
    }

    /// Whether those that are there are as `add` writes them.
    package static func isWritten(in document: JSONDocument) -> Bool {
        ClaudeHookEvent.allCases.allSatisfy { event in
            document.commands(at: place(of: event)).allSatisfy {
                !$0.command.contains(command) || $0.command == command(at: event)
            }
        }
    }

    private static func isThere(_ event: ClaudeHookEvent, in document: JSONDocument) -> Bool {
        document.commands(at: place(of: event)).contains { $0.command.contains(command) }
    }

    /// Adds those that are not there, behind others.
    static func add(to document: inout JSONDocument) throws(JSONError) -> [SettingsEdit.Change] {
        var changes: [SettingsEdit.Change] = []
        for event in ClaudeHookEvent.allCases where !isThere(event, in: document) {
            let path = place(of: event)
            let old = document.spelling(at: path)
            let addsParent = document.node(at: [ClaudeKey.hooks]) == nil
            let matcher = event == .fileChanged ? #""matcher":"\#(watchedFile)","# : ""
            try document.append(
                spelling: #"{\#(matcher)"\#(ClaudeKey.hooks)":[{"type":"command","command":"\#(command(at: event))","#
                    + #""timeout":\#(timeout)}]}"#, toArrayAt: path)
            changes.append(
                SettingsEdit.Change(
                    path: path, old: old, new: document.spelling(at: path), addsParent: addsParent))
        }
        return changes
    }

    /// Removes all of them, and what they leave empty.
    static func removeAll(from document: inout JSONDocument) throws(JSONError) -> [SettingsEdit.Change] {
        var changes: [SettingsEdit.Change] = []
        for event in ClaudeHookEvent.allCases {
            let path = place(of: event)
            let old = document.spelling(at: path)
            guard try remove(event, from: &document, keepsEmpty: false) else { continue }
            changes.append(SettingsEdit.Change(path: path, old: old, new: document.spelling(at: path)))
        }
        if !changes.isEmpty, let node = document.node(at: [ClaudeKey.hooks]), node.members.isEmpty {
            try document.remove(at: [ClaudeKey.hooks])
        }
        return changes
    }

    /// What `add` has certainly written.
    /// - Parameter before: the settings of before.
    static func changes(in document: JSONDocument, since before: JSONDocument?) -> [SettingsEdit.Change] {
        ClaudeHookEvent.allCases.compactMap { event in
            let path = place(of: event)
            guard document.commands(at: path).contains(where: { $0.command == command(at: event) }) else { return nil }
            return SettingsEdit.Change(
                path: path, old: before?.spelling(at: path), new: document.spelling(at: path),
                addsParent: before?.node(at: [ClaudeKey.hooks]) == nil)
        }
    }

    /// The event whose hooks a change is about.
    static func event(of change: SettingsEdit.Change) -> ClaudeHookEvent? {
        ClaudeHookEvent.allCases.first { place(of: $0) == change.path }
    }

    /// Whether one is there as `add` writes it.
    static func isWritten(_ event: ClaudeHookEvent, in document: JSONDocument) -> Bool {
        document.commands(at: place(of: event)).contains { $0.command == command(at: event) }
    }

    /// Removes one from among others.
    /// - Parameter keepsEmpty: leaves a list that has nothing else.
    /// - Returns: false where it is not as `add` writes it.
    @discardableResult
    static func remove(
        _ event: ClaudeHookEvent, from document: inout JSONDocument, keepsEmpty: Bool
    ) throws(JSONError) -> Bool {
        let path = place(of: event)
        var isRemoved = false
        while let found = document.commands(at: path).first(where: { $0.command == command(at: event) }),
            let groups = document.node(at: path)
        {
            isRemoved = true
            if found.isAlone {
                try document.removeElement(found.group, of: groups)
            } else if let hooks = groups.elements[found.group].member(ClaudeKey.hooks, in: document.bytes.span) {
                try document.removeElement(found.hook, of: hooks)
            }
        }
        if isRemoved, !keepsEmpty, document.node(at: path)?.elements.isEmpty == true { try document.remove(at: path) }
        return isRemoved
    }
}

/// A command among the hooks of an event, and where it is.
private struct HookCommand {
    var group: Int
    var hook: Int
    /// Its group has no other.
    var isAlone: Bool
    var command: String
}

extension JSONDocument {
    fileprivate func commands(at path: [String]) -> [HookCommand] {
        (node(at: path)?.elements ?? []).enumerated().flatMap { group, node -> [HookCommand] in
            let hooks = node.member(ClaudeKey.hooks, in: bytes.span)?.elements ?? []
            return hooks.enumerated().compactMap { index, hook in
                hook.member("command", in: bytes.span)?.string(in: bytes.span).map {
                    HookCommand(group: group, hook: index, isAlone: hooks.count == 1, command: $0)
                }
            }
        }
    }
}
