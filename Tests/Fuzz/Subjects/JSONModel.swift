import SessionHealth

/// A JSON value as plain data: what edits of a text are compared with. Strings are bytes: `String` takes an accent of
/// its own for part of a letter.
indirect enum JSONModel: Equatable {
    case object([Member])
    case array([JSONModel])
    case string([UInt8])
    /// As it is spelled.
    case number([UInt8])
    case bool(Bool)
    case null

    struct Member: Equatable {
        var name: [UInt8]
        var value: JSONModel
    }

    init(_ node: JSONNode, in text: [UInt8]) {
        switch node.kind {
        case .object(let members):
            self = .object(
                members.map { Member(name: Array($0.name(in: text.span).utf8), value: JSONModel($0.value, in: text)) })
        case .array(let elements): self = .array(elements.map { JSONModel($0, in: text) })
        case .string: self = .string(Array((node.string(in: text.span) ?? "").utf8))
        case .number: self = .number(Array(text[node.range]))
        case .bool(let value): self = .bool(value)
        case .null: self = .null
        }
    }

    /// Written with other white space and other escapes than usual.
    var text: [UInt8] {
        switch self {
        case .object(let members):
            return list("{", members.map { Self.quoted($0.name) + Array("\t:\n".utf8) + $0.value.text }, "}")
        case .array(let elements): return list("[", elements.map(\.text), "]")
        case .string(let bytes): return Self.quoted(bytes)
        case .number(let bytes): return bytes
        case .bool(let value): return Array("\(value)".utf8)
        case .null: return Array("null".utf8)
        }
    }

    private func list(_ open: String, _ items: [[UInt8]], _ close: String) -> [UInt8] {
        Array(open.utf8) + items.joined(separator: Array(" \r,".utf8)) + Array(close.utf8)
    }

    /// Every UTF-16 unit of what is not plain ASCII as an escape.
    private static func quoted(_ bytes: [UInt8]) -> [UInt8] {
        var text = "\""
        for unit in String(decoding: bytes, as: UTF8.self).utf16 {
            if unit >= 0x20, unit < 0x7F, unit != 0x22, unit != 0x5C {
                text.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            } else {
                let digits = String(unit, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return Array((text + "\"").utf8)
    }

    var members: [Member] { if case .object(let members) = self { members } else { [] } }

    var elements: [JSONModel] { if case .array(let elements) = self { elements } else { [] } }

    /// The last member of this name.
    private func index(of name: String) -> Int? { members.lastIndex { $0.name == Array(name.utf8) } }

    func value(at path: [String]) -> JSONModel? {
        guard let name = path.first else { return self }
        return index(of: name).flatMap { members[$0].value.value(at: Array(path.dropFirst())) }
    }

    /// - Returns: false where the path leads through something that is no object; nothing has changed then.
    mutating func set(_ new: JSONModel, at path: [String]) -> Bool {
        guard let name = path.first else {
            self = new
            return true
        }
        guard case .object(var members) = self else { return false }
        let place = index(of: name) ?? members.count
        if place == members.count { members.append(Member(name: Array(name.utf8), value: .object([]))) }
        guard members[place].value.set(new, at: Array(path.dropFirst())) else { return false }
        self = .object(members)
        return true
    }

    mutating func remove(at path: [String]) {
        guard let name = path.first, case .object(var members) = self else { return }
        if path.count == 1 {
            members.removeAll { $0.name == Array(name.utf8) }
        } else if let index = index(of: name) {
            members[index].value.remove(at: Array(path.dropFirst()))
        }
        self = .object(members)
    }

    /// No object has two members whose names are the same for Foundation, which keeps them in a dictionary.
    var hasDistinctNames: Bool {
        let names = members.map { String(decoding: $0.name, as: UTF8.self) }
        return Set(names).count == names.count && members.allSatisfy { $0.value.hasDistinctNames }
            && elements.allSatisfy { $0.hasDistinctNames }
    }
}
