import Host
import SessionHealth

/// The questions of `setup`, in order; each is answered by a flag, by what is already set, or by the person.
/// Nothing is written except the tokens of a sign-in.
struct SetupWalk {
    let context: SetupContext
    let signIn: SignInStep

    func plan() throws -> SetupPlan {
        try refuseBadFiles()
        try findAWS()
        let chosen = try ProfileStep(context: context, signIn: signIn).choose()
        let region = try region(for: chosen)
        context.tell("region", region)
        if let profile = chosen.resolved, !context.flags.noLogin, !context.flags.dryRun {
            let trial = try chosen.trial(for: region, in: context)
            try signIn.makeSure(of: profile.session, arguments: profile.signInArguments, trial: trial)
        }
        let model = try ModelStep(context: context, signIn: signIn).choose(for: chosen, in: region)
        context.tell("model", model)
        return SetupPlan(chosen: chosen, region: region, model: model, command: chosen.resolved.map(command))
    }

    /// Files that could not be edited in the end are refused before anything is asked.
    private func refuseBadFiles() throws {
        let path = context.paths.userSettings
        let bytes = try FileContent(of: path, limit: SettingsLayer.largest)?.bytes
        _ = try SettingsEdit(of: bytes, path: path, profile: "", region: "", model: "", command: "")
        _ = try context.config()
    }

    private func command(for profile: ResolvedProfile) -> String {
        context.flags.coalesce ? AuthRefresh.coalesced(for: profile) : AuthRefresh.signIn(to: profile)
    }

    /// With somebody there to install it, looks again after asking.
    private func findAWS() throws {
        while true {
            do {
                let aws = try AWSCommand.find(context.environment)
                return context.tell("AWS CLI", "\(aws.version) (\(aws.path))")
            } catch {
                guard let dialogue = context.dialogue else { throw error }
                context.warn("\(error)")
                guard try dialogue.confirm("Is it installed now?", yes: "Check again", no: "Cancel") else {
                    throw Cancelled()
                }
            }
        }
    }

    private func region(for chosen: ChosenProfile) throws -> String {
        if let region = context.flags.region { return region }
        let claude = context.reader.facts.claude
        guard let dialogue = context.dialogue else {
            guard let region = claude.region else { throw Failure("no Bedrock region is set: pass --region") }
            return region
        }
        let recommended = [
            claude.usesBedrock ? claude.region : nil, chosen.resolved?.region, claude.region,
            chosen.resolved?.session.region,
        ]
        return try RegionQuestion(dialogue: dialogue, recommended: recommended)
            .ask("Which region do you use Bedrock in?")
    }
}
