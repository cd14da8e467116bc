/// JSON as Python's `json.dumps` lays it out.
enum PythonJSON {
    static func object(_ members: [(name: String, value: [UInt8])]) -> [UInt8] {
        Array("{".utf8)
            + members.map { JSONString.encode($0.name) + Array(": ".utf8) + $0.value }.joined(separator: ", ".utf8)
            + Array("}".utf8)
    }

    static func list(_ items: [String]) -> [UInt8] {
        Array("[".utf8) + items.map(JSONString.encode).joined(separator: ", ".utf8) + Array("]".utf8)
    }
}
