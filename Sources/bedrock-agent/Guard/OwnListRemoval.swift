import FoundationEssentials
import Host
import SessionHealth

/// Takes a name out of one of the lists in `config.json` again.
struct OwnListRemoval {
    let list: OwnListEdit.List
    let name: String
    let paths: Paths

    /// `reset --guard`.
    func run(isAgreed: Bool, isDryRun: Bool, at now: Date) throws {
        guard let bytes = try current(), try edit(bytes).bytes != bytes else { throw try notThere() }
        let record = try? SetupRecord(of: paths.setupRecord)
        if let whole = whole(record, bytes) {
            showDiff(of: paths.config, from: bytes, to: whole.bytes)
        } else {
            showDiff(of: paths.config, from: bytes, to: try edit(bytes).bytes)
        }
        if isDryRun { return say("dry run: nothing was changed") }
        try Dialogue.confirm("Undo this?", yes: "Undo", isAgreed: isAgreed)
        try carryOut(record, FileEdits(paths), at: now)
        say("\(name.printable) is no longer guarded for other programs. The service stays enabled, and you signed in.")
    }

    /// Leaves the file as it was before, or without it where it was made for this, if nothing else is in it.
    func carryOut(_ record: SetupRecord?, _ edits: FileEdits, at now: Date) throws {
        guard let bytes = try current() else {
            // One that was killed may have left its folder.
            for file in record?.files ?? [] where file.name == paths.config {
                try edits.removeFolders(of: file, besides: file.path)
            }
            return
        }
        if let whole = whole(record, bytes) {
            _ = try edits.undo(whole.file, in: whole.file.path, at: now)
        } else {
            _ = try edits.apply(to: paths.config, limit: SettingsLayer.largest, at: now, edit)
        }
    }

    /// The file without any of our changes.
    private struct Whole {
        let file: SetupRecord.File
        /// Nil if there was none.
        let bytes: [UInt8]?
    }

    /// Nil unless that says the same as the file without the name alone.
    private func whole(_ record: SetupRecord?, _ bytes: [UInt8]) -> Whole? {
        guard let record, !record.isUndone, let file = record.files.first(where: { $0.name == paths.config }),
            let undone = try? file.history.undone(of: bytes, path: file.path)
        else { return nil }
        let without = try? config(edit(bytes).bytes)
        let before = try? config(undone.bytes ?? Array("{}".utf8))
        return before != nil && before == without ? Whole(file: file, bytes: undone.bytes) : nil
    }

    private func config(_ bytes: [UInt8]) throws -> AgentConfig {
        do {
            return try AgentConfig(parsing: bytes)
        } catch {
            throw Failure("\(paths.config): \(error). Nothing was changed. Correct it, then run this again")
        }
    }

    private func notThere() throws -> Failure {
        if SoundConfig.read(paths).0.config.managed.profiles.containsSpelled(name) {
            return Failure("\(name) is guarded by \(paths.managedConfig): ask whoever manages that file")
        }
        let profiles = try current().map { try config($0).profiles } ?? []
        let near = NearestName.suggestions(for: name, among: profiles).first
        return Failure(
            "\(name) is not among the profiles that \(paths.config) names"
                + (near.map { "; did you mean \"\($0)\"?" } ?? ": nothing to undo"))
    }

    private func current() throws -> [UInt8]? {
        try FileContent(of: paths.config, limit: SettingsLayer.largest)?.bytes
    }

    private func edit(_ bytes: [UInt8]?) throws -> OwnListEdit {
        try OwnListEdit(list, of: bytes, path: paths.config, name: name, isGuarded: false)
    }
}
