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
            &steps, end: { if case .done(let outcome) = $0 { outcome } else { nil } },
            outcome: { step, _ in performer.outcome(of: step) })
    }

    /// What is held from one step to the next.
    private final class Performer {
        let command: Refresh
        private var lock: FileLock?
        private var room: ReservedSpace?
        private var file: TokenFile?

        init(command: Refresh) { self.command = command }

        func outcome(of step: RefreshSteps.Step) -> RefreshSteps.Outcome {
            do {
                return try perform(step)
            } catch {
                return .failed("\(error)")
            }
        }

        private func perform(_ step: RefreshSteps.Step) throws -> RefreshSteps.Outcome {
            switch step {
            case .lock:
                try Folder.create(Folder.holding(command.lockFile))
                lock = try FileLock(command.lockFile)
                return .locked
            case .read:
                let file = try TokenFile(readingWhole: command.tokenFile)
                self.file = file
                return .read(file.document)
            case .reserve:
                let folder = Folder.holding(try AtomicWrite.realPath(of: command.tokenFile))
                guard access(folder, W_OK | X_OK) == 0 else { throw SystemError("write a new token in", folder) }
                room = try ReservedSpace(in: folder, bytes: Refresh.room)
                return .reserved
            case .ask(let grant):
                var service = TokenService(endpoint: command.endpoint)
                service.exchange.caBundle = command.caBundle
                return .answered(service.refresh(grant))
            case .pause(let seconds):
                usleep(UInt32(seconds * 1e6))
                return .paused
            case .write(let bytes, let old):
                room = nil
                guard let file, file.document.bytes == old else { return .written(false) }
                return .written(try file.replace(at: command.tokenFile, with: bytes))
            case .done: return .paused
            }
        }
    }
}
