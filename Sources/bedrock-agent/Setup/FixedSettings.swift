import Host
import SessionHealth

/// Settings that setup cannot write, such as a link into the Nix store: said before anything is asked, with what to put
/// there. Where they say all that setup would write, it goes on with what they say.
struct FixedSettings {
    /// What is chosen by them; nil where they can be written.
    let flags: SetupFlags?

    init(_ context: SetupContext) throws {
        guard let obstacle = WriteObstacle(to: context.paths.userSettings) else {
            flags = nil
            return
        }
        let claude = context.reader.facts.claude
        var fixed = context.flags
        fixed.profile =
            fixed.profile ?? (fixed.isNew ? nil : context.currentProfile)
        let isOther = fixed.profile != context.currentProfile
        let own = isOther ? try fixed.profile.flatMap { try context.config().ownRegion(of: $0) } : nil
        fixed.region = fixed.region ?? own ?? claude.region
        fixed.model =
            fixed.model
            ?? claude.model.flatMap { model in
                let isAllowed = context.own.config.objection(to: [.model: model]) == nil
                return fixed.region.map(ModelName(model).fits) == false || !isAllowed ? nil : model
            }
        let command = try fixed.profile.flatMap { try FixedSettings.command(for: $0, context) }
        let path = context.paths.userSettings
        let bytes = try FileContent(of: path, limit: SettingsLayer.largest)?.bytes
        let edit = try SettingsEdit(
            of: bytes, path: path, profile: fixed.profile ?? "", region: fixed.region ?? "", model: fixed.model ?? "",
            command: command, isSeparate: context.isSeparate, showsState: fixed.statusLine, hooks: fixed.hooks)
        if edit.changes.isEmpty {
            context.tell("settings", "\(obstacle); it says all that is needed")
            flags = fixed
            return
        }
        let hasAWS = (try? AWSCommand.find(context.environment)) != nil
        let usual =
            "\(hasAWS && context.flags.coalesce != true ? "aws sso" : "bedrock-agent") login --profile <profile>"
        let wanted = try SettingsEdit(
            of: nil, path: path, profile: fixed.profile ?? "<profile>", region: fixed.region ?? "<region>",
            model: fixed.model ?? context.given.models.first { ModelName($0).isPlausible } ?? "<model>",
            command: fixed.profile == nil ? usual : command, isSeparate: context.isSeparate,
            showsState: fixed.statusLine, hooks: fixed.hooks)
        throw Failure(
            "\(obstacle). Nothing was changed. Put this into what makes that file, then run bedrock-agent setup again:\n"
                + String(decoding: wanted.bytes, as: UTF8.self))
    }

    /// Nil where it is not to be set, or the profile is still to be made.
    private static func command(for name: String, _ context: SetupContext) throws -> String? {
        let config = try context.config()
        guard case .sso(let profile)? = try? config.resolve(name) else { return nil }
        let aws = try? AWSCommand.find(context.environment)
        return try CommandStep(context: context, profile: profile, config: config, aws: aws).form.line
    }
}
