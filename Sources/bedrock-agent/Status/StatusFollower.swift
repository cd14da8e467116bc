import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// Prints the status at each change, as the daemon tells of it; where there is none, once, and again when there is.
final class StatusFollower {
    private let environment: [String: String]
    private let form: StatusCommand.Form
    private let paths: Paths
    private let watch = Stopwatch()
    private var isClosed = false
    private var last: [UInt8] = []

    init(_ environment: [String: String], _ form: StatusCommand.Form) {
        self.environment = environment
        self.form = form
        paths = Paths(environment: environment)
    }

    /// Seconds between two connections at least.
    private static let pause: TimeInterval = 1

    /// Goes on until its output is closed, or a signal ends it.
    func run() throws {
        while !isClosed {
            let round = Stopwatch()
            do {
                if let client = try VarlinkClient.connect(paths) {
                    try client.call("org.bedrockagent.Control.Monitor", more: true) { _ in
                        print()
                        if isClosed { throw OutputClosed() }
                    }
                }
            } catch is OutputClosed {
                return
            } catch {
                // The daemon has ended, or is being replaced.
            }
            print()
            guard !isClosed else { return }
            try waitForSocket()
            // One that takes nobody more is not called all the time.
            usleep(UInt32(max(0, StatusFollower.pause - round.elapsed) * 1e6))
        }
    }

    private struct OutputClosed: Error {}

    private func print() {
        let now = watch.now
        let (status, json) = StatusCommand.status(environment, at: now)
        let bytes = form.bytes(status, json, now)
        guard bytes != last else { return }
        last = bytes
        if !StandardOutput.write(bytes) { isClosed = true }
    }

    /// Returns once a daemon listens, or the socket has come or gone.
    private func waitForSocket() throws {
        let loop = try EventLoop()
        let folder = FolderWatch(loop) { _ in loop.exit(0) }
        try folder.watch([paths.controlSocket, paths.controlLink])
        // It may have come before the watch.
        if VarlinkClient.hasDaemon(paths) { return }
        _ = loop.run()
    }
}
