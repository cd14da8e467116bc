import SessionHealth

extension SetupRecord {
    /// What `setup` wrote last into a settings file, by key; nothing where that was taken back, or nothing is known.
    package static func written(in target: String, _ paths: Paths) -> [SettingsEdit.Change] {
        guard let record = try? SetupRecord(of: paths.setupRecord), !record.isUndone else { return [] }
        let changes = record.files.first { $0.path == target }?.history.settings ?? []
        return changes.filter { $0.new != nil }
    }
}
