/// What `setup` certainly wrote in Claude Code's user settings, found without its record.
///
/// The command decides: it is certainly ours if it is `bedrock-agent login`, or the sign-in to the very profile that
/// the settings name. In the second case, the profile is ours too; and if Bedrock is also on, so is everything else
/// that `setup` writes.
package struct UnrecordedSetup: Equatable, Sendable {
    /// Empty if nothing is certain.
    package private(set) var changes: [SettingsEdit.Change] = []
    package private(set) var command: String?

    /// - Parameters:
    ///   - bytes: the current settings.
    ///   - config: if readable; needed for a command that names the session of a chained profile.
    ///   - backups: the settings from before our changes, newest first. Values are restored from the first one without
    ///     the command.
    package init(in bytes: [UInt8], config: AWSConfig?, backups: [[UInt8]]) {
        guard let document = try? JSONDocument(parsing: bytes), let line = document.string(at: SetupKey.command) else {
            return
        }
        let export = document.string(at: SetupKey.export).flatMap { CredentialExport($0) }
        let profile = document.string(at: SetupKey.profile) ?? export?.profile
        let refresh = AuthRefresh(line)
        let isOfProfile = profile.map { Self.signs(refresh, inTo: $0, config) } ?? false
        guard refresh.callsOnUs || isOfProfile else { return }
        command = line
        var keys = [SetupKey.command]
        let isSwitchedOn = document.string(at: SetupKey.useBedrock) == "1"
        if isSwitchedOn { keys.append(SetupKey.useBedrock) }
        if isOfProfile {
            keys.append(export == nil ? SetupKey.profile : SetupKey.export)
            if isSwitchedOn { keys += [SetupKey.region, SetupKey.model] }
        }
        let before = backups.lazy.compactMap { try? JSONDocument(parsing: $0) }
            .first { $0.string(at: SetupKey.command) != line }
        let addsParent = before?.node(at: [ClaudeKey.env]) == nil
        for key in keys where document.string(at: key) != nil {
            let old = before?.spelling(at: key)
            guard !document.holds(old, at: key) else { continue }
            changes.append(
                SettingsEdit.Change(
                    path: key, old: old, new: document.spelling(at: key), addsParent: key.count > 1 && addsParent))
        }
        if let change = StatusLineSetting.change(in: document, since: before) { changes.append(change) }
        changes += HooksSetting.changes(in: document, since: before)
    }

    /// Whether it is the command that `setup` writes for a profile.
    private static func signs(_ refresh: AuthRefresh, inTo profile: String, _ config: AWSConfig?) -> Bool {
        let name = ShellWords.quoted(profile)
        let ours = AuthRefresh.login(as: profile)
        if ["aws sso login --profile \(name)", ours, AuthRefresh.ifNeeded(ours)].contains(refresh.line) {
            return true
        }
        guard case .sso(let resolved)? = try? config?.resolve(profile) else { return false }
        return [false, true].contains { refresh.line == AuthRefresh.signIn(to: resolved, byCode: $0) }
    }
}
