/// Regions to choose from; any other can be typed.
package enum BedrockRegions {
    /// With the most models.
    package static let recommended = "us-west-2"

    /// The most common regions with Claude on Bedrock.
    package static let usual = [
        recommended, "us-east-1", "eu-west-1", "ap-northeast-1", "us-east-2", "ca-central-1", "eu-central-1",
        "eu-west-2",
        "eu-west-3", "eu-north-1", "eu-south-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
        "sa-east-1", "us-gov-west-1", "us-gov-east-1",
    ]

    /// The valid ones of `first`, then the usual ones, without duplicates.
    package static func ordered(first: [String?]) -> [String] {
        var seen: Set<String> = []
        return (first.compactMap(\.self).filter(Region.isValid) + usual).filter { seen.insert($0).inserted }
    }

    /// Where it is, as AWS names it; nil for one that is not known here.
    package static func place(of region: String) -> String? { places[region] }

    /// Where to look for models that a region does not have: at most three of the usual ones, of the same partition, its
    /// own geography first. Each look is a call.
    package static func others(besides region: String) -> [String] {
        guard !region.hasPrefix("cn-") else { return [] }
        let home = ModelName.geography(of: region)
        let open = usual.filter { $0 != region && isOfGovCloud($0) == isOfGovCloud(region) }
        let near = open.filter { home != "global" && ModelName.geography(of: $0) == home }.prefix(2)
        return Array((near + open.filter { !near.contains($0) }).prefix(3))
    }

    private static func isOfGovCloud(_ region: String) -> Bool { ModelName.geography(of: region) == "us-gov" }

    /// A sentence that says why a region is rather a typing error, with the one that was meant; nil for one that is known
    /// or may be new.
    package static func doubt(about region: String) -> String? {
        let plain = Region.plain(region)
        guard places[plain] == nil else { return nil }
        var words = plain.split(separator: "-", omittingEmptySubsequences: false)
        let isNumbered = words.popLast().flatMap { Int($0) } != nil
        let direction = words.popLast().map(String.init) ?? ""
        let isOfKnownArea = places.keys.contains { $0.hasPrefix(words.joined(separator: "-") + "-") }
        // AWS adds regions: a third one in us-west is no error.
        if isNumbered, directions.contains(direction), isOfKnownArea { return nil }
        let near = NearestName.suggestions(for: plain, among: places.keys, within: NearestName.slips).first
        guard near != nil || !isNumbered else { return nil }
        let guess = near.map { "; did you mean \($0)?" } ?? ": AWS names them like us-east-1."
        return "\(region) is not a region that is known here\(guess)"
    }

    private static let directions: Set = [
        "north", "south", "east", "west", "central", "northeast", "northwest", "southeast", "southwest",
    ]

    private static let places = [
        "us-east-1": "N. Virginia", "us-east-2": "Ohio", "us-west-1": "N. California", "us-west-2": "Oregon",
        "ca-central-1": "Canada", "ca-west-1": "Calgary", "mx-central-1": "Mexico", "sa-east-1": "São Paulo",
        "eu-central-1": "Frankfurt", "eu-central-2": "Zurich", "eu-west-1": "Ireland", "eu-west-2": "London",
        "eu-west-3": "Paris", "eu-north-1": "Stockholm", "eu-south-1": "Milan", "eu-south-2": "Spain",
        "ap-northeast-1": "Tokyo", "ap-northeast-2": "Seoul", "ap-northeast-3": "Osaka", "ap-south-1": "Mumbai",
        "ap-south-2": "Hyderabad", "ap-southeast-1": "Singapore", "ap-southeast-2": "Sydney",
        "ap-southeast-3": "Jakarta", "ap-southeast-4": "Melbourne", "ap-east-1": "Hong Kong",
        "me-south-1": "Bahrain", "me-central-1": "UAE", "il-central-1": "Tel Aviv", "af-south-1": "Cape Town",
        "us-gov-west-1": "GovCloud, US-West", "us-gov-east-1": "GovCloud, US-East", "cn-north-1": "Beijing",
        "cn-northwest-1": "Ningxia",
    ]
}
