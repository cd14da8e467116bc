import Host
import SessionHealth

/// A profile made from a start URL alone: its account and role are chosen from what the portal lists.
struct NewProfileStep {
    let context: SetupContext
    let signIn: SignInStep

    private var flags: SetupFlags { context.flags }
    private var given: SetupDefaults { context.given }

    func make() throws -> NewProfile {
        let config = try context.config()
        var session = try session(in: config)
        let (account, role) = try accountAndRole(&session)
        return NewProfile(
            name: try name(for: role, in: account, config), session: session.name,
            startURL: session.startURL, ssoRegion: session.region, accountID: account, roleName: role, region: nil)
    }

    /// The one that is named, else that of the start URL.
    private func session(in config: AWSConfig) throws -> SSOSession {
        guard flags.startURL == nil, let name = flags.ssoSession ?? existingSessionGiven(config) else {
            let startURL = try startURL()
            return try session(startURL, region(of: startURL, in: config), in: config)
        }
        do {
            return try config.session(named: name)
        } catch {
            throw Failure("\(error). \(error.fix), or create it here: pass --sso-start-url")
        }
    }

    /// The one that is locked, if it is there and its start URL need not be another one.
    private func existingSessionGiven(_ config: AWSConfig) -> String? {
        guard let name = given.ssoSession, given.startURL == nil else { return nil }
        return config.sessionNames.contains(name) ? name : nil
    }

    private func startURL() throws -> String {
        if let url = flags.startURL ?? given.startURL { return url }
        guard let dialogue = context.dialogue else { throw Failure("no start URL: pass --sso-start-url") }
        context.tell("", "Start URL of your access portal, e.g. https://corp.awsapps.com/start")
        let answer = try dialogue.ask(
            NewProfileStep.startURLQuestion, default: context.own.config.values.setup.startURL ?? "",
            help: NewProfileStep.startURLHelp
        ) { text in
            StartURL.problem(StartURL.completed(text)).map { text.isEmpty ? "Required." : "This URL \($0)." }
        }
        return StartURL.completed(answer)
    }

    static let startURLQuestion = "Start URL"
    private static let startURLHelp = """
        It is the page on which you choose an AWS account: copy its address from the browser's history, or from the mail that \
        invited you. Your administrator finds it in the AWS console: IAM Identity Center, Settings, AWS access portal URL.
        """
    private static let regionHelp = """
        It is the region in which your company has set up IAM Identity Center, whatever regions you work in. Your administrator \
        finds it in the AWS console: IAM Identity Center, Settings, Region. In the portal, the page "Access keys" of any account \
        shows it as SSO Region.
        """

    private func region(of startURL: String, in config: AWSConfig) throws -> String {
        if let region = flags.ssoRegion ?? given.ssoRegion ?? StartURL.region(in: startURL) { return region }
        let same = sessions(of: config).first { $0.startURL == startURL }
        let known = same ?? sessions(of: config).first
        guard let dialogue = context.dialogue else {
            if let known, known.startURL == startURL { return known.region }
            throw Failure("the region of Identity Center is unknown: pass --sso-region")
        }
        let why = same == nil ? "same as your other session" : "from your AWS config"
        return try RegionQuestion(
            dialogue: dialogue, name: "Region of your Identity Center",
            first: [(known?.region, why), ("us-east-1", "")],
            help: NewProfileStep.regionHelp
        ).ask("Which region is your Identity Center in?")
    }

    private func sessions(of config: AWSConfig) -> [SSOSession] {
        config.sessionNames.compactMap { try? config.session(named: $0) }
    }

    private func session(_ startURL: String, _ region: String, in config: AWSConfig) throws -> SSOSession {
        // The region of one that is not AWS's may have been corrected since.
        let same = sessions(of: config).first {
            $0.startURL == startURL && ($0.region == region || !StartURL.isOfAWS(startURL)) && $0.hasAccountScope
        }
        if flags.ssoSession == nil, let same, given.ssoSession.map({ $0 == same.name }) ?? true { return same }
        let name =
            flags.ssoSession ?? given.ssoSession
            ?? StartURL.sessionName(for: startURL, isTaken: config.sessionNames.contains)
        try refuseTaken(name, startURL, region, in: config)
        return SSOSession(name: name, startURL: startURL, region: region, scopes: [SSOSession.accountScope])
    }

    /// Before the sign-in: another one has that name.
    private func refuseTaken(_ name: String, _ startURL: String, _ region: String, in config: AWSConfig) throws {
        guard let place = config.place(ofSession: name), let there = try? config.session(named: name),
            there.startURL != startURL || there.region != region && StartURL.isOfAWS(startURL)
        else { return }
        let advice =
            context.own.config.isLocked(.ssoSession)
            ? "rename it there, and where profiles name it" : "choose another name: --sso-session"
        throw Failure(
            "\(place): the sso-session \(name) is there already, with another start URL or region; \(advice)")
    }

    private func accountAndRole(_ session: inout SSOSession) throws -> (account: String, role: String) {
        if let account = accountID, let role = roleName { return (account, role) }
        if flags.noLogin || flags.dryRun {
            throw Failure("accounts and roles can only be listed after a sign-in: pass --account-id and --role-name")
        }
        session = try signIn.makeSure(of: session)
        let account = try account(session)
        if let role = roleName { return (account, role) }
        let asked = session
        let roles = try signIn.roles.value("\(asked.startURL) \(asked.region) \(account)") {
            try signIn.asked {
                try signIn.net().roles(of: asked, in: account, endpoints: EndpointSettings(), caBundle: caBundle)
            }
        }
        guard !roles.isEmpty else {
            throw Failure(
                "no role of account \(account) is assigned to you: choose another account, or ask your administrator")
        }
        if let role = try context.first(of: given.roleNames, among: roles, .roleName) {
            context.tell("role", role)
            return (account, role)
        }
        if roles.count == 1 {
            context.tell("role", "\(roles[0]) (the only one)")
            return (account, roles[0])
        }
        guard let dialogue = context.dialogue else {
            throw Failure("pass --role-name with one of: \(roles.joined(separator: ", "))")
        }
        // The first by its name is an administrator's, often: none is taken by Enter alone.
        let role = try dialogue.choose("Which role?", roles.map { Dialogue.Choice($0, $0) }, selected: nil)
        context.tell("role", role)
        return (account, role)
    }

    /// No list is needed where there is no choice.
    private var accountID: String? { flags.accountID ?? (given.accountIDs.count == 1 ? given.accountIDs[0] : nil) }
    private var roleName: String? { flags.roleName ?? (given.roleNames.count == 1 ? given.roleNames[0] : nil) }

    private func account(_ session: SSOSession) throws -> String {
        if let account = accountID { return account }
        let accounts = try signIn.accounts.value("\(session.startURL) \(session.region)") {
            try signIn.asked {
                try signIn.net().accounts(of: session, endpoints: EndpointSettings(), caBundle: caBundle)
            }
        }
        guard let first = accounts.first else {
            throw Failure("no AWS account is assigned to you at \(session.startURL): ask your administrator")
        }
        if let account = try context.first(of: given.accountIDs, among: accounts.map(\.id), .accountId) {
            context.tell("account", account)
            return account
        }
        if accounts.count == 1 {
            context.tell("account", "\(first.id) \(first.name) (the only one)")
            return first.id
        }
        guard let dialogue = context.dialogue else {
            throw Failure("pass --account-id with one of: \(accounts.map(\.id).joined(separator: ", "))")
        }
        let account = try dialogue.choose(
            "Which account?", accounts.map { Dialogue.Choice($0, $0.name, $0.id, $0.email) })
        context.tell("account", "\(account.id) \(account.name)")
        return account.id
    }

    private func name(for role: String, in account: String, _ config: AWSConfig) throws -> String {
        if let name = flags.profile ?? given.profile { return name }
        // As the AWS CLI proposes it.
        let usual = "\(role)-\(account)"
        guard let dialogue = context.dialogue else { return usual }
        return try dialogue.ask("Profile name", default: usual) { text in
            guard AWSConfig.isValid(newName: text) else { return "Use only letters, digits and . _ - / + @" }
            return config.profileNames.contains(text) ? "Profile \(text) already exists." : nil
        }
    }

    private var caBundle: String? { EndpointSettings.caBundle(in: context.environment) }
}
