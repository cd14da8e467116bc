/// Values by name. Names are the same only byte by byte, as for AWS's programs: a `String` equals another one in which
/// an accent is a character of its own.
struct NameTable<Value> {
    private var values: [[UInt8]: Value] = [:]

    var names: some Sequence<String> { values.keys.lazy.map { String(decoding: $0, as: UTF8.self) } }

    subscript(name: String) -> Value? {
        get { values[Array(name.utf8)] }
        set { values[Array(name.utf8)] = newValue }
    }
}

extension NameTable: Sendable where Value: Sendable {}

extension String {
    /// Whether it is the same name.
    func isSpelled(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
