// What Bedrock lists, in its own keys: its answers, the AWS CLI's output and what `bedrock-agent-net` prints are read
// by the same types.

/// One inference profile: a name for a model in one or several regions.
package struct InferenceProfile: Codable, Equatable, Hashable, Sendable {
    /// `global.anthropic.claude-…`; for an application profile a name that says nothing.
    package var id: String
    package var arn: String
    package var name: String
    /// ARNs of the foundation models that it leads to.
    package var models: [Model]
    /// `ACTIVE`, or a word that is yet to come.
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

    /// What Claude Code's `ANTHROPIC_MODEL` takes for it: the exact id, and the ARN of an application profile.
    package var setting: String { type == "APPLICATION" ? arn : id }

    /// The ids of the foundation models, without repetition: the same model in three regions is one.
    package var foundationModels: [String] {
        var ids: [String] = []
        for model in models {
            guard let id = ModelName.foundationModel(inARN: model.arn), !ids.contains(id) else { continue }
            ids.append(id)
        }
        return ids
    }

    /// Every model behind it is Anthropic's.
    package var isAnthropic: Bool {
        let behind = foundationModels
        return behind.isEmpty
            ? ModelName(id).foundationModelInName != nil : behind.allSatisfy { $0.hasPrefix("anthropic.") }
    }
}

/// ListInferenceProfiles' answer, one page or all of them, with what is known of one model's availability.
package struct ModelListing: Codable, Equatable, Sendable {
    package var profiles: [InferenceProfile]
    /// Of the model that was asked about; nil where none was, or it cannot be told which foundation model it is.
    package var availability: ModelAvailability?
    /// Why there is no availability, where there should be.
    package var availabilityFailure: NetFailure?

    private enum CodingKeys: String, CodingKey {
        case profiles = "inferenceProfileSummaries"
        case availability, availabilityFailure
    }

    package init(_ profiles: [InferenceProfile]) { self.profiles = profiles }

    /// The entry that a value of `ANTHROPIC_MODEL` names, by id or ARN.
    package func entry(for model: ModelName) -> InferenceProfile? {
        profiles.first { $0.id == model.base || $0.arn == model.base }
    }

    /// Up to three entries with names like it.
    package func nearest(to model: ModelName) -> [String] {
        NearestName.suggestions(for: model.base, among: profiles.filter(\.isAnthropic).map(\.setting))
    }

    /// The foundation model behind a value of `ANTHROPIC_MODEL`; nil where neither listing nor name says it.
    package func foundationModel(of model: ModelName) -> String? {
        entry(for: model)?.foundationModels.first ?? model.foundationModelInName
    }
}

/// GetFoundationModelAvailability's answer: whether this account may use one foundation model in one region.
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

    /// What stands in the way, each in a few words; none where the model can be used.
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
