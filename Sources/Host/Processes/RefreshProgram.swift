import FoundationEssentials
import Glibc
import SessionHealth

/// The `bedrock-agent-net refresh` command for a refresh order.
extension Program {
    /// - Parameter programs: determined at startup.
    /// - Throws: if the program cannot be found, or a folder that it needs cannot be created.
    package init(
        _ order: RefreshOrder, _ paths: Paths, _ programs: Programs, environment: [String: String]
    ) throws {
        let file = paths.places.token(order.session.tokenFileName)
        let net = try programs.net
        let locks = paths.locks
        // Created here, because the refresh may not be allowed to create folders.
        try Folder.create(locks)
        self.init(
            .refresh, key: order.session.tokenKeyHash, summary: "Refresh of the AWS SSO session \(order.session.name)",
            command: [
                net, "refresh", "--token-file", file, "--endpoint", order.endpoint,
                "--expires-at", Timestamp.format(order.expiresAt),
                "--lock-file", locks + "/" + order.session.tokenFileName,
            ], timeout: order.timeout)
        files.written = [try Program.Place(paths.tokenCache), try Program.Place(locks)]
        // The token file may be a symbolic link to another folder.
        let folder = try Program.Place(Folder.holding(try AtomicWrite.realPath(of: file)))
        if !files.written.contains(where: { $0.real == folder.real }) { files.written.append(folder) }
        files.read = [try Program.Place(net)]
        if let bundle = order.caBundle {
            command += ["--ca-bundle", bundle]
            files.read.append(try Program.Place(bundle))
        }
        // OpenSSL's variables for other certificate locations; OpenSSL ignores missing ones.
        for name in ["SSL_CERT_FILE", "SSL_CERT_DIR"] {
            guard let path = environment[name], let place = try? Program.Place(path) else { continue }
            files.read.append(place)
        }
    }
}

extension Program {
    private static let forSession = "BEDROCK_AGENT_SIGN_IN"
    private static let leader = "BEDROCK_AGENT_SIGN_IN_LEADER"

    /// Whether the daemon has started this process, or one of its parents, to sign in to the session. (The caller looks
    /// whether that sign-in still runs: a browser or a terminal may have inherited the variable.)
    package static func isDaemons(_ environment: [String: String], _ session: SSOSession) -> Bool {
        environment[forSession] == session.tokenKeyHash
    }

    /// The same, told by what the daemon started: that leads a session without a terminal, and still runs.
    package static func isWithinDaemons(_ environment: [String: String], _ session: SSOSession) -> Bool {
        guard isDaemons(environment, session), kill(getsid(0), 0) == 0 else { return false }
        let terminal = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY)
        if terminal >= 0 { close(terminal) }
        return terminal < 0
    }

    /// The environment for what goes on after the sign-in.
    package static func withoutDaemon(_ environment: [String: String]) -> [String: String] {
        environment.filter { $0.key != forSession && $0.key != leader }
    }

    /// The `notify` command for a message.
    package init(_ order: NotifyOrder) {
        self.init(
            .notify, key: order.session.tokenKeyHash,
            summary: "Message about the AWS SSO session \(order.session.name)",
            command: ["/bin/sh", "-c", order.command], timeout: order.timeout)
        input = Array(order.message.utf8)
    }

    /// The `awsAuthRefresh` command for a sign-in order. `bedrock-agent login` is this very program's.
    package init(_ order: SignInOrder, _ programs: Programs) {
        let own = AuthRefresh(order.command).ownArguments.flatMap { arguments in
            programs.folder.map { ["\($0)/bedrock-agent"] + arguments }
        }
        self.init(
            .signIn, key: order.session.tokenKeyHash, summary: "Sign-in to the AWS SSO session \(order.session.name)",
            command: own ?? ["/bin/sh", "-c", order.command], timeout: order.timeout)
        // However the user's command calls `bedrock-agent login`, that does not wait for itself.
        variables = [Program.forSession: order.session.tokenKeyHash]
    }

    /// The same sign-in as a plain process, by which a later daemon finds it that was told of none. Its own process ID is in
    /// its environment: a browser that it leaves behind inherits the variable, and has another.
    func leading(stateFolder: String) -> Program {
        var program = self
        let script = "export \(Program.leader)=\"$$ $1\"; shift; exec \"$@\""
        program.command = ["/bin/sh", "-c", script, "sh", "\(key) \(stateFolder)"] + command
        return program
    }

    /// The sign-in that this process leads, for the daemon with this folder; the key of its session in the place of the
    /// name.
    static func signIn(ledBy pid: pid_t, stateFolder: String) -> AgentState.RunningSignIn? {
        let words = ProcessSession.rest(of: pid, after: "\(leader)=\(pid) ")?.split(separator: " ", maxSplits: 1)
        guard let words, words.count == 2, words[1] == stateFolder, let start = ChildProcess.startTime(of: pid),
            let age = ProcessSession.age(of: pid), age <= SignInLock.longest + 15
        else { return nil }
        var record = AgentState.RunningSignIn(
            session: String(words[0]), startedAt: EventLoop.now().wall - age, isAutomatic: true)
        record.pid = pid
        record.processStart = start
        return record
    }
}
