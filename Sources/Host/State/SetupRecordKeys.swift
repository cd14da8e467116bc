import SessionHealth

extension SetupRecord {
    /// The record of the user's settings file; nil if it was undone, or there is none. Not for undoing: the whole-file
    /// copies, which may hold secrets, are covered.
    package static func settings(_ paths: Paths) -> File? {
        let record = try? SetupRecord(of: paths.setupRecord) { SecretCover.json(&$0, valuesOf: "text") }
        guard let record, !record.isUndone else { return nil }
        let real = try? AtomicWrite.realPath(of: paths.userSettings)
        return record.files.first { $0.name == paths.userSettings || $0.path == real }
    }
}

extension SetupRecord.File {
    /// The values last written to it, by key.
    package var written: [SettingsEdit.Change] { history.settings.filter { $0.new != nil } }
}
