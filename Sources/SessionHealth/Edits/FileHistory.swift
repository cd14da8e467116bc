import Digest

/// Our edits of one file, so that they can be undone: byte for byte if nobody else has changed the file since,
/// otherwise key by key.
package struct FileHistory: Codable, Equatable, Sendable {
    /// One edit. It is recorded before the file is written, so it may not have happened.
    private struct Step: Codable, Equatable {
        var changes: FileChanges
        /// The whole file before the edit; nil if it is not needed any more.
        var before: Snapshot?
        /// The file's SHA-256 after the edit, in hexadecimal.
        var after: String
    }

    /// A file's content, or that there was no file.
    private struct Snapshot: Codable, Equatable {
        private var text: String?

        /// Nil if the bytes are not UTF-8; such a file is never edited.
        init?(_ bytes: [UInt8]?) {
            guard let bytes else { return }
            guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
            self.text = text
        }

        var bytes: [UInt8]? { text.map { Array($0.utf8) } }

        // Swift's `String` equality ignores differences in Unicode normalization.
        static func == (left: Snapshot, right: Snapshot) -> Bool { left.bytes == right.bytes }
    }

    /// The result of undoing all edits of a file.
    package struct Undone: Equatable, Sendable {
        /// Nil if the file is to be removed.
        package var bytes: [UInt8]?
        /// What was left alone because somebody else changed it, e.g. `env.AWS_PROFILE`.
        package var left: [String] = []
    }

    /// Oldest first; only a few.
    private var steps: [Step] = []

    package init() {}

    /// From changes without any further information.
    package init(_ changes: FileChanges) { steps = [Step(changes: changes, before: nil, after: "")] }

    /// Records an edit that is about to be made.
    package mutating func add(_ changes: FileChanges, from before: [UInt8]?, to after: [UInt8]) {
        let snapshot = Snapshot(before)
        if let last = steps.last, Self.digest(before) != last.after, last.before != nil, last.before == snapshot {
            // That edit did not happen, or was undone since.
            steps.removeLast()
        }
        // Older edits are merged into one.
        if steps.count > 1 {
            let second = steps.remove(at: 1)
            let isWhole = second.before.map { Self.digest($0.bytes) == steps[0].after } ?? false
            steps[0] = Step(
                changes: steps[0].changes.joined(with: second.changes), before: isWhole ? steps[0].before : nil,
                after: second.after)
        }
        steps.append(Step(changes: changes, before: snapshot, after: Self.digest(after)))
    }

    /// Whether one of the edits made these bytes, whether they came to be in the file or not.
    package func hasMade(_ bytes: [UInt8]) -> Bool {
        let digest = Self.digest(bytes)
        return steps.contains { $0.after == digest }
    }

    /// - Throws: `SettingsEdit.Refusal` or `ConfigEdit.Refusal`, if the file is no longer valid JSON or INI.
    package func undone(of current: [UInt8]?, path: String) throws -> Undone {
        var rest = steps[...]
        var bytes = current
        while let last = rest.last, let before = last.before {
            // The second case: the edit never happened.
            guard Self.digest(bytes) == last.after || before == Snapshot(bytes) else { break }
            bytes = before.bytes
            rest.removeLast()
        }
        guard let first = rest.first, let bytes else { return Undone(bytes: bytes) }
        let changes = rest.dropFirst().reduce(first.changes) { $0.joined(with: $1.changes) }
        let (undone, left) = try changes.undone(in: bytes, path: path)
        return Undone(bytes: undone, left: left)
    }

    /// The net effect of our edits on settings, by key.
    package var settings: [SettingsEdit.Change] {
        steps.reduce([]) { SettingsEdit.joining($0, $1.changes.settings ?? []) }
    }

    private static func digest(_ bytes: [UInt8]?) -> String {
        bytes.map { Digest.sha256($0.span).hexadecimal } ?? ""
    }
}

/// The changes of one edit, in a settings file or a config file.
package struct FileChanges: Codable, Equatable, Sendable {
    package var settings: [SettingsEdit.Change]?
    package var config: [ConfigEdit.Change]?

    package init(settings: [SettingsEdit.Change]) { self.settings = settings }

    package init(config: [ConfigEdit.Change]) { self.config = config }

    package var isEmpty: Bool { settings?.isEmpty ?? true && config?.isEmpty ?? true }

    /// Combines the changes of two successive edits.
    func joined(with later: FileChanges) -> FileChanges {
        var joined = self
        if let settings = later.settings { joined.settings = SettingsEdit.joining(joined.settings ?? [], settings) }
        if let config = later.config { joined.config = (joined.config ?? []) + config }
        return joined
    }

    func undone(in bytes: [UInt8], path: String) throws -> (bytes: [UInt8], left: [String]) {
        var result = (bytes: bytes, left: [String]())
        if let settings, !bytes.allSatisfy({ JSONScanner.isSpace($0) }) {
            let edit = try SettingsEdit(undoing: settings, in: bytes, path: path)
            result = (edit.bytes, edit.left)
        }
        if let config {
            let undo = try ConfigUndo(config, in: result.bytes, path: path)
            result = (undo.bytes, result.left + undo.left)
        }
        return result
    }
}

/// An edit of another program's file.
package protocol FileEdit {
    /// The whole file after the edit.
    var bytes: [UInt8] { get }
    /// What `reset` has to undo.
    var done: FileChanges { get }
}

extension SettingsEdit: FileEdit {
    package var done: FileChanges { FileChanges(settings: changes) }
}

extension ConfigEdit: FileEdit {
    package var done: FileChanges { FileChanges(config: changes) }
}
