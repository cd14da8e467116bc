/// What takes the place of the user's settings of Claude Code, or looks as if it did: managed files, a project's files,
/// and variables that the shell exports.
package struct SettingsShadows {
    private let settings: ClaudeSettings
    /// What counts by managed and user settings: value and source of each variable that `setup` writes.
    private let effective: [(name: String, value: String, source: Provenance)]

    package init(_ settings: ClaudeSettings) {
        self.settings = settings
        var effective = [(AWSVariable.profile, settings.profile.value, settings.profile.source)]
        if let region = settings.region { effective.append((AWSVariable.region, region.value, region.source)) }
        if let model = settings.model { effective.append((ClaudeVariable.model, model.value, model.source)) }
        self.effective = effective
    }

    /// What a project's `settings.json` or `settings.local.json` sets otherwise for sessions started in its folder.
    /// Nothing where Bedrock is off everywhere else: there is nothing to take the place of.
    package func findings(ofProject layer: SettingsLayer) -> [Finding] {
        guard settings.usesBedrock.value, let document = layer.read().document else { return [] }
        var findings = effective.compactMap { name, value, source -> Finding? in
            guard !isManaged(source), let other = document.string(at: [ClaudeKey.env, name]), other != value else {
                return nil
            }
            let what = "\(name) to \(other)"
            if source == .standard {
                return only(layer, document, [ClaudeKey.env, name], what, profile: other)
            }
            return shadowed(layer, document, [ClaudeKey.env, name], what, "\(value) (\(source))")
        }
        for name in [ClaudeVariable.useBedrock, ClaudeVariable.bearerToken, AWSVariable.accessKeyID] {
            guard !isManaged(settings.usesBedrock.source), let other = document.string(at: [ClaudeKey.env, name]) else {
                continue
            }
            let isBedrock = name == ClaudeVariable.useBedrock
            // Of the others the value is a secret.
            guard isBedrock ? ClaudeSettings.isOn(other) != settings.usesBedrock.value : !other.isEmpty else {
                continue
            }
            findings.append(
                shadowed(layer, document, [ClaudeKey.env, name], isBedrock ? "\(name) to \(other)" : name, "another"))
        }
        if let line = document.string(at: SetupKey.command), !isManaged(settings.awsAuthRefresh?.source),
            line != settings.awsAuthRefresh?.value.line
        {
            let what = "awsAuthRefresh to \(CommandMask.shown(line))"
            findings.append(
                settings.awsAuthRefresh.map {
                    let other = "\(CommandMask.shown($0.value.line)) (\($0.source))"
                    return shadowed(layer, document, SetupKey.command, what, other)
                } ?? only(layer, document, SetupKey.command, what, profile: settings.profile.value))
        }
        return findings
    }

    private func line(of path: [String], in document: JSONDocument) -> Int {
        TextPosition(of: document.node(at: path)?.range.lowerBound ?? 0, in: document.bytes.span).line
    }

    /// What is set nowhere else must not be lost.
    private func only(
        _ layer: SettingsLayer, _ document: JSONDocument, _ path: [String], _ what: String, profile: String
    ) -> Finding {
        Finding(
            .shadowedByProject, .warning, subject: layer.path,
            message: "\(layer.path), line \(line(of: path, in: document)) sets \(what) for sessions started here only;"
                + " the agent goes by user and managed settings, which set none",
            fix: "bedrock-agent setup --profile \(ShellWords.quoted(profile))")
    }

    private func shadowed(
        _ layer: SettingsLayer, _ document: JSONDocument, _ path: [String], _ what: String, _ ours: String
    ) -> Finding {
        Finding(
            .shadowedByProject, .warning, subject: layer.path,
            message:
                "\(layer.path), line \(line(of: path, in: document)) sets \(what) for sessions started here; your settings say \(ours)",
            fix: "remove \(path.joined(separator: ".")) from \(layer.path)")
    }

    /// What the user's own file sets and a managed one sets otherwise.
    package func findings(ofUser layer: SettingsLayer) -> [Finding] {
        guard let document = layer.read().document else { return [] }
        var set = effective.map { (path: [ClaudeKey.env, $0.name], value: $0.value, source: $0.source) }
        if let command = settings.awsAuthRefresh {
            set.append((SetupKey.command, command.value.line, command.source))
        }
        return set.compactMap { path, value, source in
            guard isManaged(source), let own = document.string(at: path), own != value else { return nil }
            let key = path.joined(separator: ".")
            let words = [own, value].map { path == SetupKey.command ? CommandMask.shown($0) : $0 }
            return Finding(
                .shadowedByManaged, .warning, subject: source.path ?? "",
                message: "\(layer.path) sets \(key) to \(words[0]), but managed settings override it with \(words[1])"
                    + " (\(source))",
                fix: "remove \(key) from \(layer.path), or ask whoever manages this machine")
        }
    }

    /// What the shell exports otherwise: Claude Code goes by its settings, and everything else here by the shell.
    package func findings(ofShell environment: [String: String]) -> [Finding] {
        var findings: [Finding] = []
        let inFiles = effective.filter { $0.source.path != nil }
        let names = inFiles.map { ($0.name, $0) } + inFiles.prefix(1).map { (AWSVariable.defaultProfile, $0) }
        for (name, ours) in names {
            guard let value = environment[name], !value.isEmpty, value != ours.value else { continue }
            let reader = name == AWSVariable.defaultProfile ? "boto3" : "every other program"
            findings.append(
                Finding(
                    .exportedDifferently, .warning, subject: name,
                    message: "\(name) is exported as \(value), which \(reader) in this shell uses;"
                        + " Claude Code uses \(ours.value) (\(ours.source))",
                    fix: "unset \(name)"))
        }
        let keys = [AWSVariable.accessKeyID, AWSVariable.secretAccessKey, AWSVariable.sessionToken].filter {
            environment[$0]?.isEmpty == false
        }
        if keys.contains(AWSVariable.accessKeyID) || keys.contains(AWSVariable.secretAccessKey) {
            findings.append(
                Finding(
                    .accessKeysExported, .warning, subject: keys[0],
                    message:
                        "\(keys.joined(separator: " and ")) are exported: AWS programs prefer them to"
                        + " \(AWSVariable.profile)",
                    fix: "unset \(keys.joined(separator: " "))"))
        }
        return findings
    }

    private func isManaged(_ source: Provenance?) -> Bool {
        guard case .file(_, _, .managed)? = source else { return false }
        return true
    }
}
