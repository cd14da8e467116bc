import FoundationEssentials
import SessionHealth

/// What happened, one line per event; stored only if somebody wants to read it.
struct History {
    var isKept = false
    private(set) var lines: [String] = []
    /// A digest of everything that happened: equal for two runs of the same seed.
    private(set) var digest = Fingerprint()

    private static let most = 200_000

    mutating func note(_ who: StaticString, _ what: () -> String, at time: TimeInterval) {
        digest.mix(time.bitPattern)
        who.withUTF8Buffer { $0.forEach { digest.mix(byte: $0) } }
        guard isKept else { return }
        let text = what()
        digest.mix(text)
        lines.append("\(History.clock(time)) \(who): \(text)")
        if lines.count > History.most { lines.removeFirst(History.most / 2) }
    }

    /// Day and time of day since the start of the world.
    static func clock(_ time: TimeInterval) -> String {
        let milliseconds = Int((time * 1000).rounded(.down))
        func padded(_ number: Int, _ digits: Int) -> String {
            let text = "\(number)"
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        let seconds = milliseconds / 1000
        return "\(padded(seconds / 86400, 2))d \(padded(seconds / 3600 % 24, 2)):\(padded(seconds / 60 % 60, 2))"
            + ":\(padded(seconds % 60, 2)).\(padded(milliseconds % 1000, 3))"
    }
}
