/// The session's state in Claude Code's status line: alone, or above what one that is there shows. Claude Code shows
/// several lines.
package enum StatusLineSetting {
    /// What prints it.
    package static let command = "bedrock-agent status --line"
    /// Claude Code runs it at every turn, and after so many seconds without one.
    private static let refreshInterval = 60

    private static let place = [ClaudeKey.statusLine, "command"]
    /// It does not read what Claude Code hands over on standard input, and leaves that to the other one.
    private static let before = "\(command); "

    /// What settings have.
    package enum State: Sendable {
        case none
        /// It shows our state, in whatever way.
        case ours
        case other
    }

    package static func state(in document: JSONDocument) -> State {
        guard let command = document.string(at: place) else { return .none }
        return command.contains("bedrock-agent status") ? .ours : .other
    }

    /// - Returns: nil if it is there.
    static func add(to document: inout JSONDocument) throws(JSONError) -> SettingsEdit.Change? {
        switch state(in: document) {
        case .ours: return nil
        case .none:
            let path = [ClaudeKey.statusLine]
            let old = document.spelling(at: path)
            try document.set("command", at: path + ["type"])
            try document.set(command, at: place)
            try document.set(spelling: "\(refreshInterval)", at: path + ["refreshInterval"])
            return SettingsEdit.Change(path: path, old: old, new: document.spelling(at: path))
        case .other:
            let old = document.spelling(at: place)
            try document.set(before + (document.string(at: place) ?? ""), at: place)
            return SettingsEdit.Change(path: place, old: old, new: document.spelling(at: place))
        }
    }

    /// What `add` has certainly changed; nil where it is not as it writes it.
    /// - Parameter before: the settings of before.
    static func change(in document: JSONDocument, since before: JSONDocument?) -> SettingsEdit.Change? {
        switch written(in: document) {
        case nil: return nil
        case .alone:
            let path = [ClaudeKey.statusLine]
            return SettingsEdit.Change(
                path: path, old: before?.spelling(at: path), new: document.spelling(at: path))
        case .above(let other):
            let old = String(decoding: JSONString.encode(other), as: UTF8.self)
            return SettingsEdit.Change(path: place, old: old, new: document.spelling(at: place))
        }
    }

    /// Removes it after somebody has changed something beside it.
    /// - Returns: false where it is not as `add` writes it.
    static func remove(from document: inout JSONDocument) throws(JSONError) -> Bool {
        switch written(in: document) {
        case nil: return false
        // What is left would make Claude Code ignore the whole file.
        case .alone: try document.remove(at: [ClaudeKey.statusLine])
        case .above(let other): try document.set(other, at: place)
        }
        return true
    }

    /// Whether it is there as `add` writes it.
    package static func isWritten(in document: JSONDocument) -> Bool { written(in: document) != nil }

    /// Takes out what `add` writes. Where it is alone, what somebody has added to it goes, too, such as `padding`:
    /// Claude Code ignores the whole file if that has no command.
    /// - Returns: nil where there is none. What is left counts as what was there before: no undo puts ours back.
    static func takeOut(of document: inout JSONDocument) throws(JSONError) -> SettingsEdit.Change? {
        let path: [String]
        switch written(in: document) {
        case nil: return nil
        case .alone: path = [ClaudeKey.statusLine]
        case .above: path = place
        }
        guard try remove(from: &document) else { return nil }
        let rest = document.spelling(at: path)
        return SettingsEdit.Change(path: path, old: rest, new: rest)
    }

    /// How `add` writes it.
    private enum Written {
        case alone
        case above(String)
    }

    private static func written(in document: JSONDocument) -> Written? {
        guard let there = document.string(at: place) else { return nil }
        if there == command { return .alone }
        return there.hasPrefix(before) ? .above(String(there.dropFirst(before.count))) : nil
    }
}
