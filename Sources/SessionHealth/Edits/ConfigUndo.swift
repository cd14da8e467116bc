/// Undoes our changes in a config file: restores the lines that they replaced, and removes what they added.
struct ConfigUndo {
    private(set) var document: INIDocument
    /// What was left alone because somebody else changed it, e.g. `sso_session of [profile work]`.
    private(set) var left: [String] = []

    var bytes: [UInt8] { document.bytes }

    /// - Parameter done: the changes, in the order in which they were made.
    init(_ done: [ConfigEdit.Change], in bytes: [UInt8], path: String) throws(ConfigEdit.Refusal) {
        document = INIDocument(bytes, path: path)
        // A session is removed only if no profile uses it any more.
        let sessions = done.filter { $0.addsSection && $0.section.hasPrefix("sso-session ") }
        let others = done.reversed().filter { !sessions.contains($0) }
        do throws(INIError) {
            for change in others + sessions.reversed() { try undo(change) }
            _ = try document.sections()
        } catch {
            throw ConfigEdit.Refusal(error)
        }
    }

    private mutating func undo(_ change: ConfigEdit.Change) throws(INIError) {
        let sections = try document.sections()
        let ours = change.new.compactMap(Self.setting)
        // `aws configure set` adds a [profile a] next to [profile 'a'].
        let named = sections.filter { $0.title == change.section }
        let section = named.last { section in ours.allSatisfy { section[$0.key] == $0.value } } ?? named.last
        guard let section else { return }
        if change.addsSection, let user = sections.first(where: { $0.uses(change.section) }) {
            return leave("[\(section.name)], which [\(user.name)] uses")
        }
        var replacements: [Int: [String]] = [:]
        for (index, new) in ours.enumerated() {
            guard let setting = section.setting(new.key), !setting.isDefault else { return }
            guard setting.value == new.value else { return leave("\(new.key) of [\(section.name)]") }
            replacements[setting.place.line] = index == 0 ? oldLines(change, in: section) : []
        }
        let ownKeys = section.settings.filter { !$0.isDefault }
        if change.addsSection, ownKeys.allSatisfy({ replacements[$0.place.line] == [] }) {
            let header = section.place.line
            replacements[header] = []
            let isLast = header + ownKeys.count
            if header > 1, document.isBlank(header - 1), document.isBlank(isLast + 1) { replacements[header - 1] = [] }
        }
        document.replace(replacements)
    }

    /// The lines to restore, without those that somebody has restored already.
    private func oldLines(_ change: ConfigEdit.Change, in section: INISection) -> [String] {
        let ours = change.new.compactMap { Self.setting($0)?.key }
        return change.old.filter { line in
            guard let key = Self.setting(line)?.key else { return false }
            return ours.contains(key) || section.setting(key)?.isDefault != false
        }
    }

    private mutating func leave(_ what: String) {
        if !left.contains(what) { left.append(what) }
    }

    /// Parses a single line.
    private static func setting(_ line: String) -> INISetting? {
        try? INIDocument(Array("[x]\n\(line)\n".utf8), path: "").sections().first?.settings.first
    }
}

extension INISection {
    /// Whether it is a profile that needs the other section.
    fileprivate func uses(_ other: String) -> Bool {
        guard title.hasPrefix("profile "), title != other else { return false }
        return self["sso_session"].map { "sso-session \($0)" } == other
            || self["source_profile"].map { "profile \($0)" } == other
    }
}
