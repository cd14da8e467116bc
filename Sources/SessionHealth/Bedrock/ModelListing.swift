// What Bedrock lists, with Bedrock's own keys: the same types decode its responses, the AWS CLI's output and the output
// of `bedrock-agent-net`.

/// One inference profile: a name for a model in one or several regions.
package struct InferenceProfile: Codable, Equatable, Hashable, Sendable {
    /// For example `global.anthropic.claude-…`; for an application profile, a random ID.
    package var id: String
    package var arn: String
    package var name: String
    /// The foundation models that it routes to.
    package var models: [Model]
    /// `ACTIVE`, or a future value.
    package var status: String
    /// `SYSTEM_DEFINED` or `APPLICATION`.
    package var type: String

    package struct Model: Codable, Equatable, Hashable, Sendable {
        package var arn: String

        private enum CodingKeys: String, CodingKey { case arn = "modelArn" }

        package init(arn: String) { self.arn = arn }
    }

    private enum CodingKeys: String, CodingKey {
        case id = "inferenceProfileId"
        case arn = "inferenceProfileArn"
        case name = "inferenceProfileName"
        case models, status, type
    }

    package init(
        id: String, arn: String, name: String = "", models: [String], status: String = "ACTIVE",
        type: String = "SYSTEM_DEFINED"
    ) {
        self.id = id
        self.arn = arn
        self.name = name
        self.models = models.map(Model.init)
        self.status = status
        self.type = type
    }

    /// Its value for Claude Code's `ANTHROPIC_MODEL`: the exact ID, or the ARN of an application profile.
    package var setting: String { type == "APPLICATION" ? arn : id }

    /// The model's name for people, such as `Claude Opus 4.5`: Bedrock puts the geography before it, which the ID says.
    package var modelName: String? {
        let words = name.split(separator: " ")
        guard let first = words.first else { return nil }
        let isGeography = ModelName(id).geography.map { $0.uppercased() == first.uppercased() } ?? false
        return (isGeography ? words.dropFirst() : words[...]).joined(separator: " ")
    }

    /// The IDs of the foundation models, without duplicates: one model in three regions counts once.
    package var foundationModels: [String] {
        var ids: [String] = []
        for model in models {
            guard let id = ModelName.foundationModel(inARN: model.arn), !ids.contains(id) else { continue }
            ids.append(id)
        }
        return ids
    }

    /// All its foundation models are Anthropic's.
    package var isAnthropic: Bool {
        let behind = foundationModels
        return behind.isEmpty
            ? ModelName(id).foundationModelInName != nil : behind.allSatisfy { $0.hasPrefix("anthropic.") }
    }
}

/// The output of ListInferenceProfiles, one page or all, with the availability of one model if that was requested.
package struct ModelListing: Codable, Equatable, Sendable {
    package var profiles: [InferenceProfile]
    /// Of the requested model; nil if none was requested, or its foundation model is unknown.
    package var availability: ModelAvailability?
    /// Why the availability could not be determined.
    package var availabilityFailure: NetFailure?

    private enum CodingKeys: String, CodingKey {
        case profiles = "inferenceProfileSummaries"
        case availability, availabilityFailure
    }

    package init(_ profiles: [InferenceProfile]) { self.profiles = profiles }

    /// The entry for a value of `ANTHROPIC_MODEL`, by ID or ARN.
    package func entry(for model: ModelName) -> InferenceProfile? {
        profiles.first { $0.id == model.base || $0.arn == model.base }
    }

    /// Up to three entries with similar names, the nearest first and of equally near ones the newest. Many names end in a
    /// date and a revision, which nobody knows by heart: they count for as little as they can.
    package func nearest(to model: ModelName) -> [String] {
        let limit = NearestName.limit(for: model.base)
        let near = profiles.filter { $0.isAnthropic && $0.status == "ACTIVE" }.map { Neighbour($0, of: model) }
        return near.filter { $0.distance <= limit }.sorted().prefix(3).map(\.setting)
    }

    /// The foundation model behind a value of `ANTHROPIC_MODEL`; nil if neither the list nor the name tells.
    package func foundationModel(of model: ModelName) -> String? {
        entry(for: model)?.foundationModels.first ?? model.foundationModelInName
    }
}

/// An entry with a similar name; the nearer comes first.
private struct Neighbour: Comparable {
    let setting: String
    let distance: Int
    private let release: ModelRelease

    init(_ profile: InferenceProfile, of model: ModelName) {
        setting = profile.setting
        let undated = NearestName.distance(ModelName.undated(model.base), ModelName.undated(setting))
        distance = min(undated, NearestName.distance(model.base, setting))
        release = ModelRelease(ModelName(profile.id).foundationModelInName ?? "")
    }

    static func < (left: Neighbour, right: Neighbour) -> Bool {
        if left.distance != right.distance { return left.distance < right.distance }
        if left.release != right.release { return right.release < left.release }
        return left.setting < right.setting
    }
}

/// The output of GetFoundationModelAvailability: whether this account can use a foundation model in a region.
package struct ModelAvailability: Codable, Equatable, Sendable {
    package struct Agreement: Codable, Equatable, Sendable {
        /// `AVAILABLE`, `PENDING`, `NOT_AVAILABLE` or `ERROR`.
        package var status: String
        package var errorMessage: String?
    }

    package var modelId: String
    package var agreementAvailability: Agreement
    /// `AUTHORIZED` or `NOT_AUTHORIZED`.
    package var authorizationStatus: String
    /// `AVAILABLE` or `NOT_AVAILABLE`.
    package var entitlementAvailability: String
    /// `AVAILABLE` or `NOT_AVAILABLE`.
    package var regionAvailability: String

    /// Why the model cannot be used, in a few words each; empty if it can.
    package var obstacles: [String] {
        var obstacles: [String] = []
        if agreementAvailability.status != "AVAILABLE" {
            let reason = agreementAvailability.errorMessage.map { " (\($0.printable))" } ?? ""
            obstacles.append("the model agreement is \(agreementAvailability.status.printable)\(reason)")
        }
        if authorizationStatus != "AUTHORIZED" { obstacles.append("the account is not authorized") }
        if entitlementAvailability != "AVAILABLE" { obstacles.append("the account has no entitlement") }
        if regionAvailability != "AVAILABLE" { obstacles.append("it is not offered in the region") }
        return obstacles
    }
}
