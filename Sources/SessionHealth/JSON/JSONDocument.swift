/// A JSON text that can be edited in place: all other bytes stay the same, and additions follow the surrounding layout.
package struct JSONDocument: Equatable, Sendable {
    package private(set) var bytes: [UInt8]
    package private(set) var root: JSONNode

    /// - Throws: why the text is not JSON.
    package init(parsing bytes: [UInt8]) throws(JSONError) {
        root = try JSONNode(parsing: bytes.span)
        self.bytes = bytes
    }

    /// The value at a path of keys; of duplicates, the last one, as readers see it.
    package func node(at path: [String]) -> JSONNode? {
        var node = root
        for key in path {
            guard let next = node.member(key, in: bytes.span) else { return nil }
            node = next
        }
        return node
    }

    /// The decoded string at a path; nil if there is none.
    package func string(at path: [String]) -> String? { node(at: path)?.string(in: bytes.span) }

    /// The whole number at a path; nil if there is none.
    package func int(at path: [String]) -> Int? { node(at: path)?.int(in: bytes.span) }

    /// The strings of the array at a path; empty if there is none.
    package func strings(at path: [String]) -> [String] {
        (node(at: path)?.elements ?? []).compactMap { $0.string(in: bytes.span) }
    }

    /// The JSON text of the value at a path; nil if there is none.
    package func spelling(at path: [String]) -> String? {
        node(at: path).map { JSONString.copy($0.range, of: bytes.span) }
    }

    /// Whether the value at a path equals the given JSON text, ignoring how strings are escaped; nil means no value.
    func holds(_ spelling: String?, at path: [String]) -> Bool {
        guard let spelling else { return node(at: path) == nil }
        if self.spelling(at: path)?.isSpelled(as: spelling) == true { return true }
        let value = Array(spelling.utf8)
        guard let string = self.string(at: path), let node = try? JSONNode(parsing: value.span) else { return false }
        return node.string(in: value.span)?.isSpelled(as: string) ?? false
    }

    /// Writes a string at a path, escaping only what JSON requires. An equal string keeps its spelling; equal is one of
    /// the same code points.
    /// - Throws: if the path leads through something that is not an object.
    package mutating func set(_ string: String, at path: [String]) throws(JSONError) {
        guard self.string(at: path)?.isSpelled(as: string) != true else { return }
        try put(JSONString.encode(string), at: path)
    }

    /// Writes any value, given as JSON text, at a path.
    /// - Throws: if the path leads through something that is not an object, or the text is not JSON.
    package mutating func set(spelling: String, at path: [String]) throws(JSONError) {
        let value = Array(spelling.utf8)
        let node = try JSONNode(parsing: value.span)
        if let string = node.string(in: value.span), self.string(at: path)?.isSpelled(as: string) == true { return }
        guard self.spelling(at: path)?.isSpelled(as: spelling) != true else { return }
        try put(Array(value[node.range]), at: path)
    }

    /// Removes a member and its duplicates, with comma and line. Does nothing if there is none.
    package mutating func remove(at path: [String]) throws(JSONError) {
        guard let key = path.last else { return }
        while let object = node(at: path.dropLast()), object.member(key, in: bytes.span) != nil {
            let members = object.members
            guard let index = members.lastIndex(where: { JSONString.matches($0.key, key, in: bytes.span) }) else {
                return
            }
            let cut =
                if members.count == 1 {
                    (object.range.lowerBound + 1)..<(object.range.upperBound - 1)
                } else if index == 0 {
                    members[0].key.lowerBound..<members[1].key.lowerBound
                } else {
                    members[index - 1].value.range.upperBound..<members[index].value.range.upperBound
                }
            try replace(cut, with: [])
        }
    }

    private mutating func put(_ value: [UInt8], at path: [String]) throws(JSONError) {
        var object = root
        var parent: JSONNode?
        for (depth, key) in path.enumerated() {
            guard object.isObject else {
                let name = depth == 0 ? "the file" : "\"\(path[depth - 1])\""
                throw JSONError(at: object.range.lowerBound, in: bytes.span, "\(name) is not an object")
            }
            guard let next = object.member(key, in: bytes.span) else {
                let layout = JSONLayout(of: self)
                let addition = layout.addition(of: value, at: Array(path[depth...]), to: object, in: parent)
                return try replace(addition.range, with: addition.bytes)
            }
            parent = object
            object = next
        }
        try replace(object.range, with: value)
    }

    mutating func replace(_ range: Range<Int>, with replacement: [UInt8]) throws(JSONError) {
        var edited = bytes
        edited.replaceSubrange(range, with: replacement)
        self = try JSONDocument(parsing: edited)
    }
}
