import ArgumentParser
import Foundation

/// A time span in systemd's notation: `90s`, `20min`, `8h`, `90d`, `1h 30min`, `250ms`.
struct Lifetime: Hashable, Sendable {
    /// Whole or fractional seconds, never negative.
    var seconds: Double

    static func seconds(_ count: Double) -> Lifetime { Lifetime(seconds: count) }
    static func minutes(_ count: Double) -> Lifetime { Lifetime(seconds: count * 60) }
    static func hours(_ count: Double) -> Lifetime { Lifetime(seconds: count * 3600) }
    static func days(_ count: Double) -> Lifetime { Lifetime(seconds: count * 86400) }

    private static let units: [(name: String, seconds: Double)] = [
        ("d", 86400), ("h", 3600), ("min", 60), ("s", 1), ("ms", 0.001),
    ]
}

extension Lifetime: LosslessStringConvertible {
    /// Reads one or more numbers with units; nil for anything else, including a number without a unit.
    init?(_ text: String) {
        var rest = Substring(text)
        var total = 0.0
        repeat {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            rest.removeFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest.removeFirst(unit.count)
            let scale = Self.units.first { $0.name == unit }
            guard let count = Double(digits), let scale else { return nil }
            total += count * scale.seconds
            rest = rest.drop { $0 == " " }
        } while !rest.isEmpty
        seconds = total
    }

    /// In the largest unit that divides it evenly.
    var description: String {
        let unit = Self.units.first { seconds >= $0.seconds && seconds.remainder(dividingBy: $0.seconds) == 0 }
        guard let unit else { return "\(seconds)s" }
        return "\(Int(seconds / unit.seconds))\(unit.name)"
    }
}

extension Lifetime: ExpressibleByArgument {}

extension Lifetime: Codable {
    /// - Throws: `DecodingError` that explains the notation.
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Lifetime(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is not a duration such as 90s, 20min, 8h or 90d")
        }
        self = value
    }

    /// In the format of `description`.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
