/// What Claude Code will use, by its own precedence over managed and user settings. Project settings are not asked:
/// they never direct the agent.
package struct ClaudeSettings: Equatable, Sendable {
    /// The `awsAuthRefresh` command line.
    package struct Command: Equatable, Sendable {
        package var line: String
        /// Its file is owned as expected and nobody else can write it. The user's approval is asked besides.
        package var isFromTrustedFile: Bool

        package init(line: String, isFromTrustedFile: Bool) {
            self.line = line
            self.isFromTrustedFile = isFromTrustedFile
        }
    }

    /// `CLAUDE_CODE_USE_BEDROCK` or `CLAUDE_CODE_USE_MANTLE` is on: `1`, `true`, `yes` or `on`; the source is where the
    /// answer is from, on or off.
    package private(set) var usesBedrock: Setting<Bool>
    /// `CLAUDE_CODE_USE_MANTLE` is on.
    package private(set) var usesMantle: Bool
    /// `AWS_PROFILE`, else `default`.
    package private(set) var profile: Setting<String>
    /// `AWS_REGION`, else `AWS_DEFAULT_REGION`; nil leaves it to the profile.
    package private(set) var region: Setting<String>?
    /// `ANTHROPIC_MODEL`, else the key `model`, else `ANTHROPIC_DEFAULT_MODEL`.
    package private(set) var model: Setting<String>?
    /// What the aliases stand for: `ANTHROPIC_DEFAULT_OPUS_MODEL` and its like, by name.
    package private(set) var modelPins: [String: Setting<String>] = [:]
    package private(set) var awsAuthRefresh: Setting<Command>?
    /// `AWS_BEARER_TOKEN_BEDROCK` is set. Its value is a secret and is not kept.
    package private(set) var bearerToken: Setting<Bool>?
    /// `awsCredentialExport` is set: Claude Code takes its credentials from what it prints.
    package private(set) var credentialExport: Setting<String>?
    /// `NODE_EXTRA_CA_CERTS`: certificates that Claude Code trusts besides the system's.
    package private(set) var nodeCertificates: Setting<String>?
    /// `CLAUDE_CODE_SKIP_BEDROCK_AUTH` is on: a gateway signs in, so there is no session to guard.
    package private(set) var skipsBedrockAuth: Setting<Bool>
    /// What is wrong with the files, in their order.
    package private(set) var problems: [SettingsProblem]

    /// - Parameters:
    ///   - layers: the files in the order in which Claude Code reads them: `managed-settings.json`, then
    ///     `managed-settings.d/` by name, where the later one counts, and the user's. All managed ones beat the user's.
    ///   - environment: what counts where no file sets a variable, as in the shell that starts Claude Code.
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

    /// How Claude Code reads a switch; `""` and `0` are off.
    static func isOn(_ value: String) -> Bool { ["1", "true", "yes", "on"].contains(value.lowercased()) }
}

/// The settings of one file that was read.
private struct SettingsFileReader {
    let layer: SettingsLayer
    let document: JSONDocument

    /// A variable of `env`. A value that is no string is passed over.
    func variable(_ name: String) -> Setting<String>? { setting(at: [ClaudeKey.env, name]) }

    /// A string among the top keys; empty counts as not there.
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
