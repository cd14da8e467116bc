import FoundationEssentials
import SessionHealth
import Testing

/// Files that cannot be read for a reason that may pass: what was read last counts, and they are read again.
@Suite struct UnreadFilesTests {
    private let file = UnreadableFile(
        path: "/h/.aws/config", reason: "Input/output error", fix: "wait", isPassing: true)

    private func unread(_ change: (inout ConfigurationReading) -> Void) -> ConfigurationReading {
        var reading = Mind.configuration
        reading.unread = [file]
        change(&reading)
        return reading
    }

    private static let parts: [@Sendable (inout ConfigurationReading) -> Void] = [
        {
            $0.folders[0] = Mind.reading(hasProfile: false).folders[0]; $0.folders[0].isWhole = false
        },
        { $0.approvals = .failure(HostFailure("approvals", isPassing: true)) },
        { $0.config.user = .failure(HostFailure("config", isPassing: true)) },
    ]

    @Test(arguments: parts.indices)
    func whatWasReadLastCounts(part: Int) {
        var mind = Mind()
        let facts = mind.core.facts
        mind.tell(.configurationRead(unread(Self.parts[part])))
        mind.read(Mind.token(for: 3600))
        #expect(mind.core.facts.sessions == facts.sessions)
        #expect(mind.core.facts.claude == facts.claude)
        #expect(mind.core.plan.condition == .healthy)
        #expect(mind.core.plan.findings.map(\.code) == [.fileUnreadable])
        #expect(mind.core.plan.findings.allSatisfy { $0.message.contains(file.path) && $0.severity == .warning })
        mind.tell(.configurationRead(Mind.configuration))
        mind.tell(.settled)
        #expect(mind.core.plan.findings.isEmpty)
    }

    @Test func theyAreReadAgainLaterAndLater() {
        var mind = Mind()
        var pauses: [Double] = []
        mind.tell(.configurationRead(unread { $0.folders[0].isWhole = false }))
        mind.tell(.settled)
        for _ in 0..<12 {
            guard let boot = mind.wake?.boot else { break }
            pauses.append(boot - mind.now.boot)
            mind.now = Moment(wall: mind.now.wall + (boot - mind.now.boot), boot: boot)
            mind.effects = []
            mind.tell(.timer)
            #expect(mind.effects.contains { if case .readConfiguration = $0 { true } else { false } })
            mind.tell(.configurationRead(unread { $0.folders[0].isWhole = false }))
            mind.tell(.settled)
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600])
    }

    @Test func nothingIsConcludedFromHalfOfAFolder() {
        let mind = Mind(first: unread { $0.folders[0].isWhole = false })
        #expect(mind.core.facts.sessions.isEmpty)
        #expect(mind.core.plan.condition == .misconfigured)
        #expect(mind.core.plan.findings.map(\.code) == [.fileUnreadable])
    }

    @Test func aTokenStaysKnown() {
        var mind = Mind(token: Mind.token(for: 1300, writtenAgo: 2300))
        mind.read(.unreadable(file))
        #expect(mind.core.plan.condition == .healthy)
        #expect(mind.core.plan.findings.map(\.code) == [.tokenUnreadable])
        // It is refreshed when it is due.
        mind.now = Moment(wall: mind.now.wall + 400, boot: mind.now.boot + 400)
        mind.tell(.timer)
        mind.read(.unreadable(file))
        #expect(mind.refreshes.count == 1)
    }

    @Test func aTokenThatEndsUnreadNeedsNoSignIn() {
        var mind = Mind(token: Mind.token(for: 100, writtenAgo: 3500))
        mind.tell(.refreshEnded(session: "corp", .exited(0), output: RefreshOutcome.sessionEnded(error: "x").json))
        mind.effects = []
        mind.read(.unreadable(file))
        #expect(mind.signIns.isEmpty)
        mind.now = Moment(wall: mind.now.wall + 4000, boot: mind.now.boot + 4000)
        mind.read(.unreadable(file))
        #expect(mind.signIns.isEmpty && mind.core.plan.condition == .misconfigured)
    }

    @Test func aRegistrationStaysKnown() {
        var mind = Mind()
        mind.tell(
            .tokensRead([
                SessionReading(session: Mind.session, token: Mind.token(for: 3600), registration: .damaged)
            ]))
        mind.tell(
            .tokensRead([SessionReading(session: Mind.session, token: .unreadable(file), registration: nil)]))
        mind.tell(.settled)
        #expect(mind.core.session("corp")?.registration == .damaged)
    }
}
