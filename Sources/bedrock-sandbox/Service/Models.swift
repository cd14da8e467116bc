/// One inference profile, as Bedrock lists it.
struct InferenceProfile: Encodable, Sendable {
    /// A foundation model that the profile routes to.
    struct Model: Encodable, Sendable {
        let modelArn: String
    }

    let inferenceProfileName: String
    let description: String
    let createdAt: String
    let updatedAt: String
    let inferenceProfileArn: String
    /// For example `us.anthropic.claude-…`: the value for `ANTHROPIC_MODEL`.
    let inferenceProfileId: String
    let models: [Model]
    let status: String
    /// `SYSTEM_DEFINED` or `APPLICATION`.
    let type: String
}

/// The models of the simulated account: from several providers, with global and regional inference profiles.
enum ModelCatalogue {
    private struct Entry {
        let model: String
        let name: String
        /// `global` is offered in every region; `geo` has the prefix of the caller's geography.
        let scopes: [String]
    }

    private static let claude45 = "anthropic.claude-sonnet-4-5-20250929-v1:0"

    private static let entries = [
        Entry(model: "anthropic.claude-opus-4-5-20251101-v1:0", name: "Claude Opus 4.5", scopes: ["global", "geo"]),
        Entry(model: claude45, name: "Claude Sonnet 4.5", scopes: ["global", "geo"]),
        Entry(model: "anthropic.claude-haiku-4-5-20251001-v1:0", name: "Claude Haiku 4.5", scopes: ["global", "geo"]),
        Entry(model: "anthropic.claude-sonnet-4-20250514-v1:0", name: "Claude Sonnet 4", scopes: ["global", "geo"]),
        Entry(model: "anthropic.claude-opus-4-1-20250805-v1:0", name: "Claude Opus 4.1", scopes: ["geo"]),
        Entry(model: "anthropic.claude-3-7-sonnet-20250219-v1:0", name: "Claude 3.7 Sonnet", scopes: ["geo"]),
        Entry(model: "amazon.nova-2-lite-v1:0", name: "Nova 2 Lite", scopes: ["global", "geo"]),
        Entry(model: "amazon.nova-pro-v1:0", name: "Nova Pro", scopes: ["geo"]),
        Entry(model: "cohere.embed-v4:0", name: "Cohere Embed v4", scopes: ["global", "geo"]),
        Entry(model: "deepseek.r1-v1:0", name: "DeepSeek-R1", scopes: ["geo"]),
        Entry(model: "meta.llama3-3-70b-instruct-v1:0", name: "Llama 3.3 70B Instruct", scopes: ["geo"]),
        Entry(model: "mistral.pixtral-large-2502-v1:0", name: "Pixtral Large 25.02", scopes: ["geo"]),
    ]

    /// The IDs of the foundation models.
    static let models = entries.map(\.model)

    /// The inference profiles in a region: the system-defined ones, then the account's application profile.
    static func profiles(region: String, account: String) -> [InferenceProfile] {
        let geo = geography(of: region)
        let system = entries.flatMap { entry in
            entry.scopes.map { scope in
                let prefix = scope == "global" ? "global" : geo
                let id = "\(prefix).\(entry.model)"
                return profile(
                    id: id, name: "\(prefix == "global" ? "GLOBAL" : prefix.uppercased()) \(entry.name)",
                    arn: "arn:aws:bedrock:\(region):\(account):inference-profile/\(id)", type: "SYSTEM_DEFINED",
                    models: scope == "global"
                        ? ["arn:aws:bedrock:::foundation-model/\(entry.model)"]
                        : regions(of: geo, and: region).map { "arn:aws:bedrock:\($0)::foundation-model/\(entry.model)" }
                )
            }
        }
        let own = profile(
            id: "a1b2c3d4e5f6", name: "team-claude",
            arn: "arn:aws:bedrock:\(region):\(account):application-inference-profile/a1b2c3d4e5f6", type: "APPLICATION",
            models: ["arn:aws:bedrock:\(region)::foundation-model/\(claude45)"])
        return system + [own]
    }

    private static func profile(
        id: String, name: String, arn: String, type: String, models: [String]
    ) -> InferenceProfile {
        InferenceProfile(
            inferenceProfileName: name, description: "Routes requests to \(name).", createdAt: "2025-10-01T00:00:00Z",
            updatedAt: "2025-11-01T00:00:00Z", inferenceProfileArn: arn, inferenceProfileId: id,
            models: models.map(InferenceProfile.Model.init), status: "ACTIVE", type: type)
    }

    /// The prefix of regional profile IDs: `us`, `eu`, `apac`, `us-gov`.
    private static func geography(of region: String) -> String {
        if region.hasPrefix("us-gov-") { return "us-gov" }
        if region.hasPrefix("ap-") { return "apac" }
        return region.hasPrefix("eu-") ? "eu" : "us"
    }

    private static func regions(of geo: String, and region: String) -> [String] {
        let usual = [
            "us": ["us-east-1", "us-east-2", "us-west-2"], "eu": ["eu-central-1", "eu-west-1", "eu-west-3"],
            "apac": ["ap-northeast-1", "ap-southeast-2"], "us-gov": ["us-gov-west-1"],
        ]
        let known = usual[geo] ?? []
        return known.contains(region) ? known : [region] + known
    }
}
