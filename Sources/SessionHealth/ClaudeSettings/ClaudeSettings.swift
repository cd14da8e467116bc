/// The settings that Claude Code will use, by its own precedence of managed over user settings. Project settings are
/// ignored: they must not control the agent.
package struct ClaudeSettings: Equatable, Sendable {
    /// The `awsAuthRefresh` command line.
    package struct Command: Equatable, Sendable {
        package var line: String
        /// Its file has the expected owner and nobody else can write it. The user's approval is needed as well.
        package var isFromTrustedFile: Bool

        package init(line: String, isFromTrustedFile: Bool) {
            self.line = line
            self.isFromTrustedFile = isFromTrustedFile
        }
    }

    /// `CLAUDE_CODE_USE_BEDROCK` or `CLAUDE_CODE_USE_MANTLE` is on: `1`, `true`, `yes` or `on`. The source is where the
    /// value comes from, on or off.
    package private(set) var usesBedrock: Setting<Bool>
    /// `CLAUDE_CODE_USE_MANTLE` is on.
    package private(set) var usesMantle: Bool
    /// `AWS_PROFILE`, else `default`.
    package private(set) var profile: Setting<String>
    /// `AWS_REGION`, else `AWS_DEFAULT_REGION`; nil if the profile decides.
    package private(set) var region: Setting<String>?
    /// `ANTHROPIC_MODEL`, else the key `model`, else `ANTHROPIC_DEFAULT_MODEL`.
    package private(set) var model: Setting<String>?
    /// The models that the aliases stand for: `ANTHROPIC_DEFAULT_OPUS_MODEL` and so on, by name.
    package private(set) var modelPins: [String: Setting<String>] = [:]
    package private(set) var awsAuthRefresh: Setting<Command>?
    /// `AWS_BEARER_TOKEN_BEDROCK` is set. Its value is a secret and is not kept.
    package private(set) var bearerToken: Setting<Bool>?
    /// `awsCredentialExport` is set: Claude Code uses the credentials that this command prints.
    package private(set) var credentialExport: Setting<String>?
    /// `NODE_EXTRA_CA_CERTS`: CA certificates that Claude Code trusts in addition to the system's.
    package private(set) var nodeCertificates: Setting<String>?
    /// `CLAUDE_CODE_SKIP_BEDROCK_AUTH` is on: a gateway authenticates, so there is no session to guard.
    package private(set) var skipsBedrockAuth: Setting<Bool>
    /// Problems with the files, in file order.
    package private(set) var problems: [SettingsProblem]

    /// - Parameters:
    ///   - layers: the files in Claude Code's order: `managed-settings.json`, then `managed-settings.d/` by name, where
    ///     later files override earlier ones, and the user's. All managed files override the user's.
    ///   - environment: used for variables that no file sets, as in the shell that starts Claude Code.
    package init(layers: [SettingsLayer], environment: [String: String] = [:]) {
        problems = []
        var files: [SettingsFileReader] = []
        for layer in layers {
            let (document, problem) = layer.read()
            if let problem { problems.append(problem) }
            guard let document else { continue }
            let file = SettingsFileReader(layer: layer, document: document)
            problems += file.problems
            files.append(file)
        }
        let managed = files.filter { $0.layer.kind == .managed }
        let precedence = managed.reversed() + files.filter { $0.layer.kind == .user }

        func variable(_ name: String) -> Setting<String>? {
            for file in precedence {
                if let setting = file.variable(name) { return setting }
            }
            return environment[name].map { Setting($0, from: .environment(name)) }
        }
        func filled(_ name: String) -> Setting<String>? { variable(name).flatMap { $0.value.isEmpty ? nil : $0 } }
        func flag(_ name: String) -> Setting<Bool> {
            variable(name).map { Setting(Self.isOn($0.value), from: $0.source) } ?? Setting(false, from: .standard)
        }

        let bedrock = flag(ClaudeVariable.useBedrock)
        let mantle = flag(ClaudeVariable.useMantle)
        usesMantle = mantle.value
        usesBedrock = mantle.value && !bedrock.value ? mantle : bedrock
        profile = filled(AWSVariable.profile) ?? Setting("default", from: .standard)
        region = filled(AWSVariable.region) ?? filled(AWSVariable.defaultRegion)
        model =
            filled(ClaudeVariable.model) ?? precedence.lazy.compactMap { $0.string(ClaudeKey.model) }.first
            ?? filled(ClaudeVariable.defaultModel)
        for name in ClaudeVariable.modelPins {
            modelPins[name] = filled(name)
        }
        bearerToken = filled(ClaudeVariable.bearerToken).map { Setting(true, from: $0.source) }
        skipsBedrockAuth = flag(ClaudeVariable.skipBedrockAuth)
        nodeCertificates = filled(ClaudeVariable.nodeCertificates)
        credentialExport = precedence.lazy.compactMap { $0.string(ClaudeKey.credentialExport) }.first
        awsAuthRefresh = precedence.lazy.compactMap(\.command).first
        guard usesBedrock.value else { return }
        for file in precedence {
            guard let helper = file.string(ClaudeKey.apiKeyHelper) else { continue }
            problems.append(SettingsProblem(.apiKeyHelper(helper.source), in: file.layer))
            break
        }
    }

    /// How Claude Code reads a switch, e.g. `""` and `0` are off.
    static func isOn(_ value: String) -> Bool { ["1", "true", "yes", "on"].contains(value.lowercased()) }
}

/// Reads the settings of one file.
private struct SettingsFileReader {
    let layer: SettingsLayer
    let document: JSONDocument

    /// A variable in `env`. A value that is not a string is ignored.
    func variable(_ name: String) -> Setting<String>? { setting(at: [ClaudeKey.env, name]) }

    /// A top-level string; an empty one counts as missing.
    func string(_ key: String) -> Setting<String>? { setting(at: [key]).flatMap { $0.value.isEmpty ? nil : $0 } }

    var command: Setting<ClaudeSettings.Command>? {
        string(ClaudeKey.authRefresh).map {
            Setting(
                ClaudeSettings.Command(
                    line: $0.value, isFromTrustedFile: layer.isOwnedAsExpected && !layer.isWritableByOthers),
                from: $0.source)
        }
    }

    var problems: [SettingsProblem] {
        var kinds: [SettingsProblem.Kind] = []
        let text = document.bytes.span
        if let env = document.node(at: [ClaudeKey.env]), !env.isObject {
            kinds.append(.envNotObject(line: line(of: env)))
        }
        for member in document.node(at: [ClaudeKey.env])?.members ?? [] where member.value.kind != .string {
            kinds.append(.variableNotString(member.name(in: text), line: line(of: member.value)))
        }
        if let value = document.node(at: SetupKey.command), value.kind != .string {
            kinds.append(.commandNotString(line: line(of: value)))
        }
        if command != nil {
            if !layer.isOwnedAsExpected { kinds.append(.wrongOwner) }
            if layer.isWritableByOthers { kinds.append(.writableByOthers) }
        }
        return kinds.map { SettingsProblem($0, in: layer) }
    }

    private func setting(at path: [String]) -> Setting<String>? {
        guard let node = document.node(at: path), let value = node.string(in: document.bytes.span) else { return nil }
        return Setting(value, from: .file(path: layer.path, line: line(of: node), kind: layer.kind))
    }

    private func line(of node: JSONNode) -> Int {
        TextPosition(of: node.range.lowerBound, in: document.bytes.span).line
    }
}
