import Host
import SessionHealth

/// The model that is set does not go with another profile or region.
struct ModelMissing: Error, CustomStringConvertible {
    let region: String
    let description: String
}

/// Which model Claude Code will use: one of the account's inference profiles, or typed.
struct ModelStep {
    let context: SetupContext
    let signIn: SignInStep

    private var flags: SetupFlags { context.flags }

    func choose(for chosen: ChosenProfile, in region: String) throws -> String {
        let claude = context.reader.facts.claude
        let stays = context.currentProfile == chosen.name && claude.region == region
        if let model = flags.model {
            return try stays && model == claude.model ? model : checked(model, for: chosen, in: region)
        }
        guard let dialogue = context.dialogue else {
            guard let current = claude.model else { throw Failure("no model is set: pass --model") }
            return try stays ? current : fitted(current, for: chosen, in: region)
        }
        let listing = try shown(of: chosen, in: region)
        let found = listing?.choices(in: region) ?? []
        guard !found.isEmpty else { return try type(dialogue, claude.model) }
        let choices =
            found.map { Dialogue.Choice(Optional($0.setting), cells: cells(for: $0)) }
            + [Dialogue.Choice(String?.none, "Another one: enter its ID")]
        if found.contains(where: { ModelName($0.id).geography == "global" }) {
            context.tell(
                "",
                "IDs that begin with global. run in any region with capacity; us., eu. and so on stay in that geography"
            )
        }
        let current = claude.model.map(ModelName.init)
        let same = current.flatMap { listing?.entry(for: $0)?.setting ?? listing?.equivalent(of: $0, in: region) }
        let selected = found.firstIndex { $0.setting == same } ?? 0
        let answer = try dialogue.choose("Which model? (\(region))", choices, selected: selected)
        return try answer ?? type(dialogue, claude.model, listing)
    }

    private func cells(for profile: InferenceProfile) -> [String] {
        profile.type == "APPLICATION"
            ? [profile.name, "application inference profile"] : [profile.id, profile.modelName ?? ""]
    }

    // MARK: Without questions

    /// One that was named. Where the list cannot be had it is taken as it is, which is said.
    private func checked(_ model: String, for chosen: ChosenProfile, in region: String) throws -> String {
        let name = ModelName(model)
        guard !flags.force, !name.isAlias else { return model }
        guard let listing = try listing(of: chosen, in: region, unlisted: { notChecked(model, $0) }) else {
            return model
        }
        guard listing.admits(name) else {
            let other = words(for: listing, instead: name, in: region)
            throw Failure(
                "--model \(model): profile \(chosen.name) has no such inference profile in \(region)\(other);"
                    + " --force writes it all the same")
        }
        return model
    }

    /// The one that is set, for another profile or region than before: under another prefix, where it needs that.
    /// - Throws: `ModelMissing` where there is none.
    private func fitted(_ model: String, for chosen: ChosenProfile, in region: String) throws -> String {
        let name = ModelName(model)
        guard !flags.force, !name.isAlias else { return model }
        let listing = try listing(of: chosen, in: region) { failure in
            guard name.fits(region) else {
                throw ModelMissing(
                    region: region,
                    description: "the model that is set, \(model), cannot be used in \(region), and the models there"
                        + " could not be listed (\(failure.message)): pass --model")
            }
            notChecked(model, failure)
        }
        guard let listing else { return model }
        if listing.admits(name) { return model }
        if let other = listing.equivalent(of: name, in: region) {
            context.tell("model", "\(model) is not offered in \(region); the same model there is \(other)")
            return other
        }
        throw ModelMissing(
            region: region,
            description:
                "the model that is set, \(model), is no inference profile of profile \(chosen.name) in \(region)"
                + "\(words(for: listing, instead: name, in: region)); pass --model, or --force to keep it")
    }

    private func words(for listing: ModelListing, instead name: ModelName, in region: String) -> String {
        let others = listing.alternatives(to: name, in: region)
        return others.isEmpty ? ", nor any other of Anthropic's" : "; closest: \(others.joined(separator: ", "))"
    }

    // MARK: With questions

    /// What the account has, or nothing, which is said.
    private func shown(of chosen: ChosenProfile, in region: String) throws -> ModelListing? {
        let listing = try listing(of: chosen, in: region) { context.warn("could not list the models: \($0)") }
        if listing?.choices(in: region).isEmpty == true {
            context.warn("the account has no Anthropic inference profiles in \(region)")
        }
        return listing
    }

    private func type(_ dialogue: Dialogue, _ current: String?, _ listing: ModelListing? = nil) throws -> String {
        try dialogue.ask("Model (inference profile ID)", default: current ?? "") { text in
            if text.isEmpty { return "Required, e.g. global.anthropic.claude-opus-4-8." }
            if text.contains(where: \.isWhitespace) { return "An ID contains no spaces." }
            guard !flags.force, let listing, !listing.admits(ModelName(text)) else { return nil }
            return listing.nearest(to: ModelName(text)).first.map { "Not listed; closest: \($0)" }
                ?? "Your account does not list it (setup --force accepts it)."
        }
    }

    // MARK: The list

    /// What the account has; nil where that cannot be learned.
    /// - Parameter unlisted: gets why; may throw.
    private func listing(
        of chosen: ChosenProfile, in region: String, unlisted: (NetFailure) throws -> Void
    ) throws -> ModelListing? {
        do {
            return try list(chosen, region)
        } catch let failure as NetFailure {
            try Interruption.check()
            try unlisted(failure)
            return nil
        }
    }

    private func notChecked(_ model: String, _ failure: NetFailure) {
        context.warn("\(model) was not checked: \(failure.message)")
    }

    private func list(_ chosen: ChosenProfile, _ region: String) throws -> ModelListing {
        let bytes = try chosen.trial(for: region, in: context)
        let key =
            "\(chosen.name) \(region) \(chosen.resolved?.accountID ?? "") \(chosen.resolved?.roleName ?? "")"
            + " \(chosen.resolved?.session.startURL ?? "")"
        return try signIn.models.value(key) { try ask(chosen, region, bytes) }
    }

    private func ask(_ chosen: ChosenProfile, _ region: String, _ bytes: [UInt8]?) throws -> ModelListing {
        let trial = try bytes.map { try TrialConfig($0, environment: context.environment) }
        let net = signIn.net(trial?.environment ?? [:])
        let answer = Result { try net.models(for: chosen.kind, named: chosen.name, region: region) }
        // The clocks could not know that the session was ended.
        guard case .failure(let failure as NetFailure) = answer, failure.kind == .sessionOver,
            let profile = chosen.resolved, !flags.noLogin, !flags.dryRun
        else { return try answer.get() }
        context.warn(failure.message)
        try signIn.signIn(to: profile.session, for: profile)
        return try net.models(for: chosen.kind, named: chosen.name, region: region)
    }
}
