// The user's AWS configuration: `~/.aws/config`, with `~/.aws/credentials` taking precedence.

package struct AWSConfig: Sendable {
    /// As the AWS CLI reads the files. This reading is authoritative.
    let cli: ConfigView
    /// As Claude Code reads them; used only to report differences.
    let claude: ConfigView
    let headers: SectionHeaders
    let credentialsPath: String

    /// - Throws: if the AWS CLI would reject either file.
    package init(config: ConfigFile, credentials: ConfigFile) throws(INIError) {
        let config = try INIFile(config)
        let credentials = try INIFile(credentials)
        cli = ConfigView(cliReading: config, credentials: credentials)
        claude = ConfigView(claudeReading: config, credentials: credentials)
        headers = SectionHeaders(config: config, credentials: credentials)
        credentialsPath = credentials.path
    }

    /// Every profile, in file order.
    package var profileNames: [String] { cli.profileNames }

    /// Every `[sso-session …]`, sorted.
    package var sessionNames: [String] { cli.sessions.names.sorted() }

    /// Whether a new profile or session may have this name. The AWS CLI allows other names too, but Claude Code does
    /// not find them.
    package static func isValid(newName name: String) -> Bool {
        func isPlain(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "._-/+@".utf8.contains(byte)
        }
        return !name.isEmpty && name.utf8.allSatisfy(isPlain)
    }

    /// Whether this is the ID of an account: 12 digits.
    package static func isValid(accountID: String) -> Bool {
        accountID.utf8.count == 12 && accountID.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Where a profile's credentials come from, by the AWS CLI's order of precedence.
    package func resolve(_ profile: String) throws(AWSConfigError) -> ProfileKind {
        try ProfileWalk(config: self, name: profile).kind()
    }

    /// The session of an `[sso-session …]` section, whether a profile uses it or not.
    package func session(named name: String) throws(AWSConfigError) -> SSOSession {
        try session(named: name, askedAt: nil)
    }

    func session(named name: String, askedAt place: ConfigPlace?) throws(AWSConfigError) -> SSOSession {
        guard let section = cli.sessions[name] else {
            throw .noSuchSession(
                name, others: OtherNames(than: name, among: sessionNames), place: place,
                meant: headers.session(name))
        }
        let (startURL, region) = try signInKeys(section, titled: { "sso-session \(name)" })
        let scopes = section["sso_registration_scopes"].map(Self.scopes)
        return SSOSession(name: name, startURL: startURL, region: region, scopes: scopes)
    }

    /// The scopes in a list with commas.
    static func scopes(_ text: String) -> [String] {
        text.utf8.split(separator: UInt8(ascii: ",")).map { trimmed($0) }.filter { !$0.isEmpty }
    }

    /// The two keys required for every sign-in, from an sso-session or a legacy profile.
    func signInKeys(
        _ section: INISection, titled title: () -> String
    ) throws(AWSConfigError) -> (startURL: String, region: String) {
        let startURL = section["sso_start_url"] ?? ""
        let region = section.setting("sso_region")
        var missing: [String] = []
        if startURL.isEmpty { missing.append("sso_start_url") }
        if region?.value.isEmpty != false { missing.append("sso_region") }
        guard missing.isEmpty, let region else { throw .missing(missing, from: section, titled: title()) }
        // Of more lines than one the AWS CLI makes another address than Claude Code, and another token's name.
        if let url = section.setting("sso_start_url"),
            url.value.contains("\n") || !StartURL.isAddress(ConfigValue.asClaudeReads(url.value))
        {
            throw .badStartURL(url.value, place: url.place)
        }
        guard Region.isInHostName(region.value) else {
            throw .badRegion(region.value, key: "sso_region", place: region.place)
        }
        return (startURL, region.value)
    }

    /// A profile's endpoint settings; the defaults if the profile does not exist.
    package func endpoints(of profile: String) -> EndpointSettings {
        var settings = EndpointSettings()
        guard let section = cli.profiles[profile] else { return settings }
        settings.url = section["endpoint_url"]
        for key in ["endpoint_url", "services"] { settings.places[key] = section.setting(key)?.place }
        settings.usesFIPS = section["use_fips_endpoint"].map(EndpointSettings.isTrue) ?? false
        settings.usesDualStack = section["use_dualstack_endpoint"].map(EndpointSettings.isTrue) ?? false
        settings.ignoresConfiguredURLs =
            section["ignore_configured_endpoint_urls"].map(EndpointSettings.isTrue) ?? false
        if let name = section["services"] {
            if let services = cli.services[name] {
                for service in AWSService.allCases {
                    let setting = services.setting("\(service.rawValue).endpoint_url")
                    settings.serviceURLs[service] = setting?.value
                    settings.places[service.rawValue] = setting?.place
                }
            } else {
                settings.missingServices = name
            }
        }
        return settings
    }

    private static func trimmed(_ text: Substring.UTF8View) -> String {
        String(decoding: INIText.trimmedEnd(INIText.trimmedStart(Array(text)[...])), as: UTF8.self)
    }
}
