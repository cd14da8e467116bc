/// What is fuzzed: a reader of bytes that others wrote, and what must hold whatever the bytes are.
package struct Subject: Sendable {
    package let name: String
    /// - Throws: what does not hold. (What traps, ends the process.)
    package let check: @Sendable (Input) throws(Violation) -> Void

    package static let all = [
        Subject(name: "json", check: JSONSubject.check),
        Subject(name: "config", check: ConfigSubject.check),
        Subject(name: "time", check: TimeSubject.check),
        Subject(name: "varlink", check: VarlinkSubject.check),
        Subject(name: "service", check: ServiceSubject.check),
        Subject(name: "sign-in", check: SignInSubject.check),
        Subject(name: "tokens", check: TokenSubject.check),
        Subject(name: "output", check: OutputSubject.check),
        Subject(name: "records", check: RecordSubject.check),
        Subject(name: "settings", check: SettingsSubject.check),
    ]

    package static func named(_ name: String) -> Subject? { all.first { $0.name == name } }
}

/// Something that must hold and does not.
package struct Violation: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

func require(_ holds: Bool, _ what: @autoclosure () -> String) throws(Violation) {
    guard holds else { throw Violation(what()) }
}

func requireEqual<Value: Equatable>(
    _ left: Value, _ right: Value, _ what: @autoclosure () -> String
) throws(Violation) {
    guard left == right else { throw Violation("\(what()):\n  \(left)\n  \(right)") }
}

/// The bytes of one run: texts, and choices of what to do with them. The byte 0xFF, which no text has, parts them.
package struct Input: Sendable {
    private let parts: [ArraySlice<UInt8>]
    private var choices: ArraySlice<UInt8> = []

    package init(_ bytes: [UInt8]) {
        parts = bytes.split(separator: 0xFF, omittingEmptySubsequences: false)
    }

    /// One of the texts; empty where there are not so many.
    func text(_ index: Int) -> [UInt8] { index < parts.count ? Array(parts[index]) : [] }

    /// One of the texts as a string; what is not UTF-8 in it is replaced.
    func string(_ index: Int) -> String { String(decoding: text(index), as: UTF8.self) }

    /// The choices are this text's bytes.
    func choices(_ index: Int) -> Choices { Choices(text(index)) }
}

/// Takes one decision after the other from bytes.
struct Choices {
    private var bytes: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

    var isEmpty: Bool { bytes.isEmpty }

    /// A number from 0 to less than the bound; 0 when there are no more bytes.
    mutating func next(below bound: Int) -> Int { bound > 0 ? Int(bytes.popFirst() ?? 0) % bound : 0 }

    mutating func next<Element>(of elements: [Element]) -> Element { elements[next(below: elements.count)] }
}

extension [UInt8] {
    /// As text for a message.
    var shown: String { String(decoding: self, as: UTF8.self).debugDescription }

    /// Whether these bytes are somewhere in it.
    func holds(_ other: [UInt8]) -> Bool {
        guard let first = other.first, count >= other.count else { return other.isEmpty }
        return (0...(count - other.count)).contains { self[$0] == first && self[$0...].starts(with: other) }
    }
}
