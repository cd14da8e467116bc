import ArgumentParser
import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// The write-back protocol (facts: "Refresh"): own lock, read, adopt what is newer, ask, look again, write.
struct Refresh: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Refresh the access token of one token file. Prints how that ended, as JSON.")

    @Option(help: "The file in ~/.aws/sso/cache.")
    var tokenFile: String

    @Option(help: "The base URL of the OIDC service.")
    var endpoint: String

    @Option(help: "The expiry that is to be moved: a file with a later one was refreshed by somebody else.")
    var expiresAt: String

    @Option(help: "A file that our own processes lock.")
    var lockFile: String

    @Option(help: "CA certificates, instead of the system's.")
    var caBundle: String?

    /// Seconds for another program to write what it was granted with the refresh token that we found used up.
    private static let patience: TimeInterval = 3
    /// Seconds between two looks at the file, in microseconds.
    private static let pause: UInt32 = 50_000
    /// Bytes that a new token file may need.
    private static let room = 64 * 1024

    func run() throws {
        ProcessPrivacy.hideMemory()
        // Once begun it is finished: a token that the service has granted must reach the disk.
        for number in [SIGTERM, SIGINT, SIGHUP, SIGPIPE] { signal(number, SIG_IGN) }
        let outcome: RefreshOutcome
        do {
            try Folder.create(Folder.holding(lockFile))
            let lock = try FileLock(lockFile)
            defer { lock.release() }
            outcome = try refresh()
        } catch {
            outcome = .failed(reason: "\(error)")
        }
        StandardOutput.write(outcome.json)
    }

    private func refresh() throws -> RefreshOutcome {
        let planned = try Timestamp.parse(expiresAt)
        var file = try TokenFile(readingWhole: tokenFile)
        // Whole seconds were passed.
        if file.expiresAt >= planned + 1 { return .adopted(expiresAt: file.expiresAt) }
        let room = try roomForToken()
        var service = TokenService(endpoint: endpoint)
        service.exchange.caBundle = caBundle
        var isRetry = false
        while true {
            guard let grant = file.grant else { return .failed(reason: "\(tokenFile): nothing to refresh with") }
            switch service.refresh(grant) {
            case .granted(let accessToken, let seconds, let refreshToken):
                room.release()
                return try write(accessToken, seconds, refreshToken, over: file)
            case .offline(let reason): return .offline(reason: reason)
            case .registrationRefused(let error): return .registrationRefused(error: error)
            case .refused(let error, let description): return .refused(error: error, description: description)
            case .sessionEnded(let error):
                guard let newer = try changed(since: file, grant) else { return .sessionEnded(error: error) }
                // Who was faster twice keeps the session refreshed: it has not ended.
                if newer.expiresAt > file.expiresAt || isRetry { return .adopted(expiresAt: newer.expiresAt) }
                isRetry = true
                file = newer
            }
        }
    }

    /// A used-up refresh token may mean that another program was faster: its write can still be on the way.
    private func changed(since file: TokenFile, _ sent: TokenFile.Grant) throws -> TokenFile? {
        let end = Date.now + Refresh.patience
        while true {
            if let now = try? TokenFile(readingWhole: tokenFile), now.expiresAt > file.expiresAt || now.grant != sent {
                return now
            }
            guard Date.now < end else { return nil }
            usleep(Refresh.pause)
        }
    }

    /// Writes what was granted, unless another program wrote something newer meanwhile: that stands.
    private func write(_ accessToken: String, _ seconds: Int, _ refreshToken: String?, over file: TokenFile) throws
        -> RefreshOutcome
    {
        let expiresAt = Date.now + TimeInterval(seconds)
        var current = file
        while true {
            if try current.replace(
                at: tokenFile, accessToken: accessToken, expiresAt: expiresAt, refreshToken: refreshToken)
            {
                return .refreshed(expiresAt: expiresAt)
            }
            current = try TokenFile(readingWhole: tokenFile)
            if current.expiresAt > file.expiresAt { return .adopted(expiresAt: current.expiresAt) }
        }
    }

    /// What is granted must be kept: a refresh token is spent once it was sent.
    private func roomForToken() throws -> ReservedSpace {
        let folder = Folder.holding(try AtomicWrite.realPath(of: tokenFile))
        guard access(folder, W_OK | X_OK) == 0 else { throw SystemError("write a new token in", folder) }
        return try ReservedSpace(in: folder, bytes: Refresh.room)
    }
}
