import FoundationEssentials
import Host
import SessionHealth

/// Does the steps of `CredentialSteps` for one profile.
final class RoleCredentialSource {
    private let profile: ResolvedProfile
    private let environment: [String: String]
    private let paths: Paths
    /// Its name in the AWS CLI's cache.
    private let name: String
    private var cacheFile: String { "\(paths.roleCache)/\(name)" }
    private let watch = Stopwatch()
    private var lock: FileLock?

    /// Bytes; nobody's credentials are longer.
    private static let largestFile = 1 << 20
    /// Seconds for all of an exchange.
    private static let patience: TimeInterval = 45

    init(_ profile: ResolvedProfile, environment: [String: String]) {
        self.profile = profile
        self.environment = environment
        paths = Paths(environment: environment)
        name = profile.assumedRole?.roleFileName ?? profile.roleFileName
    }

    func credentials(maySignIn: Bool) -> CredentialSteps.End {
        defer { lock?.release() }
        var steps = CredentialSteps(for: profile.session, maySignIn: maySignIn)
        return drive(
            &steps, end: { if case .end(let end) = $0 { end } else { nil } }, outcome: { step, _ in perform(step) })
    }

    private func perform(_ step: CredentialSteps.Step) -> CredentialSteps.Outcome {
        switch step {
        case .look: return .looked(cached)
        case .lock:
            // It saves others an exchange, and is nothing to fail for.
            try? Folder.makePrivate(paths.stateFolder)
            try? Folder.create(paths.locks)
            lock = try? FileLock("\(paths.locks)/role-\(name)")
            return .locked
        case .readToken:
            return .token(
                SessionReading(profile.session, paths.places).token.facts(after: .absent, at: watch.now))
        case .refresh(let token):
            let order = try? RefreshOrder(profile.session, of: profile, token, environment)
            return .refreshed(order?.outcome(paths, environment))
        case .ask: return ask()
        case .signIn:
            lock?.release()
            lock = nil
            do {
                try SignIn(to: profile.session, profile: profile, countsRecent: true).run()
                return .signedIn
            } catch {
                return .failed("\(error)")
            }
        case .keep(let credentials):
            // A cache that cannot be written costs the next one an exchange.
            let bytes = credentials.cacheFile(isAssumed: profile.assumedRole != nil)
            try? AtomicWrite.write(bytes, to: cacheFile)
            return .kept
        case .end: return .kept
        }
    }

    private var cached: RoleCredentials? {
        (try? FileContent(of: cacheFile, limit: RoleCredentialSource.largestFile))
            .flatMap { RoleCredentials(cached: $0.bytes) }
    }

    private func ask() -> CredentialSteps.Outcome {
        let net = NetExchange(environment: environment, paths: paths, timeout: RoleCredentialSource.patience)
        do throws(NetFailure) {
            return .answered(try net.credentials(for: profile, region: region))
        } catch {
            return .refused(error)
        }
    }

    /// As the AWS CLI chooses it for STS.
    private var region: String {
        [environment[AWSVariable.region], environment[AWSVariable.defaultRegion], profile.region]
            .compactMap(\.self).first { !$0.isEmpty } ?? profile.session.region
    }
}
