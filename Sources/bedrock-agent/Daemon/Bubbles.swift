import FoundationEssentials
import Host
import SessionHealth

/// Brings what the desktop shows in line with the plan, at every step.
final class Bubbles {
    private unowned let agent: Agent
    private lazy var desktop = Notifications(agent.loop) { [unowned self] in self.heard($0) }
    /// What is open, as this process sent it.
    private var shown: [String: Bubble] = [:]
    /// The sessions whose last bubble is not answered yet.
    private var sending: Set<String> = []
    /// What could not be shown, and is not tried again before there is another server.
    private var failed: [String: Bubble] = [:]
    /// How many in a row got no answer: a server may die of one, and come back each time.
    private var unanswered: [String: Int] = [:]
    private static let patience = 3
    /// Whose each bubble of this server is, or was.
    private var owners: [UInt32: String] = [:]
    private var server: String?

    init(_ agent: Agent) {
        self.agent = agent
        for name in agent.reader.bubbles.keys { agent.reader.bubbles[name]?.recall() }
    }

    func update() {
        let changes = changes()
        if !changes.isEmpty {
            switch desktop.state {
            case .disconnected, .absent:
                desktop.connect(startsServer: agent.facts.presence != .noDisplay && changes.contains { $1 != .close })
            case .asking: break
            case .serving: changes.forEach(make)
            }
        }
        let isOpen = agent.reader.bubbles.contains { $1.open != nil }
        desktop.keep(isOpen || !sending.isEmpty || !failed.isEmpty || !changes.isEmpty)
    }

    /// What is to be done for each session, without what is done or cannot be.
    private func changes() -> [(String, BubbleChange)] {
        var changes: [(String, BubbleChange)] = []
        for (session, plan) in zip(agent.facts.sessions, agent.plan.sessions) {
            let name = session.session.name
            guard !sending.contains(name) else { continue }
            let decision = BubbleDecision(
                facts: agent.facts, session: session, plan: plan,
                record: agent.reader.bubbles[name] ?? BubbleRecord(), local: LocalTime.text)
            switch decision.change() {
            case .leave: failed[name] = nil
            case .close:
                failed[name] = nil
                changes.append((name, .close))
            case .show(let bubble):
                if failed[name] != bubble, shown[name] != bubble { changes.append((name, .show(bubble))) }
            }
        }
        for (name, record) in agent.reader.bubbles where record.open != nil && agent.reader.session(name) == nil {
            changes.append((name, .close))
        }
        return changes
    }

    private func make(_ name: String, _ change: BubbleChange) {
        switch change {
        case .leave: break
        case .close: close(name)
        case .show(let bubble): show(name, bubble)
        }
    }

    private func show(_ name: String, _ bubble: Bubble) {
        var record = agent.reader.bubbles[name] ?? BubbleRecord()
        let old = record.open
        let isUpdate = old?.kind == bubble.kind && old?.event == bubble.event
        let since = isUpdate ? old?.since : nil
        let now = EventLoop.now().wall
        let server = server
        // Noted before it is sent: a crash between the two must not show it twice.
        record.note(bubble)
        set(record, name)
        sending.insert(name)
        desktop.show(bubble, replacing: old?.id ?? 0) { [unowned self] id in
            sending.remove(name)
            var record = agent.reader.bubbles[name] ?? BubbleRecord()
            if let id, let server, server == self.server {
                record.open = .init(
                    id: id, server: server, kind: bubble.kind, event: bubble.event, since: since ?? now)
                shown[name] = bubble
                owners[id] = name
                unanswered[name] = nil
            } else {
                unanswered[name, default: 0] += 1
                record.forget(bubble.kind)
                failed[name] = bubble
            }
            set(record, name)
            agent.stepSoon()
        }
    }

    private func close(_ name: String) {
        if let open = agent.reader.bubbles[name]?.open { desktop.close(open.id) }
        noteClosed(name)
    }

    private func noteClosed(_ name: String) {
        shown[name] = nil
        guard var record = agent.reader.bubbles[name] else { return }
        record.open = nil
        set(record, name)
    }

    private func set(_ record: BubbleRecord, _ name: String) {
        agent.reader.bubbles[name] = record
        agent.saveState()
    }

    // MARK: What the desktop says

    private func heard(_ news: Notifications.News) {
        switch news {
        case .server: serverChanged()
        case .pressed(let id, let key):
            if let name = owners[id], let button = Bubble.Button(rawValue: key) { pressed(button, name) }
        case .closed(let id):
            guard let name = owners[id], agent.reader.bubbles[name]?.open?.id == id else { return }
            noteClosed(name)
            agent.stepSoon()
        }
    }

    /// What another server showed is gone; what is still true may be shown once more.
    private func serverChanged() {
        let found: String? = if case .serving(let server) = desktop.state { server.name } else { nil }
        if found != server { owners = [:] }
        server = found
        failed = failed.filter { unanswered[$0.key, default: 0] >= Bubbles.patience }
        for (name, var record) in agent.reader.bubbles where record.open != nil && record.open?.server != found {
            record.lose()
            set(record, name)
            shown[name] = nil
        }
        if desktop.state == .absent {
            for case (let name, .show(let bubble)) in changes() { failed[name] = bubble }
        }
        agent.stepSoon()
    }

    private func pressed(_ button: Bubble.Button, _ name: String) {
        switch button {
        case .later: close(name)
        case .signIn:
            // Somebody may have signed in meanwhile.
            let isNeeded = zip(agent.facts.sessions, agent.plan.sessions).contains {
                $0.session.name == name && $1.need != nil
            }
            guard isNeeded else { return }
            do {
                try agent.signIns.ask(for: name)
            } catch {
                agent.journal.record(
                    Event(Event.ID.signInEnded, .warning, "\(name): no sign-in from the notification: \(error.name)"))
            }
        }
        agent.stepSoon()
    }
}
