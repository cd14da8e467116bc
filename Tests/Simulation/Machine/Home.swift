import FoundationEssentials
import SessionHealth

/// One user's files: their paths and usual contents, and how the agent's own code reads them.
final class Home {
    static let folder = "/home/kim"
    static let main = "corp"
    static let profile = "work-dev"
    static let region = "us-west-2"
    static let startURL = "https://corp.awsapps.com/start"
    static let command = "aws sso login --profile \(profile)"
    static let notify = "tell-me"

    static let places = Places(
        config: folder + "/.config/bedrock-agent/config.json", managedConfig: "/etc/bedrock-agent/config.json",
        approvals: folder + "/.local/state/bedrock-agent/approvals.json",
        state: folder + "/.local/state/bedrock-agent/state.json",
        tokenCache: folder + "/.aws/sso/cache")

    static let awsFiles = AWSFilePath.allCases.map { $0.path(environment: environment, home: folder).path }
    static let environment = ["HOME": folder, "DISPLAY": ":0"]
    /// Every file that determines what is guarded.
    static let settingsPath = folder + "/.claude/settings.json"
    static let files = Set(awsFiles + [places.config, places.approvals, settingsPath])

    private unowned let world: World
    /// The state last written to `state.json`.
    private(set) var kept = AgentState()
    /// When that was last lost; nil if it never was.
    private(set) var lostStateAt: TimeInterval?
    private var isTorn = false
    private var keptGrants: Set<String> = []
    private var last: (reading: ConfigurationReading, changes: Int)?

    init(_ world: World) { self.world = world }

    /// All sessions in `~/.aws/config`, Claude Code's first.
    private(set) lazy var sessions: [SSOSession] = {
        let main =
            world.climate.isLegacy
            ? SSOSession(legacyStartURL: Home.startURL, region: Home.region)
            : SSOSession(
                name: Home.main, startURL: Home.startURL, region: Home.region, scopes: [SSOSession.accountScope])
        return [main]
            + (0..<world.climate.sideSessions).map {
                SSOSession(
                    name: "side-\($0)", startURL: "https://side-\($0).awsapps.com/start", region: Home.region,
                    scopes: [SSOSession.accountScope])
            }
    }()

    private lazy var ofTokens = Dictionary(
        uniqueKeysWithValues: sessions.map { (Home.places.token($0.tokenFileName), $0) })

    /// The session of a token file.
    func session(ofToken path: String) -> SSOSession? { ofTokens[path] }

    /// The session that a command line signs in to.
    func session(of command: String) -> SSOSession? {
        sessions.indices.first {
            "\(command) ".hasPrefix("aws sso login --profile \(profile(of: $0)) ")
                // What signs in to those that are guarded for others.
                || command == "bedrock-agent login --profile \(profile(of: $0))"
                || Home.renews(command) && "\(command) ".contains(" --profile \(profile(of: $0)) ")
        }
        .map { sessions[$0] }
    }

    /// It ends the session before it signs in.
    static func renews(_ command: String) -> Bool { command.hasPrefix("bedrock-agent cover ") }

    private func profile(of index: Int) -> String { index == 0 ? Home.profile : "side-\(index - 1)-dev" }

    // MARK: state.json

    /// Atomic and synced. The bytes are created only when they are read.
    func keep(_ state: AgentState) { kept = state }

    /// Somebody has removed `state.json`, or torn it.
    func loseState(leavesHalf: Bool) {
        world.note("disk", "state.json is \(leavesHalf ? "torn" : "gone")")
        isTorn = leavesHalf
        keep(AgentState())
        lostStateAt = world.time
    }

    /// Reads `state.json`.
    func state() throws -> AgentState {
        if isTorn {
            isTorn = false
            throw HostFailure("state.json is damaged")
        }
        return try JSONCoding.decode(AgentState.self, from: JSONCoding.encode(kept, isPretty: true))
    }

    // MARK: The initial state

    /// Everything is set up, and the user has signed in to every session.
    func furnish() {
        tidyUp()
        for session in sessions {
            let registration = world.service.register()
            world.disk.replace(Home.places.token(session.registrationFileName), with: registration.file)
            let granted = world.service.signIn(to: session, registration)
            world.disk.replace(Home.places.token(session.tokenFileName), with: granted.file(at: world.now.wall))
        }
        var state = AgentState()
        for session in sessions {
            var record = SessionRecord()
            record.signedInAt = world.now.wall
            state.sessions[session.name] = record
        }
        keep(state)
    }

    /// Restores the usual content of every file that the user edits.
    func tidyUp() {
        for path in [Home.awsFiles[0], Home.settingsPath, Home.places.config, Home.places.approvals] {
            if let usual = usual(path) { world.disk.replace(path, with: usual) }
        }
    }

    /// The usual content of a file that the user edits.
    func usual(_ path: String) -> [UInt8]? {
        switch path {
        case Home.awsFiles[0]: awsConfig()
        case Home.settingsPath: settings()
        case Home.places.config: agentConfig(sideSessions: world.climate.sideSessions)
        case Home.places.approvals:
            JSONCoding.encode([Home.command, AgentConfig.approval(ofNotify: Home.notify)], isPretty: true)
        default: nil
        }
    }

    func settings(command: String = Home.command, model: String = "opus", usesBedrock: Bool = true) -> [UInt8] {
        Array(
            """
            {
              "env": {
                "CLAUDE_CODE_USE_BEDROCK": "\(usesBedrock ? 1 : 0)",
                "AWS_PROFILE": "\(Home.profile)",
                "AWS_REGION": "\(Home.region)",
                "ANTHROPIC_MODEL": "\(model)"
              },
              "awsAuthRefresh": "\(command)"
            }

            """.utf8)
    }

    /// The agent's configuration, guarding this number of side sessions.
    func agentConfig(sideSessions: Int) -> [UInt8] { agentConfig(guarding: Array(1..<sideSessions + 1)) }

    /// The agent's configuration, guarding all side sessions but one.
    func agentConfig(without session: SSOSession) -> [UInt8] {
        agentConfig(guarding: sessions.indices.dropFirst().filter { sessions[$0] != session })
    }

    private func agentConfig(guarding indices: [Int]) -> [UInt8] {
        let profiles = indices.map { "\"\(profile(of: $0))\"" }.joined(separator: ", ")
        return Array("{\"profiles\": [\(profiles)], \"notify\": \"\(Home.notify)\"}\n".utf8)
    }

    /// - Parameter endpoint: a custom endpoint for every service.
    func awsConfig(endpoint: String? = nil) -> [UInt8] {
        let sections = sessions.enumerated().map { index, session in
            let role =
                "sso_account_id = 111122223333\nsso_role_name = Dev\n"
                + (endpoint.map { "endpoint_url = \($0)\n" } ?? "")
            guard session.kind == .ssoSession else {
                return "[profile \(profile(of: index))]\nsso_start_url = \(session.startURL)\n"
                    + "sso_region = \(session.region)\n\(role)"
            }
            return "[profile \(profile(of: index))]\nsso_session = \(session.name)\n\(role)\n"
                + "[sso-session \(session.name)]\nsso_start_url = \(session.startURL)\n"
                + "sso_region = \(session.region)\nsso_registration_scopes = \(SSOSession.accountScope)\n"
        }
        return Array(sections.joined(separator: "\n").utf8)
    }

    // MARK: As the agent reads it

    /// Read again only if the files have changed.
    var reading: ConfigurationReading {
        if let last, last.changes == world.disk.changes { return last.reading }
        let reading = readAnew()
        last = (reading, world.disk.changes)
        return reading
    }

    private func readAnew() -> ConfigurationReading {
        let disk = world.disk
        let settings = disk.bytes(of: Home.settingsPath)
        let layer = SettingsLayer(
            path: Home.settingsPath, kind: .user, content: settings.map { .bytes($0) } ?? .missing)
        return ConfigurationReading(
            config: OwnConfigFiles(user: .success(disk.bytes(of: Home.places.config))), approvals: approvals,
            folders: [
                ClaudeFolderReading(
                    path: layer.path, settings: SettingsOnDisk(layers: [layer], environment: Home.environment),
                    aws: AWSFiles(environment: Home.environment, home: Home.folder) { path in
                        ConfigFile(path: path, bytes: disk.bytes(of: path))
                    }, environment: Home.environment)
            ], files: Home.files)
    }

    private var approvals: Result<[String], HostFailure> {
        Result {
            try world.disk.bytes(of: Home.places.approvals).map { try JSONCoding.decode([String].self, from: $0) } ?? []
        }.mapError { HostFailure("\($0)") }
    }

    func reading(of session: SSOSession) -> SessionReading {
        let path = Home.places.token(session.tokenFileName)
        let registration = world.disk.bytes(of: Home.places.token(session.registrationFileName))
        var reading = SessionReading(
            session: session, token: world.disk.token(path),
            registration: registration.map { RegistrationFacts(parsing: $0.span) } ?? .absent)
        reading.hasKeptGrant = keptGrants.contains(path)
        return reading
    }

    /// A daemon starts: it looks for what earlier refreshes have left.
    func lookForKeptGrants() {
        keptGrants = Set(
            sessions.map { Home.places.token($0.tokenFileName) }
                .filter { !world.disk.names(from: $0 + ".", to: ".granted").isEmpty })
    }

    /// The token file with its secrets, as a program that refreshes it reads it; nil if it is missing or half-written.
    func document(of session: SSOSession) -> TokenDocument? {
        world.disk.document(Home.places.token(session.tokenFileName))
    }
}
