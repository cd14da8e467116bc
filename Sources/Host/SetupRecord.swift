import SessionHealth

/// What `setup` changed and what was there before, so that it can be taken back: `setup.json`.
package struct SetupRecord {
    struct Record: Codable {
        var settings: String
        var changes: [SettingsEdit.Change]
    }

    private let path: String
    static let limit = 4 << 20

    package init(path: String) { self.path = path }

    /// Adds what was changed just now in this settings file.
    package func add(_ changes: [SettingsEdit.Change], of settings: String) throws {
        guard !changes.isEmpty else { return }
        var before: [SettingsEdit.Change] = []
        if let file = try FileContent(of: path, limit: SetupRecord.limit) {
            guard let record = try? JSONCoding.decode(Record.self, from: file.bytes) else {
                throw UnreadableRecord(path: path)
            }
            if record.settings == settings { before = record.changes }
        }
        let record = Record(settings: settings, changes: SettingsEdit.joining(before, changes))
        try AtomicWrite.write(JSONCoding.encode(record, isPretty: true), to: path)
    }
}
