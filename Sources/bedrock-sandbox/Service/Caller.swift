import Foundation

/// Who signed a request, and for which region.
struct Caller: Sendable {
    let credentials: RoleCredentials
    let region: String
}

/// What the record says of a signature: no secret is in it.
struct Signer: Codable, Equatable, Sendable {
    /// What it says for a key that no sign-in brought.
    static let unknown = "unknown key"

    let accessKeyID: String
    /// Of the signature's scope.
    let region: String
    /// The portal session that the key stems from, `ps-1`, or `unknown key`.
    let stemsFrom: String
    /// The access token that brought it, `at-1`; nil for an unknown key.
    let token: String?
    /// `ACCOUNT/ROLE`; nil for an unknown key.
    let role: String?
}

extension IdentityCenter {
    /// How a service names what is wrong with a signature, all with 403.
    private struct Names {
        let missing: String
        let unknown: String
        let mismatch: String
        let expired: String

        static let bedrock = Names(
            missing: "MissingAuthenticationTokenException", unknown: "UnrecognizedClientException",
            mismatch: "InvalidSignatureException", expired: "ExpiredTokenException")
        static let tokenService = Names(
            missing: "MissingAuthenticationToken", unknown: "InvalidClientTokenId", mismatch: "SignatureDoesNotMatch",
            expired: "ExpiredToken")
    }

    /// Checks the signature and, as IAM would, whether the role may do it. Each refusal is a 403.
    func bedrockCaller(
        of call: Call, _ operation: Operation, now: Date, trace: inout Trace
    ) throws(Refusal) -> Caller {
        let isMantle = operation == .createMessage || operation == .streamMessage
        let (service, action) =
            isMantle
            ? ("bedrock-mantle", "bedrock-mantle:CreateInference") : ("bedrock", "bedrock:\(operation.rawValue)")
        let caller = try caller(of: call, service: service, names: .bedrock, now: now, trace: &trace)
        let credentials = caller.credentials
        guard !settings.bedrockDenied.contains(credentials.role) else {
            throw .forbidden(
                "AccessDeniedException",
                "User: \(credentials.arn) is not authorized to perform: \(action) because no identity-based policy "
                    + "allows the \(action) action")
        }
        return caller
    }

    /// Checks the signature: anybody may ask STS who they are.
    func tokenServiceCaller(of call: Call, now: Date, trace: inout Trace) throws(Refusal) -> Caller {
        try caller(of: call, service: "sts", names: .tokenService, now: now, trace: &trace)
    }

    private func caller(
        of call: Call, service: String, names: Names, now: Date, trace: inout Trace
    ) throws(Refusal) -> Caller {
        guard let header = call.header("Authorization"), let signature = Signature(authorization: header) else {
            throw .forbidden(names.missing, "Missing Authentication Token")
        }
        let known = roleCredentials.first { $0.accessKeyID == signature.accessKeyID }
        trace.signer = Signer(
            accessKeyID: signature.accessKeyID, region: signature.region, stemsFrom: known?.session ?? Signer.unknown,
            token: known?.token, role: known.map { "\($0.account)/\($0.role)" })
        let invalid = Refusal.forbidden(names.unknown, "The security token included in the request is invalid.")
        guard let credentials = known else { throw invalid }
        trace.used.append(credentials.id)
        guard call.header("X-Amz-Security-Token") == credentials.sessionToken else { throw invalid }
        guard signature.service == service else {
            throw .forbidden(names.mismatch, "Credential should be scoped to correct service: '\(service)'.")
        }
        guard signature.isRecent(in: call, now: now) else {
            throw .forbidden(names.mismatch, "Signature expired: X-Amz-Date is too far from now.")
        }
        guard signature.matches(call, secret: credentials.secretAccessKey) else {
            throw .forbidden(
                names.mismatch,
                "The request signature we calculated does not match the signature you provided.")
        }
        guard now < credentials.expiresAt else {
            throw .forbidden(names.expired, "The security token included in the request is expired")
        }
        return Caller(credentials: credentials, region: signature.region)
    }
}

extension RoleCredentials {
    /// Of the role, taken by the user.
    var arn: String { "arn:aws:sts::\(account):assumed-role/\(role)/person" }
}
