/// What the user's settings have Claude Code show of ours.
package struct ShownInClaude: Equatable, Sendable {
    /// The session's state, in the status line.
    let statusLine: Setting<Bool>
    /// It shows in the status line as `setup` writes it, so that `setup` can take it out.
    let isStatusLineOfSetup: Bool
    /// When to sign in.
    let hooks: Setting<Bool>

    /// - Returns: nil where the file cannot be read.
    init?(_ layer: SettingsLayer) {
        guard let document = layer.read().document else { return nil }
        func setting(_ value: Bool, _ key: String) -> Setting<Bool> {
            guard let node = document.node(at: [key]) else { return Setting(value, from: .standard) }
            let line = TextPosition(of: node.range.lowerBound, in: document.bytes.span).line
            return Setting(value, from: .file(path: layer.path, line: line, kind: layer.kind))
        }
        statusLine = setting(StatusLineSetting.state(in: document) == .ours, ClaudeKey.statusLine)
        isStatusLineOfSetup = StatusLineSetting.isWritten(in: document)
        hooks = setting(HooksSetting.isThere(in: document), ClaudeKey.hooks)
    }
}
