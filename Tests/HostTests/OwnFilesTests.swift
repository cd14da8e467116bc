import FoundationEssentials
import Glibc
import Host
import SessionHealth
import Testing

/// Token files, and the agent's own files.
@Suite struct OwnFilesTests {
    let folder = TemporaryFolder()

    private static let token = """
        {"startUrl": "https://corp.awsapps.com/start", "zzz": [1E+2, "\\u00e9"], "region": "us-east-1",
         "accessToken": "old-access", "expiresAt": "2026-11-23T10:00:00Z", "clientId": "id", "clientSecret": "secret",
         "registrationExpiresAt": "2027-02-21T09:00:00Z", "refreshToken": "old-refresh"}
        """

    private let later = Date(timeIntervalSince1970: 1_795_449_600)

    // MARK: The token file

    private func replace(_ file: TokenFile, _ accessToken: String, _ refreshToken: String?) throws -> Bool {
        try file.replace(
            at: folder["t"],
            with: file.document.renewed(accessToken: accessToken, expiresAt: later, refreshToken: refreshToken))
    }

    @Test(arguments: [0o600, 0o640, 0o400] as [mode_t])
    func writesBackOnlyWhatWasGranted(mode: mode_t) throws {
        folder.write(OwnFilesTests.token, to: "real", mode: mode)
        symlink("real", folder["t"])
        let file = try TokenFile(readingWhole: folder["t"])
        #expect(file.document.grant?.clientID == "id")
        #expect(file.document.grant?.clientSecret == "secret")
        #expect(file.document.grant?.refreshToken == "old-refresh")
        #expect(try replace(file, "new", "newer"))
        let expected = OwnFilesTests.token.replacing("old-access", with: "new").replacing("old-refresh", with: "newer")
            .replacing("2026-11-23T10:00:00Z", with: "2026-11-23T16:00:00Z")
        #expect(folder.text(of: "real") == expected)
        #expect(folder.mode(of: "real") == mode)
        #expect(folder.names() == ["real", "t"])
        var info = stat()
        #expect(lstat(folder["t"], &info) == 0 && info.st_mode & S_IFMT == S_IFLNK)
    }

    @Test func keepsTheRefreshTokenThatIsStillGood() throws {
        folder.write(OwnFilesTests.token, to: "t")
        let file = try TokenFile(readingWhole: folder["t"])
        #expect(try replace(file, "new", nil))
        #expect(folder.text(of: "t")?.contains(#""refreshToken": "old-refresh""#) == true)
    }

    @Test func aNewerFileIsNeverOverwritten() throws {
        folder.write(OwnFilesTests.token, to: "t")
        let file = try TokenFile(readingWhole: folder["t"])
        let theirs = OwnFilesTests.token.replacing("old-access", with: "their-access")
        folder.write(theirs, to: "t.new")
        rename(folder["t.new"], folder["t"])
        #expect(try !replace(file, "new", "newer"))
        #expect(folder.text(of: "t") == theirs)
        unlink(folder["t"])
        #expect(try !replace(file, "new", "newer"))
        #expect(folder.names() == [])
    }

    @Test func whatIsNoTokenFile() {
        let missing = #expect(throws: SystemError.self) { try TokenFile(readingWhole: folder["none"]) }
        #expect(missing?.number == ENOENT)
        folder.write(String(OwnFilesTests.token.dropLast(20)), to: "torn")
        let torn = #expect(throws: TokenFileError.self) { try TokenFile(readingWhole: folder["torn"]) }
        #expect(torn?.description.contains("secret") == false)
        #expect(torn?.description.contains("old-") == false)
    }

    // MARK: Secrets

    @Test func secretBytes() throws {
        folder.write("a secret", to: "s", mode: 0o640)
        let secret = try SecretBytes(reading: folder["s"])
        #expect(secret.mode == 0o640)
        #expect(abs(secret.writtenAt.timeIntervalSinceNow) < 3600)
        let text = secret.withBytes { bytes in bytes.indices.map { bytes[$0] } }
        #expect(String(decoding: text, as: UTF8.self) == "a secret")
        let fingerprint = secret.fingerprint
        #expect(fingerprint.count == 24)
        #expect(try SecretBytes(reading: folder["s"]).fingerprint == fingerprint)
        folder.write("a secreT", to: "s")
        #expect(try SecretBytes(reading: folder["s"]).fingerprint != fingerprint)
        folder.write("", to: "empty")
        #expect(try SecretBytes(reading: folder["empty"]).withBytes { $0.count } == 0)
    }

    @Test func whatIsNotReadAsASecret() throws {
        func number(_ path: String) -> Int32? {
            do throws(SystemError) {
                _ = try SecretBytes(reading: path)
                return nil
            } catch {
                return error.number
            }
        }
        #expect(number(folder["none"]) == ENOENT)
        #expect(number(folder.path) == EISDIR)
        mkfifo(folder["fifo"], 0o600)
        #expect(number(folder["fifo"]) == EINVAL)
        folder.write("", to: "large")
        truncate(folder["large"], SecretBytes.limit)
        #expect(number(folder["large"]) == nil)
        truncate(folder["large"], SecretBytes.limit + 1)
        #expect(number(folder["large"]) == EFBIG)
    }

    // MARK: Approvals and state

    @Test func approvals() throws {
        let approvals = Approvals(path: folder["state/approvals.json"])
        #expect(try approvals.commands() == [])
        try approvals.approve("a \"quoted\" command\n")
        try approvals.approve("b")
        try approvals.approve("a \"quoted\" command\n")
        #expect(try approvals.commands() == ["b", "a \"quoted\" command\n"])
        #expect(folder.mode(of: "state") == 0o700)
        #expect(folder.mode(of: "state/approvals.json") == 0o600)
        for number in 0..<30 { try approvals.approve("\(number)") }
        #expect(try approvals.commands() == (10..<30).map { "\($0)" })
        folder.write("[1]", to: "state/approvals.json")
        let error = #expect(throws: UnreadableRecord.self) { try approvals.commands() }
        #expect(error?.description.contains(folder["state/approvals.json"]) == true)
    }

    @Test func state() throws {
        var file = StateFile(path: folder["state/state.json"])
        #expect(try file.read() == AgentState())
        var state = AgentState()
        state.automaticSignIns = [later]
        state.running = .init(session: "corp", startedAt: later, isAutomatic: true)
        state.running?.pid = 5
        state.running?.processStart = 7
        state.notifications = ["corp": NotificationRecord()]
        state.notifications?["corp"]?.open = .init(id: 7, server: "s", kind: .needed, event: "e", since: later)
        try file.write(state)
        #expect(try file.read() == state)
        #expect(folder.mode(of: "state/state.json") == 0o600)
        folder.write(#"{"version": 1, "sessions": {}, "automaticSignIns": []}"#, to: "state/state.json")
        #expect(try file.read() == AgentState())
        for damaged in ["", "{", "[]", #"{"version": 1}"#] {
            folder.write(damaged, to: "state/state.json")
            #expect(throws: UnreadableRecord.self) { try file.read() }
        }
    }

    @Test func aStateOfALaterVersionIsRefusedByNameAndKept() throws {
        folder.write(#"{"version": 2, "sessions": {}, "automaticSignIns": [], "unheardOf": 1}"#, to: "state.json")
        var file = StateFile(path: folder["state.json"])
        let known = file.recalled(keepingUnreadable: true)
        let (state, damage) = (known.state, known.damage)
        #expect(state == AgentState() && !known.isPassing)
        #expect(damage?.contains("version 2") == true && damage?.contains(folder["state.json"]) == true)
        try file.write(state)
        #expect(folder.text(of: "state.json.unreadable")?.contains("unheardOf") == true)
        #expect(try StateFile(path: folder["state.json"]).read() == state)
    }

    @Test func aStateOfThisVersionWithoutWhatCameLaterIsRead() throws {
        folder.write(#"{"version": 1, "sessions": {}, "automaticSignIns": []}"#, to: "state.json")
        #expect(try StateFile(path: folder["state.json"]).read() == AgentState())
    }

    /// What a later version has put into it, and what it has put where this one has something else.
    @Test func whatALaterVersionWroteStaysInTheState() throws {
        let later = """
            {"automaticSignIns": [], "sessions": {"corp": {"failedSignIns": 2, "lifetimes": [], "later": {"a": [1, 2.5]},
            "refusal": {"fingerprint": "f", "outcome": {"ofALaterVersion": {}}, "at": "2026-11-27T16:00:00Z"}},
            "gone": {"failedSignIns": 0, "lifetimes": [], "later": true}}, "version": 1, "wholly": "new",
            "bubbles": {"corp": {"events": {}, "open": {"id": 1, "server": "s", "kind": "later", "event": "e",
            "since": "2026-11-27T16:00:00Z"}}}}
            """
        folder.write(later, to: "state.json")
        var file = StateFile(path: folder["state.json"])
        var state = file.recalled().state
        #expect(state.sessions["corp"]?.failedSignIns == 2 && state.sessions["corp"]?.refusal == nil)
        state.sessions["corp"]?.failedSignIns = 3
        state.sessions["gone"] = nil
        #expect(try file.save(state) == nil)
        // Again, with what is there now.
        state.automaticSignIns = [Date(timeIntervalSince1970: 0)]
        #expect(try file.save(state) == nil)
        let written = try #require(folder.text(of: "state.json"))
        for kept in ["\"wholly\" : \"new\"", "\"later\" : {", "2.5", "ofALaterVersion", "\"kind\" : \"later\""] {
            #expect(written.contains(kept), "\(kept) is gone: \(written)")
        }
        #expect(!written.contains("gone") && written.contains("\"failedSignIns\" : 3"))
        #expect(try StateFile(path: folder["state.json"]).read() == state)
    }

    // MARK: Paths

    @Test func pathsByDefault() {
        let paths = Paths(environment: ["HOME": "/home/u"])
        #expect(paths.config == "/home/u/.config/bedrock-agent/config.json")
        #expect(paths.state == "/home/u/.local/state/bedrock-agent/state.json")
        #expect(paths.approvals == "/home/u/.local/state/bedrock-agent/approvals.json")
        #expect(paths.setupRecord == "/home/u/.local/state/bedrock-agent/setup.json")
        #expect(paths.tokenCache == "/home/u/.aws/sso/cache")
        #expect(paths.userSettings == "/home/u/.claude/settings.json")
        #expect(paths.managedFolder == "/etc/claude-code")
    }

    /// Such as that of a session that has ended, or of the user who called `su`.
    @Test(arguments: ["/nowhere", "/etc/passwd", "relative"])
    func aRuntimeFolderThatIsNoneOfOurs(folder: String) {
        let paths = Paths(environment: ["HOME": "/home/u", "XDG_RUNTIME_DIR": folder])
        let usual = "/run/user/\(getuid())"
        let isThere = (try? FileOwnership(of: usual))?.isOurs == true
        #expect(paths.userRuntime == (isThere ? usual : nil))
        #expect(
            paths.controlSocket
                == (isThere ? "\(usual)/bedrock-agent" : "/home/u/.local/state/bedrock-agent/run") + "/control.sock")
        #expect(paths.controlLink == "/home/u/.local/state/bedrock-agent/control.sock")
    }

    @Test func pathsByEnvironment() {
        let paths = Paths(environment: [
            "HOME": "/home/u", "XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s", "XDG_RUNTIME_DIR": folder.path,
            "CLAUDE_CONFIG_DIR": "/claude", "BEDROCK_AGENT_MANAGED_ROOT": "/m",
        ])
        #expect(paths.config == "/c/bedrock-agent/config.json")
        #expect(paths.stateFolder == "/s/bedrock-agent")
        #expect(paths.controlSocket == folder["bedrock-agent/control.sock"])
        #expect(paths.userSettings == "/claude/settings.json")
        #expect(paths.managedFolder == "/m" && paths.managedConfig == "/m/bedrock-agent/config.json")
        #expect(Paths(environment: ["HOME": "/home/u"]).managedConfig == "/etc/bedrock-agent/config.json")
        // What root has given on a machine counts there, whatever the environment says.
        try? FileManager.default.createDirectory(atPath: folder["bedrock-agent"], withIntermediateDirectories: true)
        try? AtomicWrite.write(Array("{}".utf8), to: folder["bedrock-agent/config.json"])
        let managed = Paths(environment: ["BEDROCK_AGENT_MANAGED_ROOT": "/m"], etc: folder.path)
        #expect(managed.managedConfig == folder["bedrock-agent/config.json"])
        #expect(managed.managedFolder == folder["claude-code"])
        // One that may not be looked at may be there.
        try? FileManager.default.createDirectory(atPath: folder["closed"], withIntermediateDirectories: true)
        try? FileManager.default.createSymbolicLink(
            atPath: folder["closed/bedrock-agent"], withDestinationPath: "bedrock-agent")
        let closed = Paths(environment: ["BEDROCK_AGENT_MANAGED_ROOT": "/m"], etc: folder["closed"])
        #expect(closed.managedConfig == folder["closed/bedrock-agent/config.json"])
        // By the XDG specification, relative paths are ignored.
        let relative = Paths(environment: [
            "HOME": "/home/u", "XDG_CONFIG_HOME": "c", "XDG_STATE_HOME": "", "CLAUDE_CONFIG_DIR": ".claude",
        ])
        #expect(relative == Paths(environment: ["HOME": "/home/u"]))
        #expect(Paths(environment: [:]).home.hasPrefix("/"))
        let files = ClaudeSettingsFiles(environment: ["CLAUDE_CONFIG_DIR": ".claude"], home: "/home/u")
        #expect(files.userPath == relative.userSettings)
    }
}
