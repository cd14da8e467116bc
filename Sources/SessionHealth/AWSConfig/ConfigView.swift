// Both files merged as one of the two readers does: profiles, sso-sessions and services by name.

struct ConfigView: Sendable {
    /// The profiles; keys in the credentials file override those in the config file.
    private(set) var profiles = NameTable<INISection>()
    /// In file order.
    private(set) var profileNames: [String] = []
    /// From the config file only.
    private(set) var sessions = NameTable<INISection>()
    private(set) var services = NameTable<INISection>()

    /// As the AWS CLI does: `[profile NAME]` is split like a shell command line, and of two sections with the same name
    /// only the later one counts.
    init(cliReading config: INIFile, credentials: INIFile) {
        for section in config.cli {
            if section.name.utf8.starts(with: "profile".utf8) {
                if let name = Self.secondWord(section.name) { addProfile(section, named: name) }
            } else if section.name.utf8.starts(with: "sso-session".utf8) {
                if let name = Self.secondWord(section.name) { sessions[name] = section }
            } else if section.name.utf8.starts(with: "services".utf8) {
                if let name = Self.secondWord(section.name) { services[name] = section }
            } else if section.name == Self.defaultProfile {
                addProfile(section, named: section.name)
            }
        }
        for section in credentials.cli { mergeCredentials(section) }
    }

    /// As Claude Code does: `[profile default]` overrides `[default]`, in either order, unless it has no keys.
    init(claudeReading config: INIFile, credentials: INIFile) {
        for section in config.claude {
            guard let dot = section.name.utf8.firstIndex(of: UInt8(ascii: ".")) else {
                if section.name == Self.defaultProfile, profiles[section.name]?.settings.isEmpty ?? true {
                    addProfile(section, named: section.name)
                }
                continue
            }
            let name = String(section.name[section.name.utf8.index(after: dot)...])
            switch section.name[..<dot] {
            case "profile":
                if profiles[name] == nil || !section.settings.isEmpty { addProfile(section, named: name) }
            case "sso-session": sessions[name] = section
            case "services": services[name] = section
            default: break
            }
        }
        for section in credentials.claude { mergeCredentials(section) }
    }

    static let defaultProfile = "default"

    private static func secondWord(_ header: String) -> String? {
        guard let words = ShellWords.split(header), words.count == 2 else { return nil }
        return words[1]
    }

    private mutating func addProfile(_ section: INISection, named name: String) {
        if profiles[name] == nil { profileNames.append(name) }
        profiles[name] = section
    }

    private mutating func mergeCredentials(_ section: INISection) {
        guard var profile = profiles[section.name] else { return addProfile(section, named: section.name) }
        profiles[section.name] = nil
        for setting in section.settings { profile.put(setting) }
        profiles[section.name] = profile
    }
}

extension INISection {
    /// `profile NAME`, `sso-session NAME`, … without quotes, to look up a section; also for `[default]`.
    var title: String {
        if name == ConfigView.defaultProfile { return "profile \(name)" }
        guard let words = ShellWords.split(name), words.count == 2 else { return name }
        return words.joined(separator: " ")
    }
}
