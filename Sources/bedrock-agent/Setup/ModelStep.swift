import Host
import SessionHealth

/// Which model Claude Code will use: one of the account's inference profiles, or typed.
struct ModelStep {
    let context: SetupContext
    let signIn: SignInStep

    func choose(for chosen: ChosenProfile, in region: String) throws -> String {
        if let model = context.flags.model { return model }
        let current = context.reader.facts.claude.model
        guard let dialogue = context.dialogue else {
            guard let current else { throw Failure("no model is set: pass --model") }
            return current
        }
        let found = try models(of: chosen, in: region)
        guard !found.isEmpty else { return try type(dialogue, current) }
        let choices =
            found.map { Dialogue.Choice(Optional($0.setting), words(for: $0)) }
            + [Dialogue.Choice(String?.none, "Another one: enter its ID")]
        let selected = found.firstIndex { $0.setting == current } ?? 0
        let answer = try dialogue.choose("Which model? (\(region))", choices, selected: selected)
        return try answer ?? type(dialogue, current)
    }

    private func words(for profile: InferenceProfile) -> String {
        profile.type == "APPLICATION" ? "\(profile.name) (application inference profile)" : profile.id
    }

    /// What the account has; nothing where that cannot be learned, which is said.
    private func models(of chosen: ChosenProfile, in region: String) throws -> [InferenceProfile] {
        do {
            let listing = try list(chosen, region)
            let choices = listing.choices(in: region)
            if choices.isEmpty { context.warn("the account has no Anthropic inference profiles in \(region)") }
            return choices
        } catch let failure as NetFailure {
            try Interruption.check()
            context.warn("could not list the models: \(failure)")
            return []
        }
    }

    private func list(_ chosen: ChosenProfile, _ region: String) throws -> ModelListing {
        let bytes = try chosen.trial(for: region, in: context)
        let trial = try bytes.map { try TrialConfig($0, environment: context.environment) }
        let net = signIn.net(trial?.environment ?? [:])
        let answer = Result { try net.models(for: chosen.kind, named: chosen.name, region: region) }
        // The clocks could not know that the session was ended.
        guard case .failure(let failure as NetFailure) = answer, failure.kind == .sessionOver,
            let profile = chosen.resolved, !context.flags.noLogin, !context.flags.dryRun
        else { return try answer.get() }
        context.warn(failure.message)
        try signIn.signIn(to: profile.session, arguments: profile.signInArguments, trial: bytes)
        return try net.models(for: chosen.kind, named: chosen.name, region: region)
    }

    private func type(_ dialogue: Dialogue, _ current: String?) throws -> String {
        try dialogue.ask("Model (inference profile ID)", default: current ?? "") { text in
            if text.isEmpty { return "Required, e.g. global.anthropic.claude-opus-4-8." }
            return text.contains(where: \.isWhitespace) ? "An ID contains no spaces." : nil
        }
    }
}
