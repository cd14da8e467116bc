import SessionHealth

extension SetupRecord {
    /// The record; nil if it was undone, or there is none. Not for undoing: the whole-file copies, which may hold
    /// secrets, are covered.
    package static func covered(_ paths: Paths) -> SetupRecord? {
        (try? readCovered(paths)) ?? nil
    }

    /// The same; a damaged one counts as none.
    /// - Throws: why it cannot be read now.
    package static func readCovered(_ paths: Paths) throws -> SetupRecord? {
        do {
            let record = try SetupRecord(of: paths.setupRecord) { SecretCover.json(&$0, valuesOf: "text") }
            return record.isUndone ? nil : record
        } catch is UnreadableRecord {
            return nil
        }
    }

    /// What it says of a settings file; nil if that was undone.
    package func settings(at path: String) -> File? {
        let real = (try? AtomicWrite.realPath(of: path)) ?? path
        return files.first { ($0.name == path || $0.path == real) && $0.isUndone != true }
    }

    /// The settings of Claude Code's other folders that are set up.
    package func settings(besides paths: Paths) -> [File] {
        guard !isUndone else { return [] }
        let own = settings(at: paths.userSettings)?.path
        return files.filter {
            $0.path != own && $0.name != paths.config && $0.isUndone != true && !$0.written.isEmpty
        }
    }
}

extension SetupRecord.File {
    /// The values last written to it, by key.
    package var written: [SettingsEdit.Change] { history.settings.filter { $0.new != nil } }
}
