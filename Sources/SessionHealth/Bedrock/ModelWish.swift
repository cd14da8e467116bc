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

    /// Whether a lock on a wish allows this one. One of Bedrock's IDs or ARNs allows itself alone, since its prefix says where
    /// requests go; a name allows each inference profile of that model.
    package func isAllowed(by wish: String) -> Bool {
        let name = ModelName(wish)
        return name.isOfBedrock ? id == name.id : isMeant(by: wish)
    }

    /// That of a system-defined inference profile is the same by its ARN.
    private var id: String {
        guard isARN, base.contains(":inference-profile/"), let slash = base.lastIndex(of: "/") else { return base }
        return String(base[base.index(after: slash)...])
    }
}

extension ModelListing {
    /// The value of `ANTHROPIC_MODEL` for the first of these wishes that the account has: the very entry, else by the
    /// name of the model, `global.` first, and of several versions the newest.
    /// - Parameter isLocked: of an ID, no other entry will do.
    package func first(of wishes: [String], in region: String, isLocked: Bool = false) -> String? {
        for wish in wishes {
            let name = ModelName(wish)
            if entry(for: name) != nil { return wish }
            if isLocked, name.isOfBedrock { continue }
            guard let found = choices(in: region).first(where: { isMeant($0, by: wish) }) else { continue }
            return name.asksForLongContext ? found.setting + ModelName.suffix : found.setting
        }
        return nil
    }

    private func isMeant(_ profile: InferenceProfile, by wish: String) -> Bool {
        ([profile.id] + profile.foundationModels).contains { ModelName($0).isMeant(by: wish) }
    }
}
