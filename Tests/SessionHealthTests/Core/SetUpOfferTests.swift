import FoundationEssentials
import SessionHealth
import Testing

/// Who has not set Claude Code up is offered that, where root's `config.json` says with what.
@Suite struct SetUpOfferTests {
    private static let enough = """
        {"setup": {"profile": "acme", "ssoStartUrl": "https://acme.awsapps.com/start", "ssoRegion": "us-east-1",
         "region": "us-west-2", "model": "claude-opus"}}
        """
    private static let bedrock = #"{"env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "acme"}}"#

    private static func reading(managed: String?, settings: String? = nil) -> ConfigurationReading {
        let layer = SettingsLayer(
            path: "/h/.claude/settings.json", kind: .user,
            content: settings.map { .bytes(Array($0.utf8)) } ?? .missing)
        return ConfigurationReading(
            config: OwnConfigFiles(managed: .success(managed.map { Array($0.utf8) }), user: .success(nil)),
            approvals: .success([]),
            folders: [
                ClaudeFolderReading(
                    path: layer.path, settings: SettingsOnDisk(layers: [layer], environment: [:]),
                    aws: AWSFiles(environment: [:], home: "/h") { ConfigFile(path: $0, bytes: nil) }, environment: [:])
            ], files: [])
    }

    /// What is offered is shown as notification 7.
    private static func mind(
        _ managed: String? = enough, settings: String? = nil, state: AgentState = AgentState()
    ) -> Mind {
        var mind = Mind(token: .absent, state: state, first: reading(managed: managed, settings: settings))
        mind.settle()
        return mind
    }

    @Test(arguments: [nil, bedrock])
    func isMadeOnce(_ settings: String?) {
        var mind = Self.mind(settings: settings)
        #expect(mind.shown.map(\.summary) == ["Claude Code is ready to be set up"])
        #expect(mind.shown.first?.buttons == [.setUp, .later])
        #expect(mind.shown.first?.command == "bedrock-agent setup --yes" && mind.setUps == 0)
        mind.tell(.buttonPressed(7, .later))
        mind.settle()
        // Nor by the next process.
        let next = Self.mind(settings: settings, state: mind.core.state)
        #expect(mind.shown.count == 1 && next.shown.isEmpty)
    }

    @Test(arguments: [
        (nil, nil), (#"{"setup": {"region": "us-west-2", "model": "opus"}}"#, nil), (#"{"signIn": "ask"}"#, nil),
        (#"{"setup": {"profile": "acme", "model": "opus"}}"#, nil),
        (#"{"setup": {"profile": "acme", "region": "us-west-2"}}"#, nil),
        // Without its region, setup would have to ask.
        (enough.replacing(#""ssoRegion": "us-east-1","#, with: ""), nil),
        // Whoever uses something else means it.
        (enough, #"{"env": {"CLAUDE_CODE_USE_BEDROCK": "0"}}"#), (enough, #"{"env": {"CLAUDE_CODE_USE_VERTEX": "1"}}"#),
        (enough, #"{"env": {"AWS_BEARER_TOKEN_BEDROCK": "x"}}"#),
    ])
    func isNotMade(_ managed: String?, _ settings: String?) {
        #expect(Self.mind(managed, settings: settings).shown.isEmpty)
    }

    @Test func runsOnceItIsAgreedTo() {
        var mind = Self.mind()
        mind.tell(.buttonPressed(7, .setUp))
        mind.tell(.buttonPressed(7, .setUp))
        mind.settle()
        #expect(mind.setUps == 1)
        #expect(mind.effects.contains { if case .closeNotification(7) = $0 { true } else { false } })
        mind.tell(.setUpEnded(.exited(0), output: []))
        #expect(mind.messages.last == "Claude Code is set up")
        mind.tell(.configurationRead(Mind.configuration))
        mind.settle()
        #expect(mind.shown.count { $0.kind == .setUp } == 1)
    }

    @Test func saysWhyItFailed() {
        var mind = Self.mind()
        mind.tell(.buttonPressed(7, .setUp))
        mind.settle()
        let output = "given   region\nError: no role https://a.b/start?code=secret\n  {\n  }\n"
        mind.tell(.setUpEnded(.exited(1), output: Array(output.utf8)))
        #expect(mind.messages.last == "Claude Code was not set up: no role https://a.b/start?[…]")
        mind.tell(.configurationRead(Self.reading(managed: Self.enough)))
        mind.settle()
        #expect(mind.shown.last?.summary == "Claude Code was not set up")
        mind.tell(.buttonPressed(7, .setUp))
        mind.settle()
        #expect(mind.setUps == 2)
    }

    /// Put off, it comes back when root has changed what is given.
    @Test func isMadeAnewWhenItHasChanged() {
        var mind = Self.mind()
        mind.tell(.buttonPressed(7, .later))
        mind.settle()
        let other = Self.enough.replacing("claude-opus", with: "claude-sonnet")
        mind.tell(.configurationRead(Self.reading(managed: other)))
        mind.settle()
        #expect(mind.shown.count == 2)
    }
}

extension Mind {
    fileprivate var shown: [SessionHealth.Notification] {
        effects.compactMap { if case .show("", let notification, _) = $0 { notification } else { nil } }
    }

    fileprivate var setUps: Int { effects.count { if case .startSetUp = $0 { true } else { false } } }

    /// The server, which is looked for whenever there is something to show, shows it.
    fileprivate mutating func settle() {
        let before = shown.count
        tell(.settled)
        tell(.desktop(.serving(":1.5")))
        tell(.settled)
        for notification in shown.dropFirst(before) {
            tell(.notificationShown(session: "", notification, id: 7))
        }
        tell(.settled)
    }
}
