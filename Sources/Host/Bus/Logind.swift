import FoundationEssentials
import Glibc
import SessionHealth

/// logind, over the system bus: the user's sessions, and when the machine resumes from sleep.
///
/// Any signal leads to a fresh query of all sessions, so the signals themselves need no interpretation.
package final class Logind {
    private static let name = "org.freedesktop.login1"
    private static let path = "/org/freedesktop/login1"
    private static let manager = "org.freedesktop.login1.Manager"
    private static let session = "org.freedesktop.login1.Session"
    private static let shortestPause: TimeInterval = 1
    private static let longestPause: TimeInterval = 60

    private let loop: EventLoop
    /// Called with the user's sessions, at first and whenever they may have changed; nil if there is no logind.
    private let onSessions: ([LoginSession]?) -> Void
    private let onWake: () -> Void
    private var bus: Bus?
    private var matches: [BusMatch] = []
    /// Signal matches for the user's own sessions, by object path: other users' sessions must not wake us.
    private var ownMatches: [String: BusMatch] = [:]
    /// logind's unique bus name. Anyone can send us a signal that looks like logind's, so the sender is checked.
    private var owner: String?
    private var retry: Timer?
    private var pause = Logind.shortestPause
    /// Number of the current query; answers to earlier ones are ignored.
    private var round = 0
    private var asking: EventSource?

    /// - Throws: if there is no system bus.
    package init(
        _ loop: EventLoop, onSessions: @escaping ([LoginSession]?) -> Void, onWake: @escaping () -> Void
    ) throws(SystemError) {
        self.loop = loop
        self.onSessions = onSessions
        self.onWake = onWake
        try connect()
        // Several signals about one change lead to one query.
        asking = try loop.later { [weak self] in self?.ask() }
    }

    private func connect() throws(SystemError) {
        let bus = try Bus.system(loop)
        bus.onDisconnect = { [weak self] in self?.lost() }
        matches = [
            try bus.matchOwner(of: Logind.name) { [weak self] owner in
                if !owner.isEmpty { self?.asking?.enableOnce() }
            },
            try bus.match(sender: Logind.name, path: Logind.path, Logind.manager, "PrepareForSleep") {
                [weak self] in self?.sleeps($0)
            },
            try bus.match(sender: Logind.name, path: Logind.path, Logind.manager, "SessionNew") { [weak self] in
                self?.changed($0)
            },
            try bus.match(sender: Logind.name, path: Logind.path, Logind.manager, "SessionRemoved") {
                [weak self] message in
                _ = message.string()
                if let path = message.string(), self?.ownMatches[path] != nil { self?.changed(message) }
            },
        ]
        self.bus = bus
    }

    private func changed(_ message: BusMessage) {
        if message.sender == owner { asking?.enableOnce() }
    }

    private func sleeps(_ message: BusMessage) {
        // `PrepareForSleep` is true before the sleep, false after it.
        guard message.sender == owner, message.boolean() == false else { return }
        asking?.enableOnce()
        onWake()
    }

    /// The bus is gone, or logind does not answer. What is known stays valid until it is back.
    private func lost() {
        if retry == nil { retry = try? loop.timer(.boottime) { [weak self] in self?.reconnect() } }
        retry?.arm(at: EventLoop.now().boot + pause)
        pause = min(pause * 2, Logind.longestPause)
    }

    private func reconnect() {
        matches = []
        ownMatches = [:]
        bus = nil
        do {
            try connect()
            asking?.enableOnce()
        } catch {
            lost()
        }
    }

    // MARK: Queries

    private func ask() {
        round += 1
        let round = round
        guard let bus, let call = try? bus.call(Logind.name, Logind.path, Logind.manager, "ListSessions") else {
            return
        }
        bus.send(call) { [weak self] result in
            guard let self, self.round == round else { return }
            switch result {
            case .success(let reply):
                self.pause = Logind.shortestPause
                self.owner = reply.sender
                self.ask(about: self.own(reply), round)
            case .failure(let error) where error.isNoAnswer: self.lost()
            // logind was there before, so it will come back.
            case .failure: if self.owner == nil { self.onSessions(nil) } else { self.lost() }
            }
        }
    }

    /// The object paths of the user's sessions in a reply to `ListSessions`.
    private func own(_ reply: BusMessage) -> [String] {
        reply.elements(of: "(susso)") {
            reply.enter("r", of: "susso") { () -> (user: UInt32, path: String) in
                reply.skip("s")
                let user = reply.uint32() ?? UInt32.max
                reply.skip("ss")
                return (user, reply.string() ?? "/")
            }
        }.filter { $0.user == getuid() }.map(\.path)
    }

    private func ask(about paths: [String], _ round: Int) {
        listen(to: paths)
        var sessions: [LoginSession] = []
        var missing = paths.count
        guard missing > 0 else { return onSessions([]) }
        for path in paths {
            guard let bus, let call = try? bus.call(Logind.name, path, "org.freedesktop.DBus.Properties", "GetAll")
            else { return }
            call.append(Logind.session)
            bus.send(call) { [weak self] result in
                guard let self, self.round == round else { return }
                switch result {
                case .success(let reply): sessions.append(LoginSession(reading: reply))
                case .failure(let error) where error.isNoAnswer:
                    self.round += 1
                    return self.lost()
                // The session has ended meanwhile.
                case .failure: break
                }
                missing -= 1
                if missing == 0 { self.onSessions(sessions) }
            }
        }
    }

    private func listen(to paths: [String]) {
        ownMatches = ownMatches.filter { paths.contains($0.key) }
        for path in paths where ownMatches[path] == nil {
            ownMatches[path] = try? bus?.match(
                sender: Logind.name, path: path, "org.freedesktop.DBus.Properties", "PropertiesChanged"
            ) { [weak self] in self?.changed($0) }
        }
    }
}

extension LoginSession {
    /// Reads the reply to `GetAll`.
    fileprivate init(reading reply: BusMessage) {
        self.init()
        _ = reply.elements(of: "{sv}") { () -> Bool? in
            reply.enter("e", of: "sv") {
                switch reply.string() {
                case "Active": isActive = reply.variant("b") { reply.boolean() } ?? false
                case "Remote": isRemote = reply.variant("b") { reply.boolean() } ?? false
                case "LockedHint": isLocked = reply.variant("b") { reply.boolean() } ?? false
                case "IdleHint": isIdle = reply.variant("b") { reply.boolean() } ?? false
                case "Class": isOfAPerson = reply.variant("s") { reply.string() } == "user"
                case "Type":
                    isGraphical = ["x11", "wayland", "mir"].contains(reply.variant("s") { reply.string() })
                case "State": isClosing = reply.variant("s") { reply.string() } == "closing"
                default: break
                }
                return true
            }
        }
    }
}
