import ArgumentParser
import FlyingFox
import FlyingSocks
import Foundation

/// Runs the services on 127.0.0.1 until SIGTERM or SIGINT.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve sign-in, portal and Bedrock on one loopback port (the default command).",
        discussion: """
            When it listens, it prints `export NAME='value'` lines and then `# listening`. \
            Durations are written 90s, 20min, 8h, 90d.
            """)

    @Option(help: "Port on 127.0.0.1; 0 takes any that is free.")
    var port: UInt16 = 0

    @Option(help: ArgumentHelp("Where the AWS CLI's endpoint rules are written.", valueName: "dir"))
    var directory: String?

    @Option(help: ArgumentHelp("Also write the environment lines to this file.", valueName: "file"))
    var environmentFile: String?

    @Option(help: ArgumentHelp("Append the record of calls to this file, as JSON lines.", valueName: "file"))
    var record: String?

    @OptionGroup(title: "Service") var settings: SettingsOptions

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let settings = settings.applied(to: Settings())
        let sandbox = Sandbox(settings: settings, recordFile: try record.map(openToAppend))
        let server = HTTPServer(
            address: try .inet(ip4: "127.0.0.1", port: port), timeout: Door.patience, logger: .disabled,
            handler: Door(sandbox: sandbox))
        let serving = Task { try await server.run() }
        let signals = stopSignals { serving.cancel() }
        defer { signals.forEach { $0.cancel() } }

        let temporary = URL.temporaryDirectory.appending(path: "bedrock-sandbox-\(UUID().uuidString)")
        let folder = directory.map { URL(filePath: $0) } ?? temporary
        defer { try? FileManager.default.removeItem(at: temporary) }
        do {
            try await server.waitUntilListening()
        } catch {
            serving.cancel()
            try await serving.value  // throws the reason, such as a port already in use
            throw error
        }
        PromptAnswers.enable()
        try await announce(server, sandbox, folder, settings.region)
        _ = await serving.result
    }

    /// Writes the endpoint rules, then prints the environment. A program that reads `# listening` can start.
    private func announce(_ server: HTTPServer, _ sandbox: Sandbox, _ folder: URL, _ region: String) async throws {
        guard case .ip4(_, let port)? = await server.listeningAddress else {
            throw ValidationError("Not listening on an IPv4 address")
        }
        let environment = SandboxEnvironment(baseURL: "http://127.0.0.1:\(port)", folder: folder, region: region)
        await sandbox.listen(at: environment.baseURL)
        try environment.writeEndpointRules()
        if let environmentFile {
            try Data(environment.lines.utf8).write(to: URL(filePath: environmentFile), options: .atomic)
        }
        // One unbuffered write: a reader on a pipe gets it at once.
        try FileHandle.standardOutput.write(contentsOf: Data("\(environment.lines)# listening\n".utf8))
    }

    private func stopSignals(_ stop: @escaping @Sendable () -> Void) -> [any DispatchSourceSignal] {
        [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler(handler: stop)
            source.resume()
            return source
        }
    }

    private func openToAppend(_ path: String) throws -> FileHandle {
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw ValidationError("Cannot write the record \(path): \(String(cString: strerror(errno)))")
        }
        return FileHandle(fileDescriptor: file, closeOnDealloc: true)
    }
}
