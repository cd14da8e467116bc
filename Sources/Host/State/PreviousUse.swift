import Glibc
import SessionHealth

/// What Claude Code used before `bedrock-agent use` switched it: `use -` goes back to that.
package struct PreviousUse: Codable, Equatable {
    package var profile: String
    package var region: String?
    package var model: String?

    private static let limit = 1 << 16

    package init(profile: String, region: String?, model: String?) {
        self.profile = profile
        self.region = region
        self.model = model
    }

    /// Of the folder that the paths name; nil if there is none.
    package static func read(_ paths: Paths) -> PreviousUse? {
        guard let file = try? FileContent(of: path(paths), limit: limit) else { return nil }
        return try? JSONCoding.decode(PreviousUse.self, from: file.bytes)
    }

    package func keep(_ paths: Paths) throws {
        let path = PreviousUse.path(paths)
        try Folder.makePrivate(Folder.holding(path))
        try AtomicWrite.write(JSONCoding.encode(self, isPretty: true), to: path)
    }

    package static func forget(for settings: String, stateFolder: String) { unlink(path(settings, stateFolder)) }

    private static func path(_ paths: Paths) -> String { path(paths.userSettings, paths.stateFolder) }

    private static func path(_ settings: String, _ stateFolder: String) -> String {
        "\(stateFolder)/previous/\(SettingsName.name(for: settings))"
    }
}
