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
        if let current, wishes.contains(where: ModelName(current).isMeant) { return current }
        // Claude Code itself makes something of it.
        if ModelName(first).isAlias, ModelName(first).isPlausible { return first }
        var failure: NetFailure?
        let why: String
        if let listing = try listing(of: chosen, in: region, unlisted: { failure = $0 }) {
            if let model = listing.first(of: wishes, in: region) { return model }
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
        guard context.dialogue != nil, setting.lock == nil else {
            guard failure == nil else { throw Failure(problem) }
            let advice = setting.lock == nil ? "pass --model" : "ask whoever manages \(setting.path)"
            throw Failure("\(problem): \(advice)")
        }
        context.warn(problem)
        return nil
    }
}
