import Foundation

/// Whether the account can use a foundation model.
struct ModelAvailability: Encodable, Sendable {
    /// Whether the account has accepted the model provider's terms.
    struct Agreement: Encodable, Sendable {
        let status: String
    }

    let modelId: String
    let agreementAvailability: Agreement
    let authorizationStatus: String
    let entitlementAvailability: String
    let regionAvailability: String
}

extension IdentityCenter {
    /// ListInferenceProfiles, before paging; `type` nil lists both kinds.
    func inferenceProfiles(for caller: Caller, type: String?) throws(Refusal) -> [InferenceProfile] {
        let all = ModelCatalogue.profiles(region: caller.region, account: caller.credentials.account)
        guard let type else { return all }
        guard type == "SYSTEM_DEFINED" || type == "APPLICATION" else { throw .validation("Unknown type: \(type)") }
        return all.filter { $0.type == type }
    }

    /// GetInferenceProfile, by ID or ARN.
    func inferenceProfile(_ name: String, for caller: Caller) throws(Refusal) -> InferenceProfile {
        let all = ModelCatalogue.profiles(region: caller.region, account: caller.credentials.account)
        guard let found = all.first(where: { $0.inferenceProfileId == name || $0.inferenceProfileArn == name }) else {
            throw .notFound("The inference profile \(name) was not found")
        }
        return found
    }

    /// GetFoundationModelAvailability.
    func availability(of model: String) throws(Refusal) -> ModelAvailability {
        guard ModelCatalogue.models.contains(model) else { throw .notFound("Could not resolve the model \(model)") }
        let open = !settings.modelsWithoutAccess.contains(model)
        return ModelAvailability(
            modelId: model, agreementAvailability: .init(status: open ? "AVAILABLE" : "NOT_AVAILABLE"),
            authorizationStatus: "AUTHORIZED", entitlementAvailability: open ? "AVAILABLE" : "NOT_AVAILABLE",
            regionAvailability: "AVAILABLE")
    }
}
