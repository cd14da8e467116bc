import FoundationEssentials
import SessionHealth

/// A core with one session and one profile, and the effects that it returns.
struct Mind {
    static let start = Moment(wall: Date(timeIntervalSince1970: 1_795_424_400), boot: 1000)
    static let session = SSOSession(
        name: "corp", startURL: "https://corp.awsapps.com/start", region: "us-east-1",
        scopes: [SSOSession.accountScope])
    static let command = "aws sso login --profile work"

    private(set) var core = Core(
        places: Places(
            config: "/c/config.json", managedConfig: "/e/config.json", approvals: "/s/approvals.json",
            state: "/s/state.json",
            tokenCache: "/h/cache"),
        process: .init(running: true, version: "1"), environment: [:], watching: [], seed: 1, machine: "box",
        localTime: { _, _ in "later" })
    var now = Mind.start
    /// The effects since they were last cleared.
    var effects: [Effect] = []
    var isAtScreen = true
    var isLocked = false
    /// Claude Code, say, runs `aws sso login`.
    var isForeign = false
    var note: SignInNote?
    /// What comes of recording a sign-in that begins; nil lets it wait for that.
    var reservation: Reservation? = .done
    /// A token that was written without a report yet.
    var unheard: SessionReading?

    /// Started, with this token, while these units run.
    /// - Parameter ofKept: the token that was there a moment before, and whose refresh had not written its grant yet.
    init(
        token: TokenReading = Mind.token(for: 3600), ofKept: TokenReading? = nil, state: AgentState = AgentState(),
        units: [AgentState.RunningSignIn] = [], first reading: ConfigurationReading = Mind.configuration
    ) {
        tell(.started(state, damage: nil))
        tell(.configurationRead(reading))
        if let ofKept {
            var reading = Mind.reading(of: ofKept)
            reading.hasKeptGrant = true
            tell(.tokensRead([reading]))
        }
        read(token)
        tell(.signInsFound(units))
        tell(.loginSessions([Mind.login]))
        effects = []
    }

    static var login: LoginSession {
        var login = LoginSession()
        login.isOfAPerson = true
        login.isGraphical = true
        login.isActive = true
        return login
    }

    /// Passes an event and, like the daemon, what a check of the sign-in lock finds.
    mutating func tell(_ event: Event) {
        let new = core.handle(event, at: now)
        effects += new
        for effect in new {
            if case .lookAtSignInLock(let session) = effect {
                tell(.signInLockSeen(session: session.name, isTaken: isLocked, note: note, isForeign: isForeign))
            }
            if case .reserveSignIn(let session, let state) = effect, let reservation {
                let outdated = unheard.flatMap { $0.hasAnotherToken(than: state.running) ? $0 : nil }
                tell(.signInReserved(session: session.name, outdated.map { .outdated($0) } ?? reservation))
            }
        }
    }

    static func reading(of token: TokenReading) -> SessionReading {
        SessionReading(session: session, token: token, registration: .absent)
    }

    mutating func read(_ token: TokenReading) {
        tell(.tokensRead([Mind.reading(of: token)]))
        tell(.settled)
    }

    /// Due for a refresh.
    static var dueToken: TokenReading { token(for: 1000, writtenAgo: 2600) }

    /// The refresh of the token that was due ends so.
    mutating func endRefresh(_ outcome: RefreshOutcome) {
        tell(.refreshEnded(session: "corp", .exited(0), output: outcome.json))
        read(Mind.dueToken)
    }

    static func token(
        for seconds: TimeInterval, _ fingerprint: String = "first", writtenAgo: TimeInterval = 0
    ) -> TokenReading {
        .found(
            TokenClocks(
                expiresAt: start.wall + seconds, registrationExpiresAt: start.wall + 80 * 86400, hasRefreshToken: true,
                hasClient: true, writtenAt: start.wall - writtenAgo, fingerprint: fingerprint))
    }

    static var configuration: ConfigurationReading { reading(hasProfile: true) }

    /// The profile, and with it the session, may be missing in the AWS config.
    /// - Parameter notify: in `config.json`; approved unless it is "unknown".
    static func reading(hasProfile: Bool, notify: String? = nil, isOpenAt: OpenPlace? = nil) -> ConfigurationReading {
        let config = """
            [sso-session corp]
            sso_start_url = https://corp.awsapps.com/start
            sso_region = us-east-1
            sso_registration_scopes = sso:account:access
            [profile work]
            sso_session = corp
            sso_account_id = 123456789012
            sso_role_name = Dev
            """
        let settings = """
            {"env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work", "AWS_REGION": "us-east-1"},
             "awsAuthRefresh": "\(command)"}
            """
        let layer = SettingsLayer(
            path: "/h/.claude/settings.json", kind: .user, content: .bytes(Array(settings.utf8)))
        return ConfigurationReading(
            config: OwnConfigFiles(
                user: .success(notify.map { Array("{\"notify\": \"\($0)\"}".utf8) }), userIsOpenAt: isOpenAt),
            approvals: .success(
                [command] + (notify == "unknown" ? [] : [notify].compactMap { $0.map(AgentConfig.approval) })),
            folders: [
                ClaudeFolderReading(
                    path: layer.path, settings: SettingsOnDisk(layers: [layer], environment: [:]),
                    aws: AWSFiles(environment: [:], home: "/h") { path in
                        ConfigFile(path: path, bytes: hasProfile && path.hasSuffix("config") ? Array(config.utf8) : nil)
                    }, environment: [:])
            ], files: ["/h/.aws/config"])
    }

    // MARK: Its effects

    var signIns: [SignInOrder] {
        effects.compactMap { if case .startSignIn(let order) = $0 { order } else { nil } }
    }

    var refreshes: [RefreshOrder] {
        effects.compactMap { if case .startRefresh(let order) = $0 { order } else { nil } }
    }

    func replies(to client: ClientID) -> [Reply] {
        effects.compactMap { if case .reply(client, let reply) = $0 { reply } else { nil } }
    }

    func news(for client: ClientID) -> [Reply] {
        effects.compactMap { if case .tell(client, let reply) = $0 { reply } else { nil } }
    }

    var notifies: [NotifyOrder] {
        effects.compactMap { if case .startNotify(let order) = $0 { order } else { nil } }
    }

    var messages: [String] {
        effects.compactMap { if case .record(let message) = $0 { message.message } else { nil } }
    }

    var wake: Wake? {
        effects.compactMap { if case .arm(let wake) = $0 { wake } else { nil } }.last
    }
}
