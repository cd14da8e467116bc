import FoundationEssentials
import SessionHealth

/// Bedrock's control plane asked with a role's credentials.
struct Bedrock {
    private struct Continued: Decodable { var nextToken: String? }

    private static let name = "Bedrock"
    let endpoint: String
    let region: String
    let credentials: RoleCredentials
    /// The present.
    let date: Date
    let exchange: HTTPExchange
    /// For messages.
    let role: String

    /// Every page of ListInferenceProfiles, the system's and the account's own: without a type, the service lists only
    /// the former.
    func inferenceProfiles() throws(NetFailure) -> [InferenceProfile] {
        var all: [InferenceProfile] = []
        for type in ["SYSTEM_DEFINED", "APPLICATION"] {
            var seen = SeenPages()
            while true {
                let query = [("maxResults", "1000"), ("type", type)] + seen.query("nextToken")
                let answer = try get("ListInferenceProfiles", "/inference-profiles", query, ModelListing.self)
                all += answer.value.profiles
                guard try seen.goesOn(after: answer.bytes, with: answer.nextToken, "list the models") else { break }
            }
        }
        return all
    }

    func availability(of model: String) throws(NetFailure) -> ModelAvailability {
        try get(
            "GetFoundationModelAvailability", "/foundation-model-availability/\(PercentEncoding.encode(model))", [],
            ModelAvailability.self
        ).value
    }

    private func get<Value: Decodable>(
        _ action: String, _ path: String, _ query: [(String, String)], _ type: Value.Type
    ) throws(NetFailure) -> (value: Value, bytes: Int, nextToken: String?) {
        do throws(Refusal) {
            let signature = RequestSignature(
                region: Region.plain(region), service: "bedrock", credentials: credentials, date: date)
            let answer = try exchange.ask(endpoint + path, query, signedBy: signature)
            let value = try answer.value(type, from: Bedrock.name, secrets: credentials.secrets)
            return (value, answer.body.count, (try? JSONCoding.decode(Continued.self, from: answer.body))?.nextToken)
        } catch {
            throw failure(action, error)
        }
    }

    private func failure(_ action: String, _ refusal: Refusal) -> NetFailure {
        let what = "ask Bedrock in \(region) for \(action)"
        if refusal.status == 403, refusal.error == "AccessDeniedException" {
            let allowed = "bedrock:\(action)"
            return NetFailure(
                .permission, "IAM does not allow \(allowed) to role \(role) (\(refusal.message))", action: allowed)
        }
        if refusal.isClockSkew {
            return NetFailure(
                .clock, "cannot \(what): the service says that this machine's clock is wrong (\(refusal.message))")
        }
        return refusal.failure(what)
    }
}

extension Refusal {
    fileprivate var isClockSkew: Bool {
        if ["RequestTimeTooSkewed", "RequestExpired"].contains(error) { return true }
        return ["InvalidSignatureException", "SignatureDoesNotMatch"].contains(error)
            && (message.hasPrefix("Signature expired") || message.hasPrefix("Signature not yet current"))
    }
}
