/// Regions to choose from; any other can be typed.
package enum BedrockRegions {
    /// The most common regions with Claude on Bedrock, those with the most models first.
    package static let usual = [
        "us-east-1", "us-west-2", "us-east-2", "ca-central-1", "eu-central-1", "eu-west-1", "eu-west-3", "eu-north-1",
        "eu-south-1", "ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "sa-east-1",
        "us-gov-west-1", "us-gov-east-1",
    ]

    /// The valid ones of `first`, then the usual ones, without duplicates. The first one is the recommended one.
    package static func ordered(first: [String?]) -> [String] {
        var seen: Set<String> = []
        return (first.compactMap(\.self).filter(Region.isValid) + usual).filter { seen.insert($0).inserted }
    }
}
