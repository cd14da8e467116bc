import FoundationEssentials
import SessionHealth

/// A JSON text, and edits of it: what is read must be what Foundation reads, and each edit what it is in a model,
/// with all other bytes as they were.
enum JSONSubject {
    static func check(_ input: Input) throws(Violation) {
        let bytes = input.text(0)
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: bytes)
        } catch {
            try require(error.line > 0 && error.column > 0, "a position before the text: \(error)")
            try require(error.line <= bytes.count { $0 == 0x0A } + 1, "a line behind the text: \(error)")
            try require(error.description.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "the text in its error")
            return
        }
        let model = JSONModel(document.root, in: bytes)
        let again = model.text
        try requireEqual(try? JSONModel(JSONDocument(parsing: again).root, in: again), model, "written and read again")
        try agrees(model, bytes)
        try edit(document, model, input.choices(1), input.string(2))
    }

    // MARK: Foundation

    /// Foundation reads the same value. (Where we refuse a text, it may read one: it is lenient, and does not look at the
    /// first of two values of one name.)
    private static func agrees(_ model: JSONModel, _ bytes: [UInt8]) throws(Violation) {
        guard model.hasDistinctNames, !bytes.contains(0), !bytes.span.startsWithByteOrderMark else { return }
        let theirs: FoundationValue
        do {
            theirs = try JSONDecoder().decode(FoundationValue.self, from: Data(bytes))
        } catch {
            // Of numbers that are no Double, and of deep nesting, it takes none.
            try require(model.isHardForFoundation(depth: 0), "Foundation does not read it: \(error)")
            return
        }
        try require(theirs.equals(model), "Foundation reads another value: \(theirs)")
    }

    // MARK: Edits

    private static let names = ["a", "env", "", "AWS_PROFILE", "e\u{301}", "\u{E9}", "x\"\\\n\u{1}", "b"]
    private static let spellings = [
        "1", "\"x\"", "{}", "[]", "null", "{\"a\": [1, {\"b\": \"\\u00e9\"}]}", "-0.0e+1", "\"\\/\\ud83d\\ude00\"",
    ]

    private static func edit(
        _ original: JSONDocument, _ originalModel: JSONModel, _ choices: Choices, _ text: String
    ) throws(Violation) {
        var choices = choices
        var document = original
        var model = originalModel
        for _ in 0..<16 where !choices.isEmpty {
            let path = path(in: model, &choices)
            let before = document
            let wanted: JSONModel?
            let isDone: Bool
            switch choices.next(below: 3) {
            case 0:
                // The last two are equal only for `String`.
                let value = choices.next(of: [text, "e\u{301}", "\u{E9}"])
                wanted = .string(Array(value.utf8))
                isDone = (try? document.set(value, at: path)) != nil
            case 1:
                let spelling = choices.next(of: spellings)
                let bytes = Array(spelling.utf8)
                wanted = (try? JSONNode(parsing: bytes.span)).map { JSONModel($0, in: bytes) }
                isDone = (try? document.set(spelling: spelling, at: path)) != nil
            default:
                wanted = nil
                isDone = (try? document.remove(at: path)) != nil
            }
            var changed = model
            let isPossible: Bool
            if let wanted {
                isPossible = changed.set(wanted, at: path)
            } else {
                changed.remove(at: path)
                isPossible = true
            }
            try requireEqual(isDone, isPossible, "an edit at \(path) of \(before.bytes.shown)")
            if !isDone { changed = model }
            let bytes = document.bytes
            let read = (try? JSONDocument(parsing: bytes)).map { JSONModel($0.root, in: bytes) }
            try requireEqual(read, changed, "\(before.bytes.shown) became \(bytes.shown)")
            try isLocal(before, document, at: path)
            try isUndone(before, document, model, at: path)
            model = changed
        }
    }

    /// A path that leads to something, or beside it.
    private static func path(in model: JSONModel, _ choices: inout Choices) -> [String] {
        var path: [String] = []
        var node = model
        for _ in 0...choices.next(below: 3) {
            let choice = choices.next(below: 24)
            if choice < 16, !node.members.isEmpty {
                let member = node.members[choice % node.members.count]
                path.append(String(decoding: member.name, as: UTF8.self))
                node = member.value
            } else {
                path.append(names[choice % names.count])
                node = .null
            }
        }
        return path
    }

    /// What is replaced is one place, and nothing outside the innermost value that was there on the path.
    private static func isLocal(_ before: JSONDocument, _ after: JSONDocument, at path: [String]) throws(Violation) {
        guard before.bytes != after.bytes else { return }
        var range = before.root.range
        for end in path.indices {
            guard let node = before.node(at: Array(path[..<end])), node.isObject else { break }
            range = node.range
        }
        let head = before.bytes[..<range.lowerBound]
        let tail = before.bytes[range.upperBound...]
        try require(after.bytes.starts(with: head), "bytes in front of \(path) changed")
        try require(after.bytes.suffix(tail.count).elementsEqual(tail), "bytes behind \(path) changed")
    }

    /// Taken back, it is byte for byte what was there; except where an empty object got its first member.
    private static func isUndone(
        _ before: JSONDocument, _ after: JSONDocument, _ model: JSONModel, at path: [String]
    ) throws(Violation) {
        var undone = after
        if let old = before.spelling(at: path) {
            guard after.node(at: path) != nil, before.spelling(at: path) != after.spelling(at: path) else { return }
            _ = try? undone.set(spelling: old, at: path)
        } else {
            guard before.bytes != after.bytes else { return }
            let depth = path.indices.first { before.node(at: Array(path[...$0])) == nil } ?? 0
            guard before.node(at: Array(path[..<depth]))?.members.isEmpty == false else { return }
            _ = try? undone.remove(at: Array(path[...depth]))
        }
        try requireEqual(undone.bytes.shown, before.bytes.shown, "taken back at \(path)")
    }
}

/// A JSON value as Foundation decodes it.
private enum FoundationValue: Decodable, CustomStringConvertible {
    case object([String: FoundationValue])
    case array([FoundationValue])
    case string(String)
    case number(Double)
    case bool(Bool)
    case null

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let elements = try? value.decode([FoundationValue].self) {
            self = .array(elements)
        } else {
            self = .object(try value.decode([String: FoundationValue].self))
        }
    }

    var description: String {
        switch self {
        case .object(let members): "\(members)"
        case .array(let elements): "\(elements)"
        case .string(let text): text.debugDescription
        case .number(let value): "\(value)"
        case .bool(let value): "\(value)"
        case .null: "null"
        }
    }

    func equals(_ model: JSONModel) -> Bool {
        switch (self, model) {
        case (.object(let members), .object(let others)):
            members.count == others.count
                && others.allSatisfy { members[String(decoding: $0.name, as: UTF8.self)]?.equals($0.value) ?? false }
        case (.array(let elements), .array(let others)):
            elements.count == others.count && zip(elements, others).allSatisfy { $0.equals($1) }
        case (.string(let text), .string(let bytes)): text.utf8.elementsEqual(bytes)
        case (.number(let value), .number(let spelling)): Double(String(decoding: spelling, as: UTF8.self)) == value
        case (.bool(let value), .bool(let other)): value == other
        case (.null, .null): true
        default: false
        }
    }
}

extension JSONModel {
    /// It has numbers that no `Double` can hold, or is nested deeply.
    fileprivate func isHardForFoundation(depth: Int) -> Bool {
        if depth > 100 { return true }
        if case .number(let spelling) = self {
            return Double(String(decoding: spelling, as: UTF8.self))?.isFinite != true
        }
        return (members.map(\.value) + elements).contains { $0.isHardForFoundation(depth: depth + 1) }
    }
}
