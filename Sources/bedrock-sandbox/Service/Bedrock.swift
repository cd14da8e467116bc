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

/// The credentials that signed a request to Bedrock, and its region.
struct BedrockCaller: Sendable {
    let credentials: RoleCredentials
    let region: String
}

extension IdentityCenter {
    /// Checks the signature and, like IAM, the role's permissions. Every refusal is a 403.
    func bedrockCaller(
        of call: Call, action: String, now: Date, trace: inout Trace
    ) throws(Refusal) -> BedrockCaller {
        guard let header = call.header("Authorization"), let signature = Signature(authorization: header) else {
            throw .forbidden("MissingAuthenticationTokenException", "Missing Authentication Token")
        }
        let invalid = Refusal.forbidden(
            "UnrecognizedClientException", "The security token included in the request is invalid.")
        guard let credentials = roleCredentials.first(where: { $0.accessKeyID == signature.accessKeyID }) else {
            throw invalid
        }
        trace.used.append(credentials.id)
        guard call.header("X-Amz-Security-Token") == credentials.sessionToken else { throw invalid }
        guard signature.service == "bedrock" else {
            throw .forbidden("InvalidSignatureException", "Credential should be scoped to correct service: 'bedrock'.")
        }
        guard signature.isRecent(in: call, now: now) else {
            throw .forbidden("InvalidSignatureException", "Signature expired: X-Amz-Date is too far from now.")
        }
        guard signature.matches(call, secret: credentials.secretAccessKey) else {
            throw .forbidden(
                "InvalidSignatureException",
                "The request signature we calculated does not match the signature you provided.")
        }
        guard now < credentials.expiresAt else {
            throw .forbidden("ExpiredTokenException", "The security token included in the request is expired")
        }
        guard !settings.bedrockDenied.contains(credentials.role) else {
            let user = "arn:aws:sts::\(credentials.account):assumed-role/\(credentials.role)/person"
            throw .forbidden(
                "AccessDeniedException",
                "User: \(user) is not authorized to perform: bedrock:\(action) because no identity-based policy "
                    + "allows the bedrock:\(action) action")
        }
        return BedrockCaller(credentials: credentials, region: signature.region)
    }

    /// ListInferenceProfiles, before pagination; without `type`, both types.
    func inferenceProfiles(for caller: BedrockCaller, type: String?) throws(Refusal) -> [InferenceProfile] {
        let all = ModelCatalogue.profiles(region: caller.region, account: caller.credentials.account)
        guard let type else { return all }
        guard type == "SYSTEM_DEFINED" || type == "APPLICATION" else { throw .validation("Unknown type: \(type)") }
        return all.filter { $0.type == type }
    }

    /// GetInferenceProfile, by ID or ARN.
    func inferenceProfile(_ name: String, for caller: BedrockCaller) throws(Refusal) -> InferenceProfile {
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
