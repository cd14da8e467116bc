import Host
import SessionHealth

/// What is outside of every file, as the core is told of it: who is at the screen, sleep, and the network.
final class Surroundings {
    private var logind: Logind?
    private var network: NetworkWatch?

    init(_ loop: EventLoop, tell: @escaping (Event) -> Void) {
        do {
            network = try NetworkWatch(loop) { tell(.networkReturned) }
        } catch {
            tell(.cannotWatch("cannot watch the network: \(error)"))
        }
        do {
            logind = try Logind(loop, onSessions: { tell(.loginSessions($0)) }, onWake: { tell(.woke) })
        } catch {
            // No system bus.
            tell(.loginSessions(nil))
        }
    }
}
