extension FleetUser {
    /// How a user is now.
    struct State {
        /// The worst session's, or `no-session`, `silent` or `unknown`; `misconfigured` also where there is no session.
        let condition: String
        /// Those that the agent still speaks of, by name.
        let sessions: [(name: String, session: Session)]
        /// The session to do something about: one that fails, else an 8-hour one.
        let worst: (name: String, session: Session)?

        init(_ user: FleetUser, silence: Double, now: Double) {
            // How a session is, the agent says daily at most, whatever silence is asked for.
            let limit = max(silence, 2 * JournalMessage.silence)
            sessions = user.sessions.filter { $0.value.heardAt >= user.lastAt - limit }.sorted { $0.key < $1.key }
                .map { ($0.key, $0.value) }
            worst = sessions.max { State.isWorse($1.session, $0.session) }
            if user.lastAt < now - silence {
                condition = FleetReport.silentCondition
            } else if let worst = sessions.map(\.session.condition).max() {
                condition = worst.rawValue
            } else {
                condition =
                    switch user.withoutSession {
                    case .misconfigured: Condition.misconfigured.rawValue
                    case nil: FleetReport.unknownCondition
                    default: FleetReport.noSessionCondition
                    }
            }
        }

        private static func isWorse(_ left: Session, _ right: Session) -> Bool {
            if left.isFailing || right.isFailing { return left.condition > right.condition }
            if (left.kind == .legacy) != (right.kind == .legacy) { return left.kind == .legacy }
            return left.condition > right.condition
        }
    }
}
