import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// What the checks examine, read once: the same facts and the same plan as `status`.
struct Examination {
    /// The environment of the shell.
    let shell: [String: String]
    /// The same as Claude Code would have it.
    var environment: [String: String] { claude.merged }
    let claude: ClaudeEnvironment
    let paths: Paths
    let now: Moment
    let facts: Facts
    let plan: Plan
    /// Managed files first, then the user's.
    let layers: [SettingsLayer]
    let settings: ClaudeSettings
    let files: AWSFiles
    /// The kind of Claude Code's profile; nil if it cannot be resolved, for which the facts contain a finding.
    let kind: ProfileKind?
    let daemon: DaemonAnswer
    let units: ServiceUnits.Report?

    init(shell: [String: String], clock: Stopwatch) {
        self.shell = shell
        paths = Paths(environment: shell)
        let folder = ClaudeFolder(own: shell)
        claude = ClaudeEnvironment(folder)
        let reader = FactsOnDisk(environment: shell, at: clock.start)
        reader.readAll(at: clock.start)
        now = Examination.readTornTokens(reader, clock)
        facts = reader.facts
        plan = SessionHealth.plan(for: reader.facts, at: now)
        layers = folder.settingsFiles.layers()
        settings = ClaudeSettings(layers: layers, environment: shell)
        files = AWSFiles(environment: claude.merged, home: paths.home)
        let profile = settings.credentials.profile?.value
        kind = try? profile.map(files.config().resolve)
        daemon = DaemonAnswer(shell, at: now)
        units = ServiceUnits.report(paths)
    }

    /// Reads incomplete files again, until they are complete or have been torn for so long that nobody is writing them.
    /// - Returns: when they were read last.
    private static func readTornTokens(_ reader: FactsOnDisk, _ clock: Stopwatch) -> Moment {
        var now = clock.start
        func isTorn(_ session: SessionFacts) -> Bool {
            guard case .torn = session.token else { return false }
            return true
        }
        while reader.facts.sessions.contains(where: isTorn), clock.elapsed < reader.facts.policy.tornPatience {
            usleep(100_000)
            now = clock.now
            reader.readTornTokens(at: now)
        }
        return now
    }

    /// Claude Code's profile, if it is an SSO profile.
    var profile: ResolvedProfile? {
        guard case .sso(let profile)? = kind else { return nil }
        return profile
    }

    /// The region in which Claude Code uses Bedrock, by its own precedence (2.1.172 and later).
    var region: String { settings.region?.value ?? profile?.region ?? "us-east-1" }

    /// The findings from the files, and those that only the daemon knows.
    var findings: [Finding] {
        let known = Set(plan.findings.map { "\($0.codeName) \($0.subject)" })
        // Damaged records are the only finding that it keeps after they are fixed: it reports them once, at its start.
        let others = (daemon.status?.findings ?? []).filter {
            $0.code != .stateDamaged && !known.contains("\($0.codeName) \($0.subject)")
        }
        return plan.findings + others
    }

    func has(_ code: Finding.Code) -> Bool { findings.contains { $0.code == code } }

    /// The findings of one layer as checks, with local times.
    func checks(in layer: Finding.Layer) -> [Check] {
        findings.filter { $0.layer == layer }.map { finding in
            var check = Check(finding)
            if check.result == .pass { check.fix = "" }
            check.message = StatusText.localized(check.message) { LocalTime.text($0, now: now.wall) }
            return check
        }
    }

    /// `bedrock-agent setup` with the current settings, except the model.
    var setup: String { setup(in: region) }

    private func setup(in region: String) -> String {
        let profile = settings.credentials.profile ?? settings.profile
        return ["bedrock-agent", "setup", "--profile", profile.value, "--region", region].map(ShellWords.quoted)
            .joined(separator: " ")
    }

    /// The same; it asks only if there is no model yet.
    var setupAgain: String { setupAgain(in: region) }

    /// The same for another region.
    func setupAgain(in region: String) -> String {
        settings.model == nil ? setup(in: region) : "\(setup(in: region)) --yes"
    }
}

/// The daemon's answer on its socket.
struct DaemonAnswer {
    let status: Status?
    /// Why there is no status; nil if nothing listens.
    let problem: String?

    /// Seconds for it to answer.
    private static let patience = 5

    init(_ environment: [String: String], at now: Moment) {
        do {
            let answer = try DaemonStatus.ask(environment, patience: DaemonAnswer.patience, at: now)
            (status, problem) = (answer?.0, nil)
        } catch {
            (status, problem) = (nil, "\(error)")
        }
    }
}
