// The `[sso-session …]` for a profile: an existing one, or a new one with an unused name.

extension ConfigText {
    /// Whether there is a session with this name, start URL and region. If so, it gets the account scope if that is
    /// missing.
    /// - Throws: if the session of this name has another start URL or region.
    mutating func hasSession(_ name: String, of startURL: String, _ region: String) throws(ConfigEdit.Refusal) -> Bool {
        guard let section = aws.cli.sessions[name] else { return false }
        guard section["sso_start_url"] == startURL, section["sso_region"] == region else {
            throw ConfigEdit.Refusal(
                reason: "\(section.place): the sso-session \(name) already exists, with another start URL or region",
                fix: "Choose another name: --sso-session.")
        }
        try addScope(to: name)
        return true
    }

    /// Adds a profile's session; the spacing of its lines is copied from a setting.
    /// - Parameter scopes: to request; the one for a refresh token is always there.
    mutating func append(
        session name: String, of profile: NewProfile, scopes: [String] = [], like setting: INISetting? = nil
    ) {
        let all = scopes.contains(SSOSession.accountScope) ? scopes : scopes + [SSOSession.accountScope]
        let settings = [
            ("sso_start_url", profile.startURL), ("sso_region", profile.ssoRegion),
            (Self.scopesKey, all.joined(separator: ",")),
        ]
        append("sso-session \(name)", settings, like: setting)
    }

    /// Adds the scope required for a refresh token to a session, if it is missing.
    mutating func addScope(to name: String) throws(ConfigEdit.Refusal) {
        let scopes: [String]
        do throws(AWSConfigError) {
            scopes = try aws.session(named: name).scopes ?? []
        } catch {
            throw ConfigEdit.Refusal(error)
        }
        guard !scopes.contains(SSOSession.accountScope), let section = aws.cli.sessions[name],
            let region = section.setting("sso_region")
        else { return }
        let title = "sso-session \(name)"
        guard let given = section.setting(Self.scopesKey), !given.isDefault else {
            try requireOwnLine(region, in: title)
            return add(Self.scopesKey, SSOSession.accountScope, below: region, of: title)
        }
        try requireOwnLine(given, in: title)
        guard scopes.allSatisfy({ $0.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "#") } }) else {
            throw ConfigEdit.Refusal(
                reason: "\(given.place): \(Self.scopesKey) is \(ConfigValue.shown(given.value)), not a list of scopes",
                fix: "Write \(Self.scopesKey) = \(SSOSession.accountScope) there.")
        }
        let all = (scopes + [SSOSession.accountScope]).joined(separator: ",")
        replace([given], of: title, with: Self.scopesKey, all)
    }

    static let scopesKey = "sso_registration_scopes"

    /// The first of these scopes that a session does not request; the one for a refresh token is added where it lacks.
    func missing(_ scopes: [String], of session: String) -> String? {
        let requested = ((try? aws.session(named: session).scopes) ?? []) + [SSOSession.accountScope]
        return scopes.first { !requested.contains($0) }
    }

    /// A refreshable session with the same start URL and region that both readers see and that requests these scopes.
    func sharedSession(of profile: NewProfile, _ scopes: [String]) -> String? {
        aws.sessionNames.first { name in
            guard let session = try? aws.session(named: name), let seen = aws.claude.sessions[name] else {
                return false
            }
            return session.startURL == profile.startURL && session.region == profile.ssoRegion
                && session.hasAccountScope && missing(scopes, of: name) == nil
                && seen["sso_start_url"] == profile.startURL
                && seen["sso_region"] == profile.ssoRegion
        }
    }

    /// An unused session name.
    func freeName(for startURL: String) -> String {
        StartURL.sessionName(for: startURL) { aws.cli.sessions[$0] != nil || aws.claude.sessions[$0] != nil }
    }
}
