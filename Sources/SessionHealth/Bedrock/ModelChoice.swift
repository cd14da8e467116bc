// The order in which models are offered to the user.

extension ModelListing {
    /// Anthropic's active entries: `global.` first, then the region's own geography, application profiles, other
    /// geographies; within each group the newest first.
    package func choices(in region: String) -> [InferenceProfile] {
        profiles.filter { $0.status == "ACTIVE" && $0.isAnthropic }
            .map { (profile: $0, rank: ModelRank($0, in: region)) }
            .sorted { $0.rank < $1.rank }
            .map(\.profile)
    }
}

/// The sort key of an inference profile; smaller comes first.
struct ModelRank: Comparable {
    private let scope: Int
    private let release: ModelRelease
    private let id: String

    init(_ profile: InferenceProfile, in region: String) {
        let geography = ModelName(profile.id).geography
        scope =
            switch geography {
            case "global": 0
            case ModelName.geography(of: region): 1
            case nil: 2
            default: 3
            }
        release = ModelRelease(profile.foundationModels.first ?? ModelName(profile.id).foundationModelInName ?? "")
        id = profile.setting
    }

    static func < (left: ModelRank, right: ModelRank) -> Bool {
        if left.scope != right.scope { return left.scope < right.scope }
        if left.release != right.release { return right.release < left.release }
        return left.id < right.id
    }
}

/// How new a model is, by the numbers in its ID: `anthropic.claude-opus-4-5-20251101-v1:0` is version 4.5 of 20251101,
/// `anthropic.claude-3-7-sonnet-20250219-v1:0` is 3.7.
struct ModelRelease: Comparable {
    /// Without trailing zeros: 4.0 is 4.
    let version: [Int]
    let isSmall: Bool
    /// For example `20251101`. Of two with the same version, the one without a date counts as newer.
    let date: Int

    init(_ model: String) {
        var version: [Int] = []
        var date: Int?
        for word in model.split(separator: "-") {
            // `v1:0` is a revision of the same release.
            guard word.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(word) else { continue }
            if word.utf8.count >= 6 { date = number } else { version.append(number) }
        }
        while version.last == 0 { version.removeLast() }
        self.version = version
        self.date = date ?? .max
        isSmall = model.contains("-haiku")
    }

    /// Older first; within one version, small models first.
    static func < (left: ModelRelease, right: ModelRelease) -> Bool {
        if left.version != right.version { return left.version.lexicographicallyPrecedes(right.version) }
        if left.isSmall != right.isSmall { return left.isSmall }
        return left.date < right.date
    }
}
