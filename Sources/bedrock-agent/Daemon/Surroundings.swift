import FoundationEssentials
import Host
import SessionHealth

/// What is outside of every file: who is at the screen, sleep, and the network. Each becomes a fact for the plan.
final class Surroundings {
    /// Seconds for logind to say who is there before the daemon goes on without it.
    private static let patience: TimeInterval = 2

    private unowned let agent: Agent
    private var logind: Logind?
    private var network: NetworkWatch?
    private var patience: Timer?
    private var beginning: EventSource?
    /// False for the moment from the start until logind has answered.
    private(set) var areKnown = false

    init(_ agent: Agent) { self.agent = agent }

    func watch() {
        do {
            network = try NetworkWatch(agent.loop) { [unowned self] in
                // Only who waits for it need wake up.
                guard self.agent.facts.sessions.contains(where: { $0.lastTry?.outcome.isSuccess == false }) else {
                    return
                }
                self.mayTryAgain()
            }
        } catch {
            agent.journal.record(
                JournalMessage(JournalMessage.ID.cannotWatch, .warning, "the network is not watched: \(error)"))
        }
        do {
            logind = try Logind(
                agent.loop, onSessions: { [unowned self] in self.found($0) },
                onWake: { [unowned self] in self.woke() })
            // Where there is one that keeps silent, nobody is known to be there: no browser opens.
            patience = try agent.loop.timer(.boottime) { [unowned self] in self.found([]) }
            patience?.arm(at: EventLoop.now().boot + Surroundings.patience)
        } catch {
            // No system bus: the environment has told all there is to know. READY comes first.
            beginning = try? agent.loop.later { [unowned self] in self.goOn() }
        }
    }

    private func found(_ sessions: [LoginSession]?) {
        let environment = agent.environment
        let presence =
            sessions.map { Presence(of: $0, hasDisplay: Presence.hasDisplay(environment)) }
            ?? Presence(environment: environment)
        let isNews = areKnown && presence != agent.facts.presence
        agent.reader.facts.presence = presence
        if isNews { agent.journal.record(JournalMessage(JournalMessage.ID.presence, .info, presence.words)) }
        goOn()
    }

    private func goOn() {
        guard !areKnown else { return agent.stepSoon() }
        areKnown = true
        patience = nil
        agent.begin()
    }

    private func woke() {
        agent.journal.record(
            JournalMessage(JournalMessage.ID.woke, .info, "the machine woke up; everything is planned anew"))
        mayTryAgain()
    }

    /// What could not be reached a moment ago may be reached now.
    private func mayTryAgain() {
        agent.reader.facts.retryHint = EventLoop.now().boot
        agent.wake()
    }
}
