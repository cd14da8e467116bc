import FoundationEssentials
import Host
import SessionHealth

/// Writes what setup decided.
struct SetupApply {
    private let plan: SetupPlan
    private let context: SetupContext
    private let files: [FileDifference]
    /// What the shell exports and the daemon will need.
    private let exported: [String: String]?

    init(_ plan: SetupPlan, _ context: SetupContext) throws {
        self.plan = plan
        self.context = context
        var files: [FileDifference] = []
        if let edit = plan.edit {
            let before = try context.configBytes()
            files.append(FileDifference(path: context.configPath, before: before, after: try edit(before).bytes))
        }
        let path = context.paths.userSettings
        let before = try FileContent(of: path, limit: SettingsLayer.largest)?.bytes
        let after = try plan.settings(before, path: path).bytes
        files.append(FileDifference(path: path, before: before, after: after))
        if !context.folder.isUsual, !context.isFolderGuardedByRoot {
            // Last: once it names the folder, the daemon reads that.
            let path = context.paths.config
            let before = try FileContent(of: path, limit: SettingsLayer.largest)?.bytes
            let after = try context.guardsFolder(before).bytes
            files.append(FileDifference(path: path, before: before, after: after))
        }
        self.files = files
        exported = KeptEnvironment(context.paths).change(to: context.shell)
    }

    var changesSomething: Bool { files.contains { !$0.isNothing } || exported != nil }

    private var hasManager: Bool { UserManager.runs(context.paths) }

    private var enablesService: Bool { !context.flags.noEnable && plan.chosen.resolved != nil }

    /// That Claude Code will use; nil without one.
    var session: SSOSession? { plan.chosen.resolved?.session }

    func showChanges() {
        say("")
        report(signedIn: []).summary.forEach(context.tell)
        for file in files {
            say("")
            guard !file.isNothing else {
                say("\(file.path.printable): nothing to change")
                continue
            }
            showDiff(of: file.path, from: file.before, to: file.after)
        }
        say("")
        for warning in shadows() { context.warn("warning: \(warning)") }
        if let command = plan.command, plan.approvesCommand {
            context.tell("also", "the agent may run: \(command)")
        }
        if let exported { context.tell("also", kept(exported)) }
        guard enablesService else { return }
        context.tell(
            "also",
            hasManager
                ? "the user service bedrock-agent will be enabled and started"
                : "systemd runs no services for you here: you start bedrock-agent daemon by hand, as is shown at the end"
        )
    }

    private func kept(_ exported: [String: String]) -> String {
        exported.isEmpty
            ? "the daemon forgets the variables that were kept for it: this shell exports none of them"
            : "kept for the daemon as this shell exports them: \(exported.keys.sorted().joined(separator: ", "))"
    }

    /// - Parameter names: of the sessions that were signed in to.
    func report(signedIn names: Set<String>) -> SetupReport {
        SetupReport(
            dryRun: context.flags.dryRun, profile: plan.chosen.name, session: plan.chosen.resolved?.session.name,
            kind: plan.chosen.resolved?.session.kind.rawValue, account: plan.chosen.resolved?.accountID,
            role: plan.chosen.resolved?.roleName, region: plan.region, model: plan.model,
            awsAuthRefresh: plan.command, signedIn: session.map { names.contains($0.name) } ?? false,
            files: files.map { file in
                SetupReport.File(
                    path: file.path, isNew: file.before == nil, changed: !file.isNothing,
                    diff: TextDiff(from: file.before, to: file.after, width: .max).lines.map(\.text))
            }, changed: changesSomething)
    }

    /// Writes the files, approves the command and enables the service.
    /// - Returns: the report, completed.
    func run(_ report: SetupReport) throws -> SetupReport {
        var report = report
        let edits = FileEdits(context.paths)
        edits.sweep()
        if let exported { try KeptEnvironment(context.paths).keep(exported) }
        // Before the file changes: a running daemon would report it as unapproved.
        if let command = plan.command, plan.approvesCommand { try edits.approve(command) }
        if context.flags.isSwitch { try keepPreviousUse() }
        for (index, file) in files.enumerated() where !file.isNothing {
            do {
                report.files[index].backup = try write(file.path, edits)
            } catch {
                guard let done = files[..<index].first(where: { !$0.isNothing }) else { throw error }
                throw Failure(
                    "\(error)\n\(done.path) has already been changed: run setup again, or undo it with bedrock-agent reset"
                )
            }
        }
        try? GoodSettings(of: context.paths.userSettings, stateFolder: context.paths.stateFolder).keep()
        if enablesService {
            report.problem = hasManager ? UserService.enable(context.paths) : nil
            report.service = !hasManager ? .noManager : report.problem == nil ? .enabled : .failed
        }
        return report
    }

    /// For `use -`. Before the switch: one that is killed has not lost the way back.
    private func keepPreviousUse() throws {
        let claude = context.reader.facts.claude
        guard let profile = claude.profile, profile != plan.chosen.name else { return }
        try PreviousUse(profile: profile, region: claude.region, model: claude.model).keep(context.paths)
    }

    private func write(_ path: String, _ edits: FileEdits) throws -> String? {
        if path == context.configPath, let edit = plan.edit {
            return try edits.apply(to: path, limit: AWSFiles.limit, at: context.clock.now.wall, edit).outcome.backup
        }
        if path == context.paths.config {
            return try edits.apply(
                to: path, limit: SettingsLayer.largest, at: context.clock.now.wall, context.guardsFolder
            ).outcome.backup
        }
        return try edits.apply(to: path, limit: SettingsLayer.largest, at: context.clock.now.wall) { bytes in
            try plan.settings(bytes, path: path)
        }.outcome.backup
    }

    /// Settings that override the user's own, by Claude Code's precedence.
    private func shadows() -> [String] {
        let path = context.paths.userSettings
        var layers = context.folder.settingsFiles.layers()
        for index in layers.indices where layers[index].path == path {
            layers[index].content = .bytes(files.first { $0.path == path }?.after ?? [])
        }
        let settings = ClaudeSettings(layers: layers)
        func shadow<Value: Equatable>(_ key: String, _ setting: Setting<Value>?, _ isOurs: (Value) -> Bool) -> String? {
            guard let setting, !isOurs(setting.value), setting.source.path != path else { return nil }
            return "\(setting.source) sets \(key), which overrides what is written here: ask whoever manages that file"
        }
        return [
            shadow(ClaudeVariable.useBedrock, settings.usesBedrock) { $0 },
            shadow(AWSVariable.profile, settings.profile) { plan.isSeparate || $0 == plan.chosen.name },
            shadow(ClaudeKey.credentialExport, settings.credentialExport) {
                !plan.isSeparate || CredentialExport($0)?.profile == plan.chosen.name
            },
            shadow(AWSVariable.region, settings.region) { $0 == plan.region },
            shadow(ClaudeVariable.model, settings.model) { $0 == plan.model },
            shadow(ClaudeKey.authRefresh, settings.awsAuthRefresh) { plan.command == nil || $0.line == plan.command },
            settings.bearerToken.map {
                "\($0.source) sets \(ClaudeVariable.bearerToken), so Claude Code does not use the session:"
                    + " remove it there"
            },
        ].compactMap(\.self)
    }
}
