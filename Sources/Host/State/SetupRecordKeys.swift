import SessionHealth

extension SetupRecord {
    /// The settings file of this user as `setup` wrote it; nil where that was taken back, or nothing is known. Not for
    /// taking anything back: whole files as they were, which may hold secrets, are covered.
    package static func settings(_ paths: Paths) -> File? {
        let record = try? SetupRecord(of: paths.setupRecord) { SecretCover.json(&$0, valuesOf: "text") }
        guard let record, !record.isUndone else { return nil }
        let real = try? AtomicWrite.realPath(of: paths.userSettings)
        return record.files.first { $0.name == paths.userSettings || $0.path == real }
    }
}

extension SetupRecord.File {
    /// What was written last into it, by key.
    package var written: [SettingsEdit.Change] { history.settings.filter { $0.new != nil } }
}
