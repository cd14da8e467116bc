import Digest

/// What our edits changed in one file, so that it can be taken back: to the very bytes while nobody else wrote the file,
/// key by key otherwise.
package struct FileHistory: Codable, Equatable, Sendable {
    /// One edit. It is noted before the file is written, and so may never have happened.
    private struct Step: Codable, Equatable {
        var changes: FileChanges
        /// The whole file as it was; nil where that is of no use any more.
        var before: Snapshot?
        /// What the file then was: SHA-256, in hexadecimal digits.
        var after: String
    }

    /// A file, or that there was none.
    private struct Snapshot: Codable, Equatable {
        private var text: String?

        /// Nil for what is no UTF-8, and so no file that we edit.
        init?(_ bytes: [UInt8]?) {
            guard let bytes else { return }
            guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
            self.text = text
        }

        var bytes: [UInt8]? { text.map { Array($0.utf8) } }

        // Texts are equal in Swift when they only look the same.
        static func == (left: Snapshot, right: Snapshot) -> Bool { left.bytes == right.bytes }
    }

    /// What taking everything back makes of a file.
    package struct Undone: Equatable, Sendable {
        /// Nil where no file shall be.
        package var bytes: [UInt8]?
        /// What stays as somebody else has it now, such as `env.AWS_PROFILE`.
        package var left: [String] = []
    }

    /// Oldest first; never more than a few.
    private var steps: [Step] = []

    package init() {}

    /// From changes of which nothing else is known.
    package init(_ changes: FileChanges) { steps = [Step(changes: changes, before: nil, after: "")] }

    /// Notes an edit that is about to be made.
    package mutating func add(_ changes: FileChanges, from before: [UInt8]?, to after: [UInt8]) {
        let snapshot = Snapshot(before)
        if let last = steps.last, Self.digest(before) != last.after, last.before != nil, last.before == snapshot {
            // It did not happen, or was taken back since.
            steps.removeLast()
        }
        // What of the older ones matters is what they come to together.
        if steps.count > 1 {
            let second = steps.remove(at: 1)
            let isWhole = second.before.map { Self.digest($0.bytes) == steps[0].after } ?? false
            steps[0] = Step(
                changes: steps[0].changes.joined(with: second.changes), before: isWhole ? steps[0].before : nil,
                after: second.after)
        }
        steps.append(Step(changes: changes, before: snapshot, after: Self.digest(after)))
    }

    /// - Throws: `SettingsEdit.Refusal` or `ConfigEdit.Refusal`, where somebody has written what is no JSON or INI file.
    package func undone(of current: [UInt8]?, path: String) throws -> Undone {
        var rest = steps[...]
        var bytes = current
        while let last = rest.last, let before = last.before {
            // Or it never happened.
            guard Self.digest(bytes) == last.after || before == Snapshot(bytes) else { break }
            bytes = before.bytes
            rest.removeLast()
        }
        guard let first = rest.first, let bytes else { return Undone(bytes: bytes) }
        let changes = rest.dropFirst().reduce(first.changes) { $0.joined(with: $1.changes) }
        let (undone, left) = try changes.undone(in: bytes, path: path)
        return Undone(bytes: undone, left: left)
    }

    /// What our edits of settings come to together, by key.
    package var settings: [SettingsEdit.Change] {
        steps.reduce([]) { SettingsEdit.joining($0, $1.changes.settings ?? []) }
    }

    private static func digest(_ bytes: [UInt8]?) -> String {
        bytes.map { Digest.sha256($0.span).hexadecimal } ?? ""
    }
}

/// The changes of an edit, in a file of either kind.
package struct FileChanges: Codable, Equatable, Sendable {
    package var settings: [SettingsEdit.Change]?
    package var config: [ConfigEdit.Change]?

    package init(settings: [SettingsEdit.Change]) { self.settings = settings }

    package init(config: [ConfigEdit.Change]) { self.config = config }

    package var isEmpty: Bool { settings?.isEmpty ?? true && config?.isEmpty ?? true }

    /// Those of two edits, one after the other, as one.
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

/// An edit of a file of somebody else's.
package protocol FileEdit {
    /// The whole file after the edit.
    var bytes: [UInt8] { get }
    /// What `reset` has to take back.
    var done: FileChanges { get }
}

extension SettingsEdit: FileEdit {
    package var done: FileChanges { FileChanges(settings: changes) }
}

extension ConfigEdit: FileEdit {
    package var done: FileChanges { FileChanges(config: changes) }
}
