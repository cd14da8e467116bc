/// What Claude Code will use, by its own precedence: managed settings, the user's, its state file, then the shell's
/// environment. Project settings are not asked: they never direct the agent.
package struct ClaudeSettings: Equatable, Sendable {
    /// The `awsAuthRefresh` command line.
    package struct Command: Equatable, Sendable {
        package var line: String
        /// Where others could have changed it: the file, or a folder or a link on the way to it. If nobody could, the user's
        /// approval is needed as well, but for root's own.
        package var openPlace: OpenPlace?

        package init(line: String, openPlace: OpenPlace? = nil) {
            self.line = line
            self.openPlace = openPlace
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
    /// The files set `PATH` for the programs that Claude Code starts.
    package private(set) var setsSearchPath: Bool
    /// Requests are not signed: a gateway does that. The variable that says so, and where.
    package private(set) var skipsAuth: Setting<String>?
    /// `AWS_ACCESS_KEY_ID` and its secret are set and no profile is, so that Claude Code uses these. Their values are
    /// not kept.
    package private(set) var accessKeys: Setting<Bool>?
    /// Another provider than Bedrock that the files choose, by the variable or key that does so.
    package private(set) var otherProvider: Setting<String>?
    /// The variables of the files that count for all that the agent does, over its environment.
    package private(set) var variables: [String: String] = [:]
    /// Where each of them comes from.
    private(set) var variableSources: [String: Provenance] = [:]
    /// What is wrong with the files, in their order.
    package private(set) var problems: [SettingsProblem]

    /// - Parameters:
    ///   - layers: the files in the order in which Claude Code reads them: `managed-settings.json`, then
    ///     `managed-settings.d/` by name, where the later one counts, and the user's. All managed ones beat the user's,
    ///     which beats the state file.
    ///   - environment: what counts where no file sets a variable, as in the shell that starts Claude Code.
    package init(layers: [SettingsLayer], environment: [String: String] = [:]) {
        problems = []
        var files: [SettingsFileReader] = []
        for layer in layers {
            let (document, problem) = layer.read()
            if let problem, layer.kind != .state || problem.stopsClaude { problems.append(problem) }
            guard let document else { continue }
            let file = SettingsFileReader(layer: layer, document: document)
            if layer.kind != .state { problems += file.problems }
            files.append(file)
        }
        func of(_ kind: SettingsLayer.Kind) -> [SettingsFileReader] { files.filter { $0.layer.kind == kind } }
        let settings = of(.managed).reversed() + of(.user)
        let precedence = settings + of(.state)

        func variable(_ name: String) -> Setting<String>? {
            for file in precedence {
                if let setting = file.variable(name) { return setting }
            }
            return environment[name].map { Setting($0, from: .environment(name)) }
        }
        // One that is empty counts as not set, and still hides those below it.
        func filled(_ name: String) -> Setting<String>? { variable(name).flatMap { $0.value.isEmpty ? nil : $0 } }
        // Of these Claude Code also takes the space away at either end. Of a profile's name it does not.
        func trimmed(_ name: String) -> Setting<String>? {
            variable(name).map { Setting(CountingEnvironment.trimmed($0.value), from: $0.source) }
                .flatMap { $0.value.isEmpty ? nil : $0 }
        }
        func regionName(_ name: String) -> Setting<String>? {
            trimmed(name).flatMap { Self.isRegion($0.value) ? $0 : nil }
        }
        func flag(_ name: String) -> Setting<Bool> {
            trimmed(name).map { Setting(Self.isOn($0.value), from: $0.source) } ?? Setting(false, from: .standard)
        }

        let bedrock = flag(ClaudeVariable.useBedrock)
        let mantle = flag(ClaudeVariable.useMantle)
        usesMantle = mantle.value
        usesBedrock = mantle.value && !bedrock.value ? mantle : bedrock
        let namedProfile = filled(AWSVariable.profile)
        profile = namedProfile ?? Setting("default", from: .standard)
        region = regionName(AWSVariable.region) ?? regionName(AWSVariable.defaultRegion)
        model =
            trimmed(ClaudeVariable.model)
            ?? settings.lazy.compactMap { $0.string(ClaudeKey.model) }.first.map {
                Setting(CountingEnvironment.trimmed($0.value), from: $0.source)
            } ?? trimmed(ClaudeVariable.defaultModel)
        for name in ClaudeVariable.modelPins {
            modelPins[name] = filled(name)
        }
        bearerToken = trimmed(ClaudeVariable.bearerToken).map { Setting(true, from: $0.source) }
        // With both on, the model decides which of the two is asked.
        let asksMantle = mantle.value && (!bedrock.value || model.map { Self.isOfMantle($0.value) } ?? false)
        let skip = asksMantle ? ClaudeVariable.skipMantleAuth : ClaudeVariable.skipBedrockAuth
        if usesBedrock.value, flag(skip).value { skipsAuth = Setting(skip, from: flag(skip).source) }
        if namedProfile == nil, let key = filled(AWSVariable.accessKeyID), filled(AWSVariable.secretAccessKey) != nil {
            accessKeys = Setting(true, from: key.source)
        }
        nodeCertificates = filled(ClaudeVariable.nodeCertificates)
        setsSearchPath = variable("PATH")?.source.path != nil
        credentialExport = settings.lazy.compactMap { $0.string(ClaudeKey.credentialExport) }.first
        awsAuthRefresh = settings.lazy.compactMap(\.command).first
        otherProvider =
            ClaudeVariable.otherProviders.lazy.map { ($0, flag($0)) }.filter { $1.value && $1.source.path != nil }
            .map { Setting($0, from: $1.source) }.first
            ?? ClaudeVariable.anthropicKeys.lazy.compactMap { name in
                filled(name).flatMap { $0.source.path == nil ? nil : Setting(name, from: $0.source) }
            }.first
        for file in precedence.reversed() where file.layer.isTrusted {
            for name in file.variableNames where CountingEnvironment.counts(name) {
                let setting = file.variable(name)
                variables[name] = setting?.value
                variableSources[name] = setting?.source
            }
        }
        guard usesBedrock.value else { return }
        for file in settings {
            guard let helper = file.string(ClaudeKey.apiKeyHelper) else { continue }
            problems.append(SettingsProblem(.apiKeyHelper(helper.source), in: file.layer))
            break
        }
    }

    /// What cannot be part of a host name Claude Code takes for no region.
    private static func isRegion(_ value: String) -> Bool {
        value.first?.isLetter == true && value.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    }

    /// Mantle's models carry no version, such as `anthropic.claude-sonnet-4-5`; Bedrock's do, or have a prefix.
    private static func isOfMantle(_ model: String) -> Bool {
        model.hasPrefix("anthropic.") && !model.contains("-v1:")
    }

    /// How Claude Code reads a switch: anything but these is off.
    static func isOn(_ value: String) -> Bool {
        ["1", "true", "yes", "on"].contains(CountingEnvironment.trimmed(value).lowercased())
    }
}
