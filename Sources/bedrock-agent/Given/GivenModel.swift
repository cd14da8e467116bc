import Host
import SessionHealth

extension ModelStep {
    /// The first model that `config.json` gives and the account has; nil where none is given, or the person is to be
    /// asked since there is none of them.
    /// - Parameter current: the one that is set for this profile and region.
    /// - Throws: a `Failure` where nobody can be asked, or no other may be chosen.
    func given(for chosen: ChosenProfile, in region: String, current: String?) throws -> String? {
        let wishes = context.given.models
        guard let first = wishes.first, let setting = context.own.config.setting(.model) else { return nil }
        let isLocked = context.own.config.isLocked(.model)
        if let current, try isOne(ofWishes: wishes, current, isLocked, chosen, region) { return current }
        // Claude Code itself makes something of it.
        if ModelName(first).isAlias, ModelName(first).isPlausible { return first }
        var failure: NetFailure?
        let why: String
        if let listing = try listing(of: chosen, in: region, unlisted: { failure = $0 }) {
            if let model = listing.first(of: wishes, in: region, isLocked: isLocked) { return model }
            let others = listing.choices(in: region).prefix(3).map(\.setting)
            why =
                "profile \(chosen.name) has none of them in \(region)"
                + (others.isEmpty ? "" : "; it has \(others.joined(separator: ", "))")
        } else {
            if let id = wishes.first(where: { ModelName($0).isOfBedrock && ModelName($0).fits(region) }), let failure {
                notChecked(id, failure)
                return id
            }
            why = "the models could not be listed (\(failure?.message ?? ""))"
        }
        let problem = "model \(setting.value) (\(setting.place)): \(why)"
        guard context.dialogue != nil, !isLocked else {
            guard failure == nil else { throw Failure(problem) }
            let advice = isLocked ? "ask whoever manages \(setting.path)" : "pass --model"
            throw Failure("\(problem): \(advice)")
        }
        context.warn(problem)
        return nil
    }

    /// Whether the one that is set needs no other. What is behind an application inference profile is asked for where it
    /// must be known.
    private func isOne(
        ofWishes wishes: [String], _ current: String, _ isLocked: Bool, _ chosen: ChosenProfile, _ region: String
    ) throws -> Bool {
        let name = ModelName(current)
        guard isLocked else { return wishes.contains(where: name.isMeant) }
        if wishes.contains(where: name.isAllowed) { return true }
        guard name.hidesModel, context.own.config.objection(to: [.model: current]) == nil,
            let listing = try listing(of: chosen, in: region, unlisted: { _ in }),
            let models = listing.entry(for: name)?.foundationModels
        else { return false }
        return context.own.config.objection(to: name, of: models) == nil
    }

    /// Refuses an application inference profile that is not of the model that root locks: only Bedrock can tell.
    func refuseLocked(_ model: String, for chosen: ChosenProfile, in region: String) throws {
        let name = ModelName(model)
        guard name.hidesModel, context.own.config.isLocked(.model) else { return }
        var why = "Bedrock does not list it"
        let listing = try listing(of: chosen, in: region) { why = $0.message }
        let models = listing?.entry(for: name)?.foundationModels
        if let objection = context.own.config.objection(to: name, of: models, why: why) { throw Failure(objection) }
    }
}
