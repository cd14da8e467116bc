import FoundationEssentials
import Glibc
import SessionHealth

/// The core's view of what is on disk, without performing any effect. `status` uses it if no daemon runs, and so does
/// every command that needs to know a session.
package final class FactsOnDisk {
    private let own: ClaudeFolder
    private var paths: Paths { own.paths }
    private var core: Core
    package var facts: Facts { core.facts }
    /// The state that the daemon saved.
    package var state: AgentState { core.state }

    package init(environment: [String: String], at now: Moment) {
        own = ClaudeFolder(own: environment)
        core = Core(
            places: own.paths.places, process: .init(running: false, version: Version.current),
            environment: environment, watching: [], seed: 0, localTime: { _, _ in "" })
        var file = StateFile(path: own.paths.state)
        let known = file.recalled()
        _ = core.handle(.started(known.state, damage: known.damage, isPassing: known.isPassing), at: now)
    }

    /// Reads everything.
    package func readAll(at now: Moment) {
        readConfiguration(at: now)
        read(facts.sessions.map(\.session), at: now)
    }

    /// Reads which sessions are guarded.
    package func readConfiguration(at now: Moment) {
        _ = core.handle(.configurationRead(ConfigurationReading(own)), at: now)
    }

    /// Reads those token files again that were unreadable or caught during a write.
    package func readTornTokens(at now: Moment) {
        let torn = facts.sessions.filter {
            switch $0.token {
            case .torn, .unreadable, .unread: true
            case .absent, .found: false
            }
        }
        read(torn.map(\.session), at: now)
    }

    private func read(_ sessions: [SSOSession], at now: Moment) {
        _ = core.handle(.tokensRead(sessions.map { SessionReading($0, paths.places) }), at: now)
    }

    /// What the daemon would say, once everything has been read.
    package func status(
        daemon: Status.Daemon = .init(running: false, version: Version.current), at now: Moment
    ) -> Status {
        Status(facts, plan(for: facts, at: now), of: facts.claude, at: now.wall, daemon: daemon)
    }

    package func session(_ name: String) -> SessionFacts? { core.session(name) }

    /// The session of a profile, guarded or not; without a name, of the profile that Claude Code uses, or if that is not set
    /// up, of the first one that is guarded for others.
    /// - Throws: why there is none, as a message for the user.
    package func resolve(_ profile: String?) throws -> ResolvedProfile {
        let isUnset = !facts.claude.usesBedrock && facts.claude.profile ?? "default" == "default"
        let name = profile ?? (isUnset ? facts.profiles.first?.name : nil) ?? facts.claude.profile ?? "default"
        let claude = ClaudeEnvironment(own)
        let config = try AWSFiles(environment: claude.merged, home: paths.home).config()
        switch try config.resolve(name) {
        case .sso(let resolved): return resolved
        case .unguarded(let why):
            if let login = LoginProfile(why, of: name, config, paths.places, claude.merged) {
                throw TokenFileError("profile \(name) uses aws login: run \(login.command)")
            }
            throw TokenFileError("\(why), so there is no session to sign in to")
        }
    }

    /// What the token file of any session holds.
    package func token(of session: SSOSession, at now: Moment) -> TokenFacts {
        SessionReading(session, paths.places).token.facts(after: .absent, at: now)
    }

    /// Whether a session has a token that has not expired.
    package func hasGoodToken(_ session: SSOSession, at now: Moment) -> Bool {
        token(of: session, at: now).clocks.map { $0.expiresAt > now.wall } ?? false
    }

    /// What is on disk about any session: its token, its client registration, and the saved state.
    package func facts(of session: SSOSession, at now: Moment) -> SessionFacts {
        let reading = SessionReading(session, paths.places)
        var facts = SessionFacts(session: session, profiles: [])
        facts.token = reading.token.facts(after: .absent, at: now)
        facts.registration = reading.registration ?? .absent
        facts.record = state.sessions[session.name] ?? SessionRecord()
        return facts
    }

    /// Renames a session's cached client registration, so that the next sign-in registers a new client.
    /// - Returns: the new path; nil if there was no registration.
    package func setRegistrationAside(of session: SSOSession, at now: Moment) throws(SystemError) -> String? {
        try CachedRegistration.setAside(paths.places.token(session.registrationFileName), at: now.wall)
    }
}

/// The client registration that the AWS CLI caches.
package enum CachedRegistration {
    /// Renames it.
    /// - Returns: the new path; nil if there was no registration.
    package static func setAside(_ file: String, at now: Date) throws(SystemError) -> String? {
        let aside = file + ".set-aside-" + Timestamp.format(now)
        if rename(file, aside) == 0 { return aside }
        guard errno == ENOENT else { throw SystemError("set aside", file) }
        return nil
    }
}
