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

/// The profiles or sessions that there are, where one is named that there is not.
package struct OtherNames: Hashable, Sendable {
    /// The one that was probably meant.
    let nearest: String?
    /// The rest, in their order.
    private let rest: [String]

    /// How many are named.
    private static let most = 5

    init(than name: String, among names: [String]) {
        let nearest = NearestName.suggestions(for: name, among: names, within: NearestName.slips).first
        self.nearest = nearest
        rest = names.filter { $0 != nearest }
    }

    /// What to do.
    /// - Parameters:
    ///   - place: where the name is, if it is in a file.
    ///   - way: what to do where none of them is right; it ends with its command.
    func fix(at place: ConfigPlace? = nil, or way: String) -> String {
        let names = rest.prefix(Self.most).joined(separator: ", ") + (rest.count > Self.most ? ", …" : "")
        let another = place.map { "name another one at \($0)" } ?? "choose another one"
        let ways = rest.isEmpty ? way : "\(another) (\(names)), or \(way)"
        guard let nearest else { return ways.prefix(1).uppercased() + ways.dropFirst() }
        let correct = place.map { " Correct \($0)." } ?? ""
        return "Did you mean \"\(nearest)\"?\(correct) Otherwise \(ways)"
    }
}
