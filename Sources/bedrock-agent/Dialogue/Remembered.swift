/// What was found out once, by what it is about: it is not looked for again when the person goes back and forth.
final class Remembered<Value> {
    private var known: [String: Value] = [:]

    func value(_ key: String = "", _ find: () throws -> Value) rethrows -> Value {
        if let value = known[key] { return value }
        let value = try find()
        known[key] = value
        return value
    }
}
