/// Bedrock that only a project's own files turn on: Claude Code uses it in that folder, and the agent, which goes by user
/// and managed settings, does not guard it.
package struct ProjectBedrock {
    private let inProject: ClaudeSettings

    /// Nil where Bedrock is on anyway, or is not turned on by the project.
    /// - Parameters:
    ///   - projects: the project's files, of which a later one counts.
    ///   - layers: the other files, as `ClaudeSettings` takes them.
    package init?(_ projects: [SettingsLayer], over layers: [SettingsLayer], environment: [String: String]) {
        guard !ClaudeSettings(layers: layers, environment: environment).usesBedrock.value else { return nil }
        let asUser = projects.reversed().map { layer in
            var layer = layer
            layer.kind = .user
            return layer
        }
        let managed = layers.filter { $0.kind == .managed }
        let others = layers.filter { $0.kind != .managed }
        let settings = ClaudeSettings(layers: managed + asUser + others, environment: environment)
        guard settings.usesBedrock.value, projects.contains(where: { $0.path == settings.usesBedrock.source.path })
        else { return nil }
        inProject = settings
    }

    /// The profile whose session that needs; nil where it needs none.
    package var profile: String? { inProject.credentials.profile?.value }

    /// Where it is, and what has it guarded: the project's file stays as it is.
    package var finding: Finding {
        let source = inProject.usesBedrock.source
        let subject = source.path ?? ""
        let place =
            "Bedrock is turned on only in a project's settings (\(source)), for sessions started in that folder;"
            + " the agent guards what user and managed settings use"
        guard let profile else {
            let reason = if case .others(let reason, _) = inProject.credentials { reason } else { "" }
            return Finding(
                .onlyInProject, .info, subject: subject, message: "\(place); there, \(reason)", fix: "nothing to do")
        }
        var setup = ["bedrock-agent", "setup", "--profile", profile]
        if let region = inProject.region { setup += ["--region", region.value] }
        if let model = inProject.model { setup += ["--model", model.value] }
        if inProject.region != nil, inProject.model != nil { setup.append("--yes") }
        return Finding(
            .onlyInProject, .warning, subject: subject,
            message: "\(place), so nothing keeps the session of profile \(profile) alive",
            fix: setup.map(ShellWords.quoted).joined(separator: " "))
    }
}
