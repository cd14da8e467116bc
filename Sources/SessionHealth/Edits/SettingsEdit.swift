/// What `setup` writes to Claude Code's user settings, and what `reset` removes.
package struct SettingsEdit: Equatable, Sendable {
    /// One changed value, as JSON text; nil if there is none.
    package struct Change: Codable, Equatable, Sendable {
        package var path: [String]
        package var old: String?
        package var new: String?
        /// The object that contains it did not exist before.
        package var addsParent: Bool
        /// Other values that we wrote there before: a long-running Claude Code session may bring one back.
        package var earlier: [String]?

        package init(path: [String], old: String?, new: String?, addsParent: Bool = false) {
            self.path = path
            self.old = old
            self.new = new
            self.addsParent = addsParent
        }

        /// Every value that we wrote, the latest first.
        fileprivate var ours: [String?] { [new] + (earlier ?? []) }

        /// The `awsAuthRefresh` command that it writes.
        package var command: String? { path == SetupKey.command ? text : nil }

        /// The text that it writes; nil where it writes none.
        package var text: String? {
            guard let new else { return nil }
            let text = Array(new.utf8)
            return (try? JSONNode(parsing: text.span))?.string(in: text.span)
        }
    }

    /// Why settings are not edited: what is wrong, where, and what to do.
    package struct Refusal: Error, Equatable, CustomStringConvertible {
        package let path: String
        /// Counted from 1; 0 means the whole file.
        package let line: Int
        package let column: Int
        package let reason: String
        package let fix: String

        package var description: String {
            let place = line > 0 ? ", line \(line), column \(column)" : ""
            return "\(path)\(place): \(reason). Nothing was changed. \(fix)"
        }
    }

    /// The whole file after the edit; identical if nothing changes.
    package private(set) var bytes: [UInt8]
    /// In the order in which `setup` writes them. Empty if nothing has to change.
    package private(set) var changes: [Change]
    /// For an undo: what was left alone because somebody else changed it, e.g. `env.AWS_PROFILE`.
    package private(set) var left: [String] = []

    /// The edit that makes Claude Code use Bedrock with a profile. Repeating it changes nothing.
    ///
    /// `bytes` is the current file, or nil. A file that is empty or has only white space, as a crashed writer leaves
    /// it, is treated as a new file: `setup` is the way to repair it. `path` is used in messages. `command` is the
    /// `awsAuthRefresh` command line; nil leaves that setting alone. `showsState` adds the session's state to Claude
    /// Code's status line, or removes it; `hooks` does so with what the agent says in it; nil leaves either as it is.
    /// `isSeparate` gives the profile to Claude Code alone: by `awsCredentialExport`, and without `AWS_PROFILE`.
    /// - Throws: why these settings cannot be edited.
    package init(
        of bytes: [UInt8]?, path: String, profile: String, region: String, model: String, command: String?,
        isSeparate: Bool = false, showsState: Bool? = nil, hooks: Bool? = nil
    ) throws(Refusal) {
        var values = [
            (SetupKey.useBedrock, "1"),
            (SetupKey.profile, profile),
            (SetupKey.region, region),
            (SetupKey.model, model),
        ]
        if isSeparate {
            values.removeAll { $0.0 == SetupKey.profile }
            values.append((SetupKey.export, CredentialExport.command(for: profile)))
        }
        if let command { values.append((SetupKey.command, command)) }
        let isNew = bytes?.allSatisfy { JSONScanner.isSpace($0) } ?? true
        var document = try Self.document(isNew ? Array("{}\n".utf8) : bytes ?? [], path: path)
        changes = []
        // What is written into a file that Claude Code ignores would have no effect.
        if let wrong = SettingsSchema.violation(
            in: document.root, of: document.bytes.span, replaced: values.map { $0.0[0] })
        {
            let reason = "\(wrong.key) must be \(wrong.expected), or Claude Code ignores the whole file"
            throw Self.refusal(JSONError(at: wrong.offset, in: document.bytes.span, reason), path: path)
        }
        do throws(JSONError) {
            for (key, value) in values where document.string(at: key)?.isSpelled(as: value) != true {
                let old = document.spelling(at: key)
                let addsParent = document.node(at: key.dropLast()) == nil
                try document.set(value, at: key)
                changes.append(
                    Change(path: key, old: old, new: document.spelling(at: key), addsParent: addsParent))
            }
            if let change = try Self.removeOther(isSeparate, from: &document) { changes.append(change) }
            switch showsState {
            case true: if let change = try StatusLineSetting.add(to: &document) { changes.append(change) }
            case false: if let change = try StatusLineSetting.takeOut(of: &document) { changes.append(change) }
            default: break
            }
            switch hooks {
            case true: changes += try HooksSetting.add(to: &document)
            case false: changes += try HooksSetting.removeAll(from: &document)
            default: break
            }
        } catch {
            throw Self.refusal(error, path: path)
        }
        self.bytes = document.bytes
        guard self.bytes.count <= SettingsLayer.largest else { throw Self.tooLarge(path) }
    }

    /// Takes out what gives Claude Code a profile in the other way. An `awsCredentialExport` of somebody's own stays.
    private static func removeOther(
        _ isSeparate: Bool, from document: inout JSONDocument
    ) throws(JSONError) -> Change? {
        let key = isSeparate ? SetupKey.profile : SetupKey.export
        guard let old = document.spelling(at: key) else { return nil }
        if !isSeparate, document.string(at: key).flatMap({ CredentialExport($0) }) == nil { return nil }
        try document.remove(at: key)
        return Change(path: key, old: old, new: nil)
    }

    /// The keys that `setup` wrote, or found as it writes them.
    /// - Parameter written: what it wrote last.
    static func keys(of written: [Change]) -> [[String]] {
        written.contains { $0.path == SetupKey.export && $0.new != nil } ? SetupKey.separate : SetupKey.all
    }

    /// The edit of some values alone.
    /// - Parameter values: nil removes one.
    /// - Throws: why these settings cannot be edited.
    package init(of bytes: [UInt8], path: String, values: [(key: [String], value: String?)]) throws(Refusal) {
        var document = try Self.document(bytes, path: path)
        changes = []
        do throws(JSONError) {
            for (key, value) in values {
                let old = document.spelling(at: key)
                if let value {
                    try document.set(value, at: key)
                } else {
                    try document.remove(at: key)
                }
                let new = document.spelling(at: key)
                if new != old { changes.append(Change(path: key, old: old, new: new)) }
            }
        } catch {
            throw Self.refusal(error, path: path)
        }
        self.bytes = document.bytes
    }

    /// The edit that undoes changes: each value gets its old value back, or is removed. What somebody has changed since
    /// is left alone and listed in `left`.
    package init(undoing done: [Change], in bytes: [UInt8], path: String) throws(Refusal) {
        var document = try Self.document(bytes, path: path)
        changes = []
        do throws(JSONError) {
            for change in done.reversed() {
                if let event = HooksSetting.event(of: change) {
                    // Among others, which stay as they are.
                    if try HooksSetting.remove(event, from: &document, keepsEmpty: change.old != nil) {
                        changes.append(Change(path: change.path, old: change.new, new: change.old))
                    }
                    continue
                }
                guard change.ours.contains(where: { document.holds($0, at: change.path) }) else {
                    if change.path.first == ClaudeKey.statusLine, try StatusLineSetting.remove(from: &document) {
                        continue
                    }
                    let isThere = document.node(at: change.path) != nil
                    if isThere, !document.holds(change.old, at: change.path) {
                        left.append(change.path.joined(separator: "."))
                    }
                    continue
                }
                if let old = change.old {
                    try document.set(spelling: old, at: change.path)
                } else {
                    try document.remove(at: change.path)
                }
                changes.append(Change(path: change.path, old: change.new, new: change.old))
            }
            for change in done where change.addsParent {
                let parent = Array(change.path.dropLast())
                guard let node = document.node(at: parent), node.isObject, node.members.isEmpty else { continue }
                try document.remove(at: parent)
            }
        } catch {
            throw Self.refusal(error, path: path)
        }
        self.bytes = document.bytes
    }

    /// Whether any value of ours is in these settings. An empty object that we once made is none.
    package static func hasValues(of done: [Change], in bytes: [UInt8], path: String) throws(Refusal) -> Bool {
        let document = try Self.document(bytes, path: path)
        return done.contains { change in
            HooksSetting.event(of: change).map { HooksSetting.isWritten($0, in: document) }
                ?? change.ours.contains { $0 != nil && document.holds($0, at: change.path) }
        }
    }

    /// Combines the changes of two successive edits, so that running `setup` twice can be undone as one.
    package static func joining(_ first: [Change], _ second: [Change]) -> [Change] {
        var joined = first
        for change in second {
            if let index = joined.firstIndex(where: { $0.path == change.path }) {
                // If somebody changed the value in between, an undo restores their value.
                let ours = joined[index].ours
                joined[index].old = ours.contains(change.old) ? joined[index].old : change.old
                joined[index].new = change.new
                let earlier = ours.compactMap(\.self).filter { $0 != change.new }
                joined[index].earlier = earlier.isEmpty ? nil : Array(earlier.prefix(Self.mostEarlier))
            } else {
                joined.append(change)
            }
        }
        return joined
    }

    private static let mostEarlier = 20

    private static func document(_ bytes: [UInt8], path: String) throws(Refusal) -> JSONDocument {
        guard bytes.count <= SettingsLayer.largest else { throw tooLarge(path) }
        do throws(JSONError) {
            let document = try JSONDocument(parsing: bytes)
            guard document.root.isObject else {
                throw JSONError(at: document.root.range.lowerBound, in: bytes.span, "the file is not an object")
            }
            return document
        } catch {
            throw refusal(error, path: path)
        }
    }

    static func refusal(_ error: JSONError, path: String) -> Refusal {
        Refusal(
            path: path, line: error.line, column: error.column, reason: error.reason,
            fix: "Correct it there, then run the command again.")
    }

    private static func tooLarge(_ path: String) -> Refusal {
        Refusal(
            path: path, line: 0, column: 0, reason: "larger than 2 MiB, which Claude Code does not read",
            fix: "Shorten it, then run the command again.")
    }
}
