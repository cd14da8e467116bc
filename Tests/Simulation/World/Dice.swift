import FoundationEssentials
import SessionHealth

/// One of several random streams. Each part of a world has its own, so that an additional draw in one part does not
/// change the others, and known seeds stay meaningful.
struct Dice: RandomNumberGenerator {
    private var stream: SplitMix

    /// - Parameter name: the part's name.
    init(seed: UInt64, for name: String) {
        var digest = Fingerprint()
        digest.mix(seed)
        digest.mix(name)
        stream = SplitMix(seed: digest.value)
    }

    mutating func next() -> UInt64 { stream.next() }

    mutating func between(_ least: TimeInterval, _ most: TimeInterval) -> TimeInterval {
        TimeInterval.random(in: least...most, using: &self)
    }

    mutating func isBelow(_ chance: Double) -> Bool { Double.random(in: 0..<1, using: &self) < chance }

    mutating func one<Value>(of values: [Value]) -> Value { values[Int.random(in: values.indices, using: &self)] }
}

/// 64-bit FNV-1a: unlike `Hasher`, the same on every machine and in every process.
struct Fingerprint: Hashable {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func mix(byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }

    mutating func mix(_ number: UInt64) {
        value = (value ^ number) &* 0x100_0000_01B3
        value ^= value >> 29
    }

    mutating func mix(_ text: String) { text.utf8.forEach { mix(byte: $0) } }

    mutating func mix(_ bytes: [UInt8]) { bytes.forEach { mix(byte: $0) } }
}
