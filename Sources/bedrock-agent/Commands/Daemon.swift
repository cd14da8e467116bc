import ArgumentParser
import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// What the service runs; also by hand, in the foreground.
struct Daemon: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the daemon in the foreground, as the service does.",
        discussion: "Stops on SIGTERM; reloads everything on SIGHUP. Works without systemd, too.")

    func run() throws {
        let startedAt = EventLoop.now().wall
        EventLoop.blockSignals()
        ProcessPrivacy.hideMemory()
        let environment = ProcessInfo.processInfo.environment
        let paths = Paths(environment: environment)
        do {
            try makeRuntimeFolder(paths)
            try Folder.makePrivate(paths.stateFolder)
            let lock = try FileLock(paths.runtimeFolder + "/daemon.lock", .none)
            defer { lock.release() }
            let passed = PassedDescriptors()
            if passed.socket == nil, ServiceUnits.socketIsActive(paths) {
                throw Failure(
                    "systemd already listens on \(paths.controlSocket): systemctl --user start bedrock-agent, "
                        + "or first systemctl --user stop bedrock-agent.socket")
            }
            // One with another runtime folder may guard this home.
            if passed.socket == nil, VarlinkClient.listens(at: paths.controlLink) {
                throw SystemError("listen on", paths.controlSocket, EWOULDBLOCK)
            }
            let socket = try passed.socket ?? UnixSocket.listen(at: paths.controlSocket)
            let link = SocketLink(paths)
            defer {
                link.remove()
                if passed.socket == nil { unlink(paths.controlSocket) }
            }
            let loop = try EventLoop()
            let agent = Agent(
                loop: loop, environment: environment, socket: socket, passed: passed, startedAt: startedAt)
            try agent.start()
            ProgramCode.release()
            let code = withExtendedLifetime(agent) { loop.run() }
            guard code == 0 else { throw SystemError("run", "the event loop", -code) }
        } catch let error as SystemError where error.number == EWOULDBLOCK {
            throw Failure("bedrock-agent is already running (\(paths.controlSocket)): bedrock-agent status")
        } catch {
            throw Failure("\(error)")
        }
    }

    private func makeRuntimeFolder(_ paths: Paths) throws {
        do {
            try Folder.makePrivate(paths.runtimeFolder)
        } catch {
            throw Failure("\(error); the control socket is to be there")
        }
    }
}
