import FoundationEssentials
import SessionHealth
import Testing

/// Files that cannot be watched are reported, and read periodically.
@Suite struct UnwatchedFilesTests {
    private let reason = "cannot watch /h/cache: no space left on device"

    @Test func itIsAFindingUntilTheyAreWatchedAgain() {
        var mind = Mind()
        mind.tell(.watched(failure: reason))
        mind.tell(.settled)
        #expect(mind.core.plan.findings.contains { $0.code == .filesUnwatched && $0.message.contains(reason) })
        #expect(mind.wake?.boot.map { $0 <= mind.now.boot + mind.core.facts.policy.unwatchedInterval } == true)
        mind.effects = []
        mind.tell(.timer)
        // The configuration is read again, which first tries to add the watch again.
        #expect(mind.effects.contains { if case .readConfiguration = $0 { true } else { false } })
        mind.tell(.configurationRead(Mind.configuration))
        let order = mind.effects.compactMap { effect -> String? in
            switch effect {
            case .watch: "watch"
            case .readTokens: "read"
            default: nil
            }
        }
        #expect(order == ["watch", "read"])
        mind.tell(.watched(failure: nil))
        mind.tell(.settled)
        #expect(!mind.core.plan.findings.contains { $0.code == .filesUnwatched })
    }
}
