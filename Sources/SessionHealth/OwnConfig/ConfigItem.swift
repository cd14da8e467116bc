/// One value in a `config.json`.
struct ConfigItem {
    let key: ConfigKey
    /// If it is one of `setup`.
    var setupKey: SetupKeyName?
    let node: JSONNode
    /// The whole file.
    let bytes: [UInt8]

    /// As a person writes it: `signIn`, `setup.region`.
    var name: String { setupKey.map(\.name) ?? key.rawValue }

    /// Counted from 1.
    var line: Int { TextPosition(of: node.range.lowerBound, in: bytes.span).line }

    /// The value as the file has it, on one line.
    var spelling: String {
        JSONString.copy(node.range, of: bytes.span).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// - Parameter what: follows the name of the key.
    func wrong(_ what: String) -> AgentConfigError { AgentConfigError("line \(line): key \(name): \(what)") }

    // MARK: Values, nil where it is something else

    var string: String? { node.string(in: bytes.span) }

    var strings: [String]? {
        guard case .array(let elements) = node.kind else { return nil }
        let texts = elements.compactMap { $0.string(in: bytes.span) }
        return texts.count == elements.count ? texts : nil
    }

    /// One string, or some in order of preference.
    var choice: [String]? {
        let texts = string.map { [$0] } ?? strings
        return texts?.isEmpty == true ? nil : texts
    }

    /// A duration.
    func seconds(canBeZero: Bool = false) throws(AgentConfigError) -> Double {
        guard let spelled = string, let span = try? TimeSpan.parse(spelled), span > .zero || canBeZero && span == .zero
        else {
            let what = "such as \"20min\" or \"165s\""
            throw wrong(
                canBeZero
                    ? "must be a duration \(what), or \"0\" for never" : "must be a duration greater than 0, \(what)")
        }
        return Double(span.components.seconds) + Double(span.components.attoseconds) / 1e18
    }

    // MARK: All of a file

    /// In the order of the keys, those of `setup` in its place. Of duplicates, the last one counts.
    /// - Throws: why it is no such file.
    static func all(of bytes: [UInt8]) throws(AgentConfigError) -> [ConfigItem] {
        let root: JSONNode
        do {
            root = try JSONNode(parsing: bytes.span)
        } catch {
            throw AgentConfigError("\(error)")
        }
        guard root.isObject else { throw AgentConfigError("not a JSON object") }
        let members = try values(of: root, in: bytes, among: ConfigKey.allCases.map(\.rawValue))
        var items: [ConfigItem] = []
        for key in ConfigKey.allCases {
            guard let node = members[key.rawValue] else { continue }
            let item = ConfigItem(key: key, node: node, bytes: bytes)
            items.append(item)
            guard key == .setup else { continue }
            guard node.isObject else { throw item.wrong("must be an object") }
            let given = try values(of: node, in: bytes, among: SetupKeyName.allCases.map(\.rawValue), "setup.")
            for key in SetupKeyName.allCases {
                guard let node = given[key.rawValue] else { continue }
                items.append(ConfigItem(key: .setup, setupKey: key, node: node, bytes: bytes))
            }
        }
        return items
    }

    private static func values(
        of object: JSONNode, in bytes: [UInt8], among known: [String], _ start: String = ""
    ) throws(AgentConfigError) -> [String: JSONNode] {
        var values: [String: JSONNode] = [:]
        for member in object.members {
            let name = member.name(in: bytes.span)
            guard known.containsSpelled(name) else {
                let line = TextPosition(of: member.key.lowerBound, in: bytes.span).line
                throw AgentConfigError("line \(line): \(unknown(name, among: known, start))")
            }
            values[name] = member.value
        }
        return values
    }

    /// What is wrong with a key's name, with the nearest known one.
    static func unknown(_ name: String, among known: [String], _ start: String = "") -> String {
        let near = NearestName.suggestions(for: name, among: known).first
        return "unknown key \(start)\(name.printable)" + (near.map { "; did you mean \(start)\($0)?" } ?? "")
    }
}
