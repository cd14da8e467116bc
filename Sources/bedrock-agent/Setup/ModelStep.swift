import Host
import SessionHealth

/// The model that is set does not go with another profile or region.
struct ModelMissing: Error, CustomStringConvertible {
    let region: String
    let description: String
}

/// A region in which the account has models, where the one that was asked for has none.
struct OtherRegion {
    let name: String
    let listing: ModelListing

    var count: Int { listing.choices(in: name).count }

    /// How many, for people.
    var models: String { count == 1 ? "1 model" : "\(count) models" }
}

/// Which model Claude Code will use: one of the account's inference profiles, or typed.
struct ModelStep {
    let context: SetupContext
    let signIn: SignInStep

    private var flags: SetupFlags { context.flags }

    /// - Returns: the model, and the region: where that has no models, the person may take another one.
    func choose(for chosen: ChosenProfile, in region: String) throws -> (region: String, model: String) {
        let choice = try anyModel(for: chosen, in: region)
        try refuseLocked(choice.model, for: chosen, in: choice.region)
        return choice
    }

    private func anyModel(for chosen: ChosenProfile, in region: String) throws -> (region: String, model: String) {
        let claude = context.reader.facts.claude
        let stays = context.currentProfile == chosen.name && claude.region == region
        if let model = flags.model {
            return (region, try stays && model == claude.model ? model : checked(model, for: chosen, in: region))
        }
        if let model = try given(for: chosen, in: region, current: stays ? claude.model : nil) {
            return (region, model)
        }
        guard let dialogue = context.dialogue else {
            guard let current = claude.model else { throw Failure("no model is set: pass --model") }
            return (region, try stays ? current : fitted(current, for: chosen, in: region))
        }
        let listing = try shown(of: chosen, in: region)
        guard let listing else { return (region, try type(dialogue, claude.model, in: region)) }
        let found = listing.choices(in: region)
        guard !found.isEmpty else { return try insteadOf(region, dialogue, chosen) }
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
        let same = current.flatMap { listing.entry(for: $0)?.setting ?? listing.equivalent(of: $0, in: region) }
        let selected = found.firstIndex { $0.setting == same } ?? 0
        let answer = try dialogue.choose("Which model? (\(region))", choices, selected: selected)
        return (region, try answer ?? type(dialogue, claude.model, in: region, listing))
    }

    private enum Instead {
        case use(OtherRegion)
        case ask, type
    }

    /// Of a region without models, the way out.
    private func insteadOf(
        _ region: String, _ dialogue: Dialogue, _ chosen: ChosenProfile
    ) throws -> (region: String, model: String) {
        if context.own.config.isLocked(.region) {
            return (region, try type(dialogue, context.reader.facts.claude.model, in: region))
        }
        let other = try other(than: region, for: chosen)
        if other == nil { context.warn("nor in the usual ones: \(ModelCheck.askForAccess)") }
        let answer = try dialogue.choose(
            "What instead of \(region)?",
            (other.map { [.init(Instead.use($0), "Use \($0.name) (\($0.models))")] } ?? [])
                + [.init(.ask, "Another region"), .init(.type, "Enter a model ID")])
        switch answer {
        case .type: return (region, try type(dialogue, context.reader.facts.claude.model, in: region))
        case .use(let other):
            context.tell("region", other.name)
            return try anyModel(for: chosen, in: other.name)
        case .ask:
            guard flags.region != nil else { throw GoBack(question: SetupWalk.regionQuestion) }
            let next = try RegionQuestion(dialogue: dialogue, name: "Bedrock region", first: [(other?.name, "")])
                .ask("Which region instead of \(region)?")
            context.tell("region", next)
            return try anyModel(for: chosen, in: next)
        }
    }

    private func cells(for profile: InferenceProfile) -> [String] {
        profile.type == "APPLICATION"
            ? [profile.name, "application inference profile"] : [profile.id, profile.modelName ?? ""]
    }

    // MARK: Without questions

    /// One that was named. Where the list cannot be had it is taken as it is, which is said.
    private func checked(_ model: String, for chosen: ChosenProfile, in region: String) throws -> String {
        let name = ModelName(model)
        guard !flags.force else { return model }
        warnIfImplausible(name)
        guard !name.isAlias, let listing = try listing(of: chosen, in: region, unlisted: { notChecked(model, $0) })
        else { return model }
        guard listing.admits(name) else {
            let other = try words(for: listing, instead: name, chosen, in: region)
            throw Failure(
                "--model \(model): profile \(chosen.name) has no such inference profile in \(region)\(other);"
                    + " --force writes it all the same")
        }
        warnIfOnDemand(name, listing, in: region)
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
        if listing.admits(name) {
            warnIfOnDemand(name, listing, in: region)
            return model
        }
        if let other = listing.equivalent(of: name, in: region) {
            context.tell("model", "\(model) is not offered in \(region); the same model there is \(other)")
            return other
        }
        throw ModelMissing(
            region: region,
            description:
                "the model that is set, \(model), is no inference profile of profile \(chosen.name) in \(region)"
                + "\(try words(for: listing, instead: name, chosen, in: region)); pass --model, or --force to keep it")
    }

    private func words(
        for listing: ModelListing, instead name: ModelName, _ chosen: ChosenProfile, in region: String
    ) throws -> String {
        let others = listing.alternatives(to: name, in: region)
        guard others.isEmpty else { return "; closest: \(others.joined(separator: ", "))" }
        guard let other = try other(than: region, for: chosen) else {
            return ", nor any other of Anthropic's there or in the usual regions: \(ModelCheck.askForAccess)"
        }
        let model = other.listing.admits(name) ? nil : other.listing.alternatives(to: name, in: other.name).first
        return ", nor any other of Anthropic's; \(other.name) has \(other.models): pass --region \(other.name)"
            + (model.map { " --model \(ShellWords.quoted($0))" } ?? "")
    }

    /// A word may be an alias of a later version of Claude Code.
    private func warnIfImplausible(_ name: ModelName) {
        guard !name.isPlausible else { return }
        context.warn(
            "\(name.base) does not look like a model: IDs contain anthropic., and aliases of Claude Code's are opus, sonnet"
                + " and haiku; it was not checked")
    }

    /// A foundation model that the account lists inference profiles of.
    private func warnIfOnDemand(_ name: ModelName, _ listing: ModelListing, in region: String) {
        guard let profile = listing.profile(insteadOf: name, in: region) else { return }
        context.warn(
            "\(name.base) is a foundation model, which Bedrock usually takes only by an inference profile: \(profile)")
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

    private func type(
        _ dialogue: Dialogue, _ current: String?, in region: String, _ listing: ModelListing? = nil
    ) throws -> String {
        let model = try dialogue.ask("Model (inference profile ID)", default: current ?? "") { text in
            if text.isEmpty { return "Required, e.g. global.anthropic.claude-opus-4-8." }
            if text.contains(where: \.isWhitespace) { return "An ID contains no spaces." }
            guard !flags.force, let listing, !listing.admits(ModelName(text)) else { return nil }
            return listing.nearest(to: ModelName(text)).first.map { "Not listed; closest: \($0)" }
                ?? "Your account does not list it (setup --force accepts it)."
        }
        let name = ModelName(model)
        warnIfImplausible(name)
        if let listing { warnIfOnDemand(name, listing, in: region) }
        return model
    }

    // MARK: The list

    /// Where the account has models, of the usual regions; nil where it has none, or that cannot be learned.
    private func other(than region: String, for chosen: ChosenProfile) throws -> OtherRegion? {
        try signIn.otherRegions.value(key(chosen, region)) {
            for name in BedrockRegions.others(besides: region) {
                guard let listing = try listing(of: chosen, in: name, unlisted: { _ in }) else { continue }
                let other = OtherRegion(name: name, listing: listing)
                if other.count > 0 { return other }
            }
            return nil
        }
    }

    /// What the account has; nil where that cannot be learned.
    /// - Parameter unlisted: gets why; may throw.
    func listing(
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

    func notChecked(_ model: String, _ failure: NetFailure) {
        context.warn("\(model) was not checked: \(failure.message)")
    }

    private func list(_ chosen: ChosenProfile, _ region: String) throws -> ModelListing {
        let bytes = try chosen.trial(for: region, in: context)
        return try signIn.models.value(key(chosen, region)) { try ask(chosen, region, bytes) }
    }

    private func key(_ chosen: ChosenProfile, _ region: String) -> String {
        "\(chosen.name) \(region) \(chosen.resolved?.accountID ?? "") \(chosen.resolved?.roleName ?? "")"
            + " \(chosen.resolved?.session.startURL ?? "")"
    }

    private func ask(_ chosen: ChosenProfile, _ region: String, _ bytes: [UInt8]?) throws -> ModelListing {
        // It may hold keys: no copy is made for ourselves, who read none.
        let forCLI = NetExchange.usesCLI(for: chosen.kind) ? bytes : nil
        let trial = try forCLI.map { try TrialConfig($0, in: context.paths.temporaryFolder) }
        return try withExtendedLifetime(trial) { try ask(chosen, region, signIn.net(trial?.environment ?? [:])) }
    }

    private func ask(_ chosen: ChosenProfile, _ region: String, _ net: NetExchange) throws -> ModelListing {
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
