/// The settings of one file that was read.
struct SettingsFileReader {
    let layer: SettingsLayer
    let document: JSONDocument

    /// A variable of `env`, as Claude Code puts it into its environment.
    func variable(_ name: String) -> Setting<String>? {
        guard let node = document.node(at: [ClaudeKey.env, name]), let text = text(of: node) else { return nil }
        return Setting(text, from: source(of: node))
    }

    /// The names in `env`, each once.
    var variableNames: [String] {
        let text = document.bytes.span
        var names: [String] = []
        for member in document.node(at: [ClaudeKey.env])?.members ?? [] {
            let name = member.name(in: text)
            if !names.containsSpelled(name) { names.append(name) }
        }
        return names
    }

    /// A string among the top keys; empty counts as not there.
    func string(_ key: String) -> Setting<String>? {
        guard let node = document.node(at: [key]), let value = node.string(in: document.bytes.span), !value.isEmpty
        else { return nil }
        return Setting(value, from: source(of: node))
    }

    var command: Setting<ClaudeSettings.Command>? {
        string(ClaudeKey.authRefresh).map {
            Setting(ClaudeSettings.Command(line: $0.value, openPlace: layer.openPlace), from: $0.source)
        }
    }

    var problems: [SettingsProblem] {
        var kinds: [SettingsProblem.Kind] = []
        let text = document.bytes.span
        if let env = document.node(at: [ClaudeKey.env]), !env.isObject {
            kinds.append(.envNotObject(line: line(of: env)))
        }
        for member in document.node(at: [ClaudeKey.env])?.members ?? [] where !isPlain(member.value) {
            kinds.append(.variableNotString(member.name(in: text), line: line(of: member.value)))
        }
        if let value = document.node(at: SetupKey.command), value.kind != .string {
            kinds.append(.commandNotString(line: line(of: value)))
        }
        if command != nil || variableNames.contains(where: CountingEnvironment.counts) {
            if !layer.isOwnedAsExpected { kinds.append(.wrongOwner) }
            if layer.isWritableByOthers { kinds.append(.writableByOthers(OpenPlace(layer.path))) }
            if let place = layer.replaceableIn { kinds.append(.writableByOthers(place)) }
        }
        return kinds.map { SettingsProblem($0, in: layer) }
    }

    /// A value as text, as JavaScript's `String()` has it. Of the state file Claude Code takes nothing but strings,
    /// numbers and booleans (both seen in 2.1.332).
    private func text(of node: JSONNode) -> String? {
        switch node.kind {
        case .string: node.string(in: document.bytes.span)
        case .number: Self.number(JSONString.copy(node.range, of: document.bytes.span))
        case .bool(let value): value ? "true" : "false"
        case _ where layer.kind == .state: nil
        case .null: "null"
        case .object: "[object Object]"
        case .array(let elements):
            elements.map { $0.kind == .null ? "" : text(of: $0) ?? "" }.joined(separator: ",")
        }
    }

    /// `1e3` and `1.0` are whole numbers.
    private static func number(_ spelling: String) -> String {
        guard let value = Double(spelling), let whole = Int(exactly: value) else { return spelling }
        return String(whole)
    }

    /// It means what it says. Anything else Claude Code takes for a word such as `null` or `[object Object]`.
    private func isPlain(_ node: JSONNode) -> Bool {
        switch node.kind {
        case .string, .number, .bool: true
        case .null, .object, .array: false
        }
    }

    private func source(of node: JSONNode) -> Provenance {
        .file(path: layer.path, line: line(of: node), kind: layer.kind)
    }

    private func line(of node: JSONNode) -> Int {
        TextPosition(of: node.range.lowerBound, in: document.bytes.span).line
    }
}
