import Glibc
import SessionHealth

/// What Claude Code used before `bedrock-agent use` switched it: `use -` goes back to that.
package struct PreviousUse: Codable, Equatable {
    package var profile: String
    package var region: String?
    package var model: String?
    /// What was kept before that: so long as Claude Code has not been switched, `use -` still goes back to it.
    private var older: Older?

    private struct Older: Codable, Equatable {
        var profile: String
        var region: String?
        var model: String?
    }

    private static let limit = 1 << 16

    package init(profile: String, region: String?, model: String?) {
        self.profile = profile
        self.region = region
        self.model = model
    }

    /// Of the folder that the paths name; nil if there is none.
    /// - Parameter current: what is used now.
    /// - Throws: `SystemError` or `UnreadableRecord`.
    package static func read(_ paths: Paths, besides current: String?) throws -> PreviousUse? {
        guard let kept = try read(paths) else { return nil }
        // The switch before which it was written down was not made.
        guard kept.profile == current else { return kept }
        return kept.older.map { PreviousUse(profile: $0.profile, region: $0.region, model: $0.model) }
    }

    private static func read(_ paths: Paths) throws -> PreviousUse? {
        guard let file = try FileContent(of: path(paths), limit: limit) else { return nil }
        guard let kept = try? JSONCoding.decode(PreviousUse.self, from: file.bytes) else {
            throw UnreadableRecord(path: path(paths))
        }
        return kept
    }

    /// Before the switch.
    package func keep(_ paths: Paths) throws {
        let path = PreviousUse.path(paths)
        var kept = self
        kept.older = (try? PreviousUse.read(paths, besides: profile)).map {
            Older(profile: $0.profile, region: $0.region, model: $0.model)
        }
        try Folder.makePrivate(Folder.holding(path))
        try AtomicWrite.write(JSONCoding.encode(kept, isPretty: true), to: path)
    }

    package static func forget(for settings: String, stateFolder: String) { unlink(path(settings, stateFolder)) }

    private static func path(_ paths: Paths) -> String { path(paths.userSettings, paths.stateFolder) }

    private static func path(_ settings: String, _ stateFolder: String) -> String {
        "\(stateFolder)/previous/\(SettingsName.name(for: settings))"
    }
}
