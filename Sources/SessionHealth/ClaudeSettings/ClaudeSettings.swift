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
    package private(set) var findings: [Finding]

    /// - Parameters:
    ///   - layers: the files in the order in which Claude Code reads them: `managed-settings.json`, then
    ///     `managed-settings.d/` by name, where the later one counts, and the user's. All managed ones beat the user's.
    ///   - environment: what counts where no file sets a variable, as in the shell that starts Claude Code.
    package init(layers: [SettingsLayer], environment: [String: String] = [:]) {
        findings = []
        var files: [SettingsFileReader] = []
        for layer in layers {
            let (document, finding) = layer.read()
            if let finding { findings.append(finding) }
            guard let document else { continue }
            let file = SettingsFileReader(layer: layer, document: document)
            findings += file.findings
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

        let bedrock = flag("CLAUDE_CODE_USE_BEDROCK")
        let mantle = flag("CLAUDE_CODE_USE_MANTLE")
        usesMantle = mantle.value
        usesBedrock = mantle.value && !bedrock.value ? mantle : bedrock
        profile = filled("AWS_PROFILE") ?? Setting("default", from: .standard)
        region = filled("AWS_REGION") ?? filled("AWS_DEFAULT_REGION")
        model =
            filled("ANTHROPIC_MODEL") ?? precedence.lazy.compactMap { $0.string("model") }.first
            ?? filled("ANTHROPIC_DEFAULT_MODEL")
        for name in ["OPUS", "SONNET", "HAIKU", "FABLE"].map({ "ANTHROPIC_DEFAULT_\($0)_MODEL" }) {
            modelPins[name] = filled(name)
        }
        bearerToken = filled("AWS_BEARER_TOKEN_BEDROCK").map { Setting(true, from: $0.source) }
        skipsBedrockAuth = flag("CLAUDE_CODE_SKIP_BEDROCK_AUTH")
        nodeCertificates = filled("NODE_EXTRA_CA_CERTS")
        credentialExport = precedence.lazy.compactMap { $0.string("awsCredentialExport") }.first
        awsAuthRefresh = precedence.lazy.compactMap(\.command).first
        if usesBedrock.value, let helper = precedence.lazy.compactMap({ $0.string("apiKeyHelper") }).first {
            let message = "apiKeyHelper (\(helper.source)) is not for Bedrock: before 2.1.101 its header broke requests"
            let fix = "remove apiKeyHelper, or use Claude Code 2.1.101 or later"
            let subject = helper.source.path ?? ""
            findings.append(Finding(.apiKeyHelper, .warning, subject: subject, message: message, fix: fix))
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
    func variable(_ name: String) -> Setting<String>? { setting(at: ["env", name]) }

    /// A string among the top keys; empty counts as not there.
    func string(_ key: String) -> Setting<String>? { setting(at: [key]).flatMap { $0.value.isEmpty ? nil : $0 } }

    var command: Setting<ClaudeSettings.Command>? {
        string("awsAuthRefresh").map {
            Setting(
                ClaudeSettings.Command(
                    line: $0.value, isFromTrustedFile: layer.isOwnedAsExpected && !layer.isWritableByOthers),
                from: $0.source)
        }
    }

    var findings: [Finding] {
        var findings: [Finding] = []
        let text = document.bytes.span
        if let env = document.node(at: ["env"]), !env.isObject {
            findings.append(wrong("env", env, "an object", code: .settingsEnvNotObject))
        }
        for member in document.node(at: ["env"])?.members ?? [] where member.value.kind != .string {
            let name = member.name(in: text)
            findings.append(wrong("env.\(name)", member.value, "a string", code: .settingsEnvNotString))
        }
        if let value = document.node(at: ["awsAuthRefresh"]), value.kind != .string {
            findings.append(wrong("awsAuthRefresh", value, "a string", code: .settingsCommandNotString))
        }
        guard command != nil else { return findings }
        let owner = layer.kind == .managed ? "root" : "you"
        if !layer.isOwnedAsExpected {
            let message = "\(layer.path) is not owned by \(owner), so its awsAuthRefresh is not run"
            let user = layer.kind == .managed ? "root" : "\"$(id -u)\""
            let fix = "sudo chown \(user) \(AuthRefresh.quoted(layer.path))"
            findings.append(layer.finding(.settingsWrongOwner, .error, message, fix: fix))
        }
        if layer.isWritableByOthers {
            let message = "\(layer.path) can be written by others, so its awsAuthRefresh is not run"
            let fix = "chmod go-w \(AuthRefresh.quoted(layer.path))"
            findings.append(layer.finding(.settingsWritableByOthers, .error, message, fix: fix))
        }
        return findings
    }

    private func setting(at path: [String]) -> Setting<String>? {
        guard let node = document.node(at: path), let value = node.string(in: document.bytes.span) else { return nil }
        return Setting(value, from: .file(path: layer.path, line: line(of: node), kind: layer.kind))
    }

    private func line(of node: JSONNode) -> Int {
        TextPosition(of: node.range.lowerBound, in: document.bytes.span).line
    }

    private func wrong(_ key: String, _ node: JSONNode, _ expected: String, code: Finding.Code) -> Finding {
        let line = line(of: node)
        let message = "\(layer.path), line \(line): \(key) is not \(expected)"
        return layer.finding(code, .error, message, fix: "make \(key) in \(layer.path) \(expected)")
    }
}
