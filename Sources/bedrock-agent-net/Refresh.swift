import ArgumentParser
import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// Does the steps of one refresh.
struct Refresh: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Refresh the access token in a token file, and print the outcome as JSON.")

    @Option(help: "The file in ~/.aws/sso/cache.")
    var tokenFile: String

    @Option(help: "The base URL of the OIDC service.")
    var endpoint: String

    @Option(help: "The known expiry; a file with a later one was refreshed by another program.")
    var expiresAt: String

    @Option(help: "The lock file shared by our own processes.")
    var lockFile: String

    @Option(help: "A CA bundle, instead of the system's.")
    var caBundle: String?

    /// Bytes that a new token file may need.
    private static let room = 64 * 1024

    func run() throws {
        ProcessPrivacy.hideMemory()
        // Once begun it is finished: a token that the service has granted must reach the disk.
        for number in [SIGTERM, SIGINT, SIGHUP, SIGPIPE] { signal(number, SIG_IGN) }
        let outcome: RefreshOutcome
        do {
            outcome = refresh(RefreshSteps(path: tokenFile, expiresAt: try Timestamp.parse(expiresAt)))
        } catch {
            outcome = .failed(reason: "\(error)")
        }
        StandardOutput.write(outcome.json)
    }

    private func refresh(_ steps: RefreshSteps) -> RefreshOutcome {
        var steps = steps
        let performer = Performer(command: self)
        return drive(
            &steps, end: { if case .done(let outcome) = $0 { performer.end(outcome) } else { nil } },
            outcome: { step, _ in performer.outcome(of: step) })
    }

    /// What is held from one step to the next.
    private final class Performer {
        let command: Refresh
        private var lock: FileLock?
        private var kept: KeptGrant?
        private var isGranted = false
        private var isWritten = false
        private var file: TokenFile?

        init(command: Refresh) { self.command = command }

        func outcome(of step: RefreshSteps.Step) -> RefreshSteps.Outcome {
            do {
                return try perform(step)
            } catch {
                return .failed("\(error)")
            }
        }

        /// What was granted and could not be written waits for the next refresh.
        func end(_ outcome: RefreshOutcome) -> RefreshOutcome {
            if outcome.isSuccess || isWritten || !isGranted { kept?.forget() }
            return outcome
        }

        private func perform(_ step: RefreshSteps.Step) throws -> RefreshSteps.Outcome {
            switch step {
            case .lock:
                try Folder.create(Folder.holding(command.lockFile))
                lock = try FileLock(command.lockFile, .endless)
                return .locked
            case .recover:
                try KeptGrant.recover(command.tokenFile, otherwise: command.lockFile)
                return .recovered
            case .read:
                let file = try TokenFile(readingWhole: command.tokenFile)
                self.file = file
                return .read(file.document)
            case .reserve:
                kept = try KeptGrant(of: command.tokenFile, otherwise: command.lockFile, bytes: Refresh.room)
                return .reserved
            case .ask(let grant):
                try kept?.begin(grant)
                let service = OIDCService(
                    endpoint: command.endpoint, exchange: HTTPExchange(caBundle: command.caBundle))
                return .answered(TokenServiceAnswer(service.ask(.token(for: grant))))
            case .pause(let seconds):
                usleep(UInt32(seconds * 1e6))
                return .paused
            case .keep(let bytes):
                if let file { isGranted = kept?.keep(bytes, like: file) ?? false }
                return .kept
            case .write(let bytes, let old):
                guard let file, file.document.bytes == old else { return .written(false) }
                isWritten = try kept?.put(bytes, over: file) ?? false
                return .written(isWritten)
            case .done: return .paused
            }
        }
    }
}
