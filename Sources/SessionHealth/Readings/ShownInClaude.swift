/// What Claude Code's settings have it show of ours: the managed ones and the user's.
package struct ShownInClaude: Equatable, Sendable {
    /// The session's state, in the status line. A managed one hides the user's.
    let statusLine: Setting<Bool>
    /// It shows in the status line as `setup` writes it, so that `setup` can take it out.
    let isStatusLineOfSetup: Bool
    /// When to sign in: all hooks for that. Those of all files run.
    let hooks: Setting<Bool>
    /// Any of these hooks.
    let someHooks: Setting<Bool>
    /// They are as `setup` writes them.
    let areHooksOfSetup: Bool

    /// - Parameter layers: as `ClaudeSettings` takes them.
    /// - Returns: nil where the user's file cannot be read.
    package init?(_ layers: [SettingsLayer]) {
        guard let layer = layers.last(where: { $0.kind == .user }) else { return nil }
        let user = ShownInFile(layer)
        guard user != nil || layer.content == .missing else { return nil }
        let managed = layers.filter { $0.kind == .managed }.compactMap(ShownInFile.init)
        let files = managed + [user].compactMap(\.self)
        func setting(_ value: Bool, _ key: String, in file: ShownInFile?) -> Setting<Bool> {
            file?.setting(value, key) ?? Setting(value, from: .standard)
        }
        // Of the managed ones, the later counts.
        let line = managed.last { $0.statusLine != .none } ?? user
        statusLine = setting(line?.statusLine == .ours, ClaudeKey.statusLine, in: line)
        isStatusLineOfSetup = line.map { StatusLineSetting.isWritten(in: $0.document) } ?? false
        let all = files.first { HooksSetting.isThere(in: $0.document) }
        hooks = setting(all != nil, ClaudeKey.hooks, in: all ?? user)
        let some = files.first { HooksSetting.isAnyThere(in: $0.document) }
        someHooks = setting(some != nil, ClaudeKey.hooks, in: some ?? user)
        areHooksOfSetup = some.map { HooksSetting.isWritten(in: $0.document) } ?? true
    }

    /// A managed file shows the state already: the user's need not.
    package var isStatusLineManaged: Bool { statusLine.value && statusLine.source.isManaged }
    /// A managed file has all hooks already.
    package var areHooksManaged: Bool { hooks.value && hooks.source.isManaged }
}

private struct ShownInFile {
    let layer: SettingsLayer
    let document: JSONDocument

    init?(_ layer: SettingsLayer) {
        guard let document = layer.read().document else { return nil }
        self.layer = layer
        self.document = document
    }

    var statusLine: StatusLineSetting.State { StatusLineSetting.state(in: document) }

    /// A value, and where its key is.
    func setting(_ value: Bool, _ key: String) -> Setting<Bool> {
        guard let node = document.node(at: [key]) else { return Setting(value, from: .standard) }
        let line = TextPosition(of: node.range.lowerBound, in: document.bytes.span).line
        return Setting(value, from: .file(path: layer.path, line: line, kind: layer.kind))
    }
}

extension Provenance {
    fileprivate var isManaged: Bool { if case .file(_, _, .managed) = self { true } else { false } }
}
