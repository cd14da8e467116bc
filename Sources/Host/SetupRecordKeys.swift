import SessionHealth

extension SetupRecord {
    /// What `setup` wrote last into a settings file, by key; nothing where that was taken back, or nothing is known.
    package static func written(in target: String, _ paths: Paths) -> [SettingsEdit.Change] {
        guard let file = try? FileContent(of: paths.setupRecord, limit: limit),
            let record = try? JSONCoding.decode(Record.self, from: file.bytes), record.settings == target
        else { return [] }
        return record.changes.filter { $0.new != nil }
    }
}
