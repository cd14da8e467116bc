/// A section that is there under another header than the one that was looked for, or in the other file.
package struct NearMiss: Hashable, Sendable {
    /// The text between its brackets.
    package var header: String
    package var place: ConfigPlace
    package var fix: String
}

/// The headers of both files, to find the section that somebody meant.
struct SectionHeaders: Sendable {
    private let config: [INISection]
    private let credentials: [INISection]
    private let configPath: String

    init(config: INIFile, credentials: INIFile) {
        self.config = config.cli
        self.credentials = credentials.cli
        configPath = config.path
    }

    /// `[NAME]` without the prefix, `[Profile NAME]`, or `[profile NAME]` in the credentials file.
    func profile(_ name: String) -> NearMiss? {
        if let section = config.first(where: {
            $0.name.isSpelled(as: name) || Self.kind(of: $0, named: name) == "profile"
        }) {
            return miss(section, "Write [profile \(name)] at \(section.place).")
        }
        return credentials.first { Self.kind(of: $0, named: name) == "profile" }.map {
            miss($0, "Write [\(name)] at \($0.place): in that file, profiles have no prefix.")
        }
    }

    /// `[sso_session NAME]` and the like, or an `[sso-session NAME]` in the credentials file.
    func session(_ name: String) -> NearMiss? {
        if let section = config.first(where: { Self.kind(of: $0, named: name) == "sso-session" }) {
            return miss(section, "Write [sso-session \(name)] at \(section.place).")
        }
        return credentials.first { Self.kind(of: $0, named: name) == "sso-session" }.map {
            miss($0, "Move [sso-session \(name)] from \($0.place) to \(configPath).")
        }
    }

    private func miss(_ section: INISection, _ fix: String) -> NearMiss {
        NearMiss(header: section.name, place: section.place, fix: fix)
    }

    /// What the section was meant to be, if it has this name.
    private static func kind(of section: INISection, named name: String) -> String? {
        guard let words = ShellWords.split(section.name), words.count == 2, words[1].isSpelled(as: name) else {
            return nil
        }
        switch words[0].lowercased() {
        case "profile", "profiles": return "profile"
        case "sso-session", "sso_session", "ssosession", "sso-sessions", "session": return "sso-session"
        default: return nil
        }
    }
}
