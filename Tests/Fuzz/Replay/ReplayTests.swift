import FoundationEssentials
import FuzzSubjects
import Testing

/// The corpora that guided fuzzing found, the inputs that once showed a fault, and what a few changes make of them.
@Suite struct ReplayTests {
    @Test(arguments: Subject.all.map(\.name)) func holds(_ name: String) throws {
        let subject = try #require(Subject.named(name))
        let inputs = try ReplayTests.inputs(of: name, in: "corpus") + ReplayTests.inputs(of: name, in: "faults")
        #expect(inputs.count > 20)
        for input in inputs { check(subject, input) }
        var dice = Dice(state: 1)
        for input in inputs {
            for _ in 0..<ReplayTests.mutations { check(subject, mutated(input, inputs, &dice)) }
        }
    }

    @Test func aCorpusIsReadAsItWasWritten() {
        let inputs: [[UInt8]] = [[], Array(0...255), Array(#"a\x41\\n"#.utf8), [0x0A, 0x0A]]
        #expect(Corpus.read(Corpus.write(inputs)) == inputs)
    }

    private static let mutations = 20

    private static func inputs(of name: String, in folder: String) throws -> [[UInt8]] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "\(folder)/\(name)")
        // A subject without a fault has no file.
        guard folder == "corpus" || FileManager.default.fileExists(atPath: file.path()) else { return [] }
        return Corpus.read(try [UInt8](Data(contentsOf: file)))
    }

    private func check(_ subject: Subject, _ input: [UInt8]) {
        // What traps takes the test with it; this shows the input.
        if ReplayTests.isLoud { print(String(decoding: Corpus.write([input]), as: UTF8.self), terminator: "") }
        do throws(Violation) {
            try subject.check(Input(input))
        } catch {
            Issue.record("\(error)\n\(String(decoding: Corpus.write([input]), as: UTF8.self))")
        }
    }

    private static let isLoud = ProcessInfo.processInfo.environment["BEDROCK_FUZZ_LOUD"] != nil

    private func mutated(_ input: [UInt8], _ others: [[UInt8]], _ dice: inout Dice) -> [UInt8] {
        var bytes = input
        for _ in 0...Int.random(in: 0..<3, using: &dice) {
            let place = Int.random(in: 0...bytes.count, using: &dice)
            let end = min(bytes.count, place + Int.random(in: 0..<8, using: &dice))
            switch Int.random(in: 0..<4, using: &dice) {
            case 0: bytes.removeSubrange(place..<end)
            case 1: bytes.insert(UInt8.random(in: 0...255, using: &dice), at: place)
            case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
            default:
                guard let other = others.randomElement(using: &dice), !other.isEmpty else { break }
                let start = Int.random(in: 0..<other.count, using: &dice)
                bytes.replaceSubrange(place..<end, with: other[start..<min(other.count, start + 12)])
            }
        }
        return bytes
    }
}

/// SplitMix64: the same numbers each time.
private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
