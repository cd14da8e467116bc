/// The layout of a JSON text (line ends, indentation, spacing), so that additions look like the rest.
struct JSONLayout {
    private let text: [UInt8]
    private let lineEnd: [UInt8]
    /// One step of indentation.
    private let step: [UInt8]
    /// The text between a key and its value.
    private let colon: [UInt8]

    /// The layout of an object that is being added.
    private enum Shape {
        /// Each member on its own line; the object's own line is indented by `indent`.
        case lines(indent: [UInt8])
        /// All on one line, with `padding` inside the braces.
        case oneLine(padding: [UInt8])
    }

    init(of document: JSONDocument) {
        text = document.bytes
        let feed = text.firstIndex(of: UInt8(ascii: "\n"))
        let isCRLF = feed.map { $0 > 0 && document.bytes[$0 - 1] == UInt8(ascii: "\r") } ?? false
        lineEnd = Array((isCRLF ? "\r\n" : "\n").utf8)
        step = Self.step(of: document.root, in: text) ?? Array("  ".utf8)
        colon = document.root.members.first.flatMap { Self.colon(of: $0, in: document.bytes) } ?? Array(": ".utf8)
    }

    /// The bytes to insert, and where, so that `object` gets a member at a path of missing keys. `parent` contains
    /// `object`; it is nil for the outermost object.
    func addition(
        of value: [UInt8], at path: [String], to object: JSONNode, in parent: JSONNode?
    ) -> (range: Range<Int>, bytes: [UInt8]) {
        guard let last = object.members.last else {
            return (object.range, self.object(of: value, at: path, shape(ofEmpty: object, in: parent)))
        }
        let separator = separator(before: last, in: object)
        let shape: Shape =
            if Self.lastLineStart(in: separator) != nil {
                .lines(indent: Self.indent(at: separator.count, in: separator))
            } else {
                .oneLine(padding: Self.opening(of: object, in: text).filter { $0 == UInt8(ascii: " ") })
            }
        let end = last.value.range.upperBound
        let colon = Self.colon(of: last, in: text) ?? self.colon
        return (end..<end, separator + member(of: value, at: path, shape, colon: colon))
    }

    private func member(of value: [UInt8], at path: [String], _ shape: Shape, colon: [UInt8]) -> [UInt8] {
        let rest = Array(path.dropFirst())
        let content = rest.isEmpty ? value : object(of: value, at: rest, shape)
        return JSONString.encode(path[0]) + colon + content
    }

    private func object(of value: [UInt8], at path: [String], _ shape: Shape) -> [UInt8] {
        let open = [UInt8(ascii: "{")]
        let close = [UInt8(ascii: "}")]
        switch shape {
        case .lines(let indent):
            let inner = indent + step
            let member = member(of: value, at: path, .lines(indent: inner), colon: colon)
            return open + lineEnd + inner + member + lineEnd + indent + close
        case .oneLine(let padding):
            return open + padding + member(of: value, at: path, shape, colon: colon) + padding + close
        }
    }

    private func shape(ofEmpty object: JSONNode, in parent: JSONNode?) -> Shape {
        let outer = parent.map { Self.opening(of: $0, in: text) }
        let inside = text[object.range]
        guard let outer, Self.lastLineStart(in: outer) == nil, Self.lastLineStart(in: Array(inside)) == nil else {
            return .lines(indent: Self.indent(at: object.range.lowerBound, in: text))
        }
        return .oneLine(padding: outer)
    }

    /// The text between an object's last member and a new one: copied from before the last member, without blank lines.
    private func separator(before last: JSONNode.Member, in object: JSONNode) -> [UInt8] {
        let comma = [UInt8(ascii: ",")]
        let members = object.members
        guard members.count > 1 else {
            let opening = Self.opening(of: object, in: text)
            if let start = Self.lastLineStart(in: opening) { return comma + opening[start...] }
            return colon.last == UInt8(ascii: " ") ? comma + [UInt8(ascii: " ")] : comma
        }
        let between = Array(text[members[members.count - 2].value.range.upperBound..<last.key.lowerBound])
        guard let commaIndex = between.firstIndex(of: comma[0]) else { return comma }
        let after = Array(between[(commaIndex + 1)...])
        guard let start = Self.lastLineStart(in: after) else { return between }
        return Array(between[...commaIndex] + after[start...])
    }

    /// The white space between `{` and the first member.
    private static func opening(of object: JSONNode, in text: [UInt8]) -> [UInt8] {
        guard let first = object.members.first else { return [] }
        return Array(text[(object.range.lowerBound + 1)..<first.key.lowerBound])
    }

    /// The text between a key and its value; nil if they are on different lines.
    private static func colon(of member: JSONNode.Member, in text: [UInt8]) -> [UInt8]? {
        let between = Array(text[member.key.upperBound..<member.value.range.lowerBound])
        return lastLineStart(in: between) == nil ? between : nil
    }

    /// The start of the last line end in white space; nil if there is none.
    private static func lastLineStart(in space: [UInt8]) -> Int? {
        guard let feed = space.lastIndex(of: UInt8(ascii: "\n")) else { return nil }
        return feed > 0 && space[feed - 1] == UInt8(ascii: "\r") ? feed - 1 : feed
    }

    /// The white space at the start of the line with this offset.
    private static func indent(at offset: Int, in text: [UInt8]) -> [UInt8] {
        let start = text[..<offset].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return Array(text[start..<offset].prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") })
    }

    /// How much deeper the first multi-line object or array indents its content than its own line.
    private static func step(of node: JSONNode, in text: [UInt8]) -> [UInt8]? {
        let children = node.elements + node.members.map(\.value)
        let start = node.members.first?.key.lowerBound ?? node.elements.first?.range.lowerBound
        if let start, lastLineStart(in: Array(text[node.range.lowerBound..<start])) != nil {
            let outer = indent(at: node.range.lowerBound, in: text)
            let inner = indent(at: start, in: text)
            if inner.count > outer.count, inner.starts(with: outer) { return Array(inner[outer.count...]) }
        }
        for child in children {
            if let step = step(of: child, in: text) { return step }
        }
        return nil
    }
}

extension JSONLayout {
    /// The bytes to insert, and where, so that an array has a value more, the last one. `parent` contains the array.
    func appending(_ value: JSONNode, of source: [UInt8], to array: JSONNode, in parent: JSONNode?)
        -> (range: Range<Int>, bytes: [UInt8])
    {
        guard let last = array.elements.last else {
            let shape = shape(ofEmpty: array, in: parent)
            guard case .lines(let indent) = shape else {
                return (array.range, [UInt8(ascii: "[")] + laidOut(value, of: source, shape) + [UInt8(ascii: "]")])
            }
            let inner = indent + step
            let laid = laidOut(value, of: source, .lines(indent: inner))
            return (
                array.range, [UInt8(ascii: "[")] + lineEnd + inner + laid + lineEnd + indent + [UInt8(ascii: "]")]
            )
        }
        let before = text[(array.elements.dropLast().last?.range.upperBound ?? array.range.lowerBound + 1)...]
        let space = Array(before[..<last.range.lowerBound].drop { $0 == UInt8(ascii: ",") })
        let end = last.range.upperBound
        let isOnLines = Self.lastLineStart(in: Array(text[last.range])) != nil
        let shape: Shape =
            isOnLines
            ? .lines(indent: Self.indent(at: last.range.lowerBound, in: text)) : .oneLine(padding: padding(of: last))
        guard let start = Self.lastLineStart(in: space) else {
            return (end..<end, comma + laidOut(value, of: source, shape))
        }
        return (end..<end, [UInt8(ascii: ",")] + space[start...] + laidOut(value, of: source, shape))
    }

    /// A value of another text, in the layout of this one.
    private func laidOut(_ value: JSONNode, of source: [UInt8], _ shape: Shape) -> [UInt8] {
        let (items, brackets): ([(key: Range<Int>?, value: JSONNode)], [UInt8]) =
            switch value.kind {
            case .object(let members): (members.map { ($0.key, $0.value) }, Array("{}".utf8))
            case .array(let elements): (elements.map { (nil, $0) }, Array("[]".utf8))
            default: ([], Array(source[value.range]))
            }
        guard let first = items.first else { return brackets }
        let (inner, before, between, after): (Shape, [UInt8], [UInt8], [UInt8])
        switch shape {
        case .lines(let indent):
            let line = lineEnd + indent + step
            (inner, before, between, after) = (
                .lines(indent: indent + step), line, [UInt8(ascii: ",")] + line, lineEnd + indent
            )
        case .oneLine(let padding):
            let inside = first.key == nil ? [] : padding
            (inner, before, between, after) = (shape, inside, comma, inside)
        }
        let laid = items.map { item in
            (item.key.map { Array(source[$0]) + colon } ?? []) + laidOut(item.value, of: source, inner)
        }
        return [brackets[0]] + before + Array(laid.joined(separator: between)) + after + [brackets[1]]
    }

    private func padding(of object: JSONNode) -> [UInt8] {
        Self.opening(of: object, in: text).filter { $0 == UInt8(ascii: " ") }
    }

    /// What separates values on one line.
    private var comma: [UInt8] {
        colon.last == UInt8(ascii: " ") ? Array(", ".utf8) : [UInt8(ascii: ",")]
    }
}
