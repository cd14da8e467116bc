import FoundationEssentials
import SessionHealth

// Short descriptions of events and effects for the history. Sets and dictionaries are left out, because their order
// differs between processes.

extension Event {
    var words: String {
        switch self {
        case .started(let state, let damage, _): "started, running \(state.running.words), damage \(damage ?? "none")"
        case .filesChanged(let files): "filesChanged \(files.sorted().map(\.fileName).joined(separator: " "))"
        case .configurationRead: "configurationRead"
        case .tokensRead(let readings): "tokensRead \(readings.map(\.words).joined(separator: ", "))"
        case .refreshEnded(let session, let ending, let output):
            "refreshEnded \(session) \(ending) \(String(decoding: output, as: UTF8.self))"
        case .signInStarted(let record): "signInStarted \(Optional(record).words)"
        case .signInOutput(let bytes): "signInOutput \(bytes.count) bytes"
        case .signInsFound(let found): "signInsFound \(found?.map { Optional($0).words } ?? ["unknown"])"
        case .loginSessions(let sessions):
            "loginSessions \(sessions?.map { $0.isLocked ? "locked" : "there" } ?? ["none"])"
        case .notificationShown(let session, let notification, let id):
            "notificationShown \(session) \(notification.kind) as \(id.map { "\($0)" } ?? "nothing")"
        default: "\(self)"
        }
    }
}

extension Effect {
    var words: String {
        switch self {
        case .arm(let wake): "arm \(wake.wall.map { Timestamp.format($0) } ?? "-") \(wake.boot.map { "\($0)" } ?? "-")"
        case .record(let message): "record \(message.message)"
        case .watch(let files): "watch \(files.count) files"
        case .readTokens(let sessions): "readTokens \(sessions.map(\.name).joined(separator: " "))"
        case .save(let state), .reserveSignIn(_, let state): "save, running \(state.running.words)"
        case .startRefresh(let order): "startRefresh \(order.session.name)"
        case .lookAtSignInLock(let session): "lookAtSignInLock \(session.name)"
        case .setRegistrationAside(let session, _): "setRegistrationAside \(session.name)"
        case .startSignIn(let order): "startSignIn \(order.session.name) automatic \(order.record.isAutomatic)"
        case .adoptSignIn(let record, let left): "adoptSignIn \(Optional(record).words) for \(Int(left)) s"
        case .reply(let client, let reply): "reply \(client) \(reply.words)"
        case .tell(let client, let reply): "tell \(client) \(reply.words)"
        case .show(let session, let notification, let id): "show \(session) \(notification.kind) in place of \(id)"
        default: "\(self)"
        }
    }
}

extension Reply {
    fileprivate var words: String {
        if case .status(let status) = self { "status \(status.condition)" } else { "\(self)" }
    }
}

extension AgentState.RunningSignIn? {
    fileprivate var words: String { map { "\($0.session) \($0.unit ?? $0.pid.map { "\($0)" } ?? "-")" } ?? "none" }
}

extension SessionReading {
    fileprivate var words: String {
        switch token {
        case .absent: "\(session.name) absent"
        case .unreadable: "\(session.name) unreadable"
        case .torn: "\(session.name) torn"
        case .found(let clocks): "\(session.name) until \(Timestamp.format(clocks.expiresAt)) \(clocks.fingerprint)"
        }
    }
}

extension String {
    fileprivate var fileName: String { split(separator: "/").last.map(String.init) ?? self }
}
