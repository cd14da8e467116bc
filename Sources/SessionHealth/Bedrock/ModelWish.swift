// Models as `config.json` names them: by ID, or by a name that stays right when a new version or another region comes.

extension ModelName {
    /// Whether a wish such as `claude-opus-4-5`, `claude-opus` or a whole ID means this one: by its ID, or by the name of the
    /// model in it, or the beginning of that.
    package func isMeant(by wish: String) -> Bool {
        let wish = ModelName(wish)
        if wish.base == base { return true }
        guard let model = foundationModelInName?.dropFirst("anthropic.".count), !wish.base.isEmpty else { return false }
        return model == wish.base || model.hasPrefix(wish.base + "-")
            || wish.foundationModelInName == foundationModelInName
    }
}

extension ModelListing {
    /// The value of `ANTHROPIC_MODEL` for the first of these wishes that the account has: the very entry, else by the
    /// name of the model, `global.` first, and of several versions the newest.
    package func first(of wishes: [String], in region: String) -> String? {
        for wish in wishes {
            let name = ModelName(wish)
            if entry(for: name) != nil { return wish }
            guard let found = choices(in: region).first(where: { isMeant($0, by: wish) }) else { continue }
            return name.asksForLongContext ? found.setting + ModelName.suffix : found.setting
        }
        return nil
    }

    private func isMeant(_ profile: InferenceProfile, by wish: String) -> Bool {
        ([profile.id] + profile.foundationModels).contains { ModelName($0).isMeant(by: wish) }
    }
}
