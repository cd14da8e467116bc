// What becomes of a model when the profile or the region changes.

extension ModelName {
    /// Whether it can be meant for a region, by its name alone: a geography's inference profiles are only offered in
    /// that geography's regions, and an ARN names its region.
    package func fits(_ region: String) -> Bool {
        if isARN {
            let fields = base.split(separator: ":", omittingEmptySubsequences: false)
            return fields.count <= 3 || fields[3].isEmpty || fields[3] == region
        }
        let home = Self.geography(of: region)
        guard let geography, geography != home else { return true }
        switch (geography, home) {
        case ("global", _): return home != "us-gov"
        // Of the regions without a geography of their own it is not known which others serve them.
        case (_, "global"): return true
        case ("jp", "apac"), ("au", "apac"): return true
        default: return false
        }
    }

    /// The same with another ID: `[1m]` stays.
    fileprivate func renamed(_ id: String) -> String { asksForLongContext ? id + Self.suffix : id }
}

extension ModelListing {
    /// Whether it lists a value of `ANTHROPIC_MODEL`, or that is no inference profile which could be listed.
    package func admits(_ model: ModelName) -> Bool {
        model.isAlias || model.isFoundationModel || entry(for: model) != nil
    }

    /// The value for the same model under another prefix: the region's own geography first, `global.` last.
    package func equivalent(of model: ModelName, in region: String) -> String? {
        guard let wanted = model.foundationModelInName else { return nil }
        let home = ModelName.geography(of: region)
        func rank(_ profile: InferenceProfile) -> Int {
            switch ModelName(profile.id).geography {
            case home: 0
            case "global": 2
            default: 1
            }
        }
        let same = profiles.filter { $0.status == "ACTIVE" && ModelName($0.id).foundationModelInName == wanted }
        return same.min { (rank($0), $0.id) < (rank($1), $1.id) }.map { model.renamed($0.id) }
    }

    /// The inference profile by which Bedrock usually takes a foundation model; nil for other models, and where none is
    /// listed.
    package func profile(insteadOf model: ModelName, in region: String) -> String? {
        model.isFoundationModel ? equivalent(of: model, in: region) : nil
    }

    /// What to choose instead of a model that is not listed, the nearest first, three at most.
    package func alternatives(to model: ModelName, in region: String) -> [String] {
        let near = nearest(to: model)
        return near.isEmpty ? choices(in: region).prefix(3).map(\.setting) : near
    }
}
