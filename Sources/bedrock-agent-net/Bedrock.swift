import SessionHealth

/// Bedrock's control plane asked with a role's credentials.
struct Bedrock {
    private struct Continued: Decodable { var nextToken: String? }

    private static let name = "Bedrock"
    let endpoint: String
    let region: String
    let credentials: Portal.RoleCredentials
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
                guard try seen.goesOn(with: answer.nextToken, "list the models") else { break }
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

    /// Asks with the path signed in one of two ways: Bedrock wants it encoded twice, and whether libcurl does that
    /// depends on its version (7.88 does not).
    private func get<Value: Decodable>(
        _ action: String, _ path: String, _ query: [(String, String)], _ type: Value.Type
    ) throws(NetFailure) -> (value: Value, nextToken: String?) {
        let whole = endpoint + path
        let start = whole.range(of: "/", after: "://") ?? whole.endIndex
        let sent = String(whole[start...])
        let signed = PercentEncoding.encodeAgain(path: sent)
        let question = query.isEmpty ? "" : "?" + PercentEncoding.query(query)
        do throws(Refusal) {
            do throws(Refusal) {
                let target = signed == sent ? nil : sent + question
                return try ask(whole[..<start] + signed + question, target: target, type)
            } catch  where error.isWrongSignature && signed != sent {
                return try ask(whole + question, target: nil, type)
            }
        } catch {
            throw failure(action, error)
        }
    }

    private func ask<Value: Decodable>(
        _ url: String, target: String?, _ type: Value.Type
    ) throws(Refusal) -> (value: Value, nextToken: String?) {
        let answer = try exchange.ask(
            url, target: target, headers: ["X-Amz-Security-Token: \(credentials.sessionToken)"],
            signer: HTTPExchange.Signer(
                region: region, service: "bedrock", accessKeyID: credentials.accessKeyId,
                secretAccessKey: credentials.secretAccessKey))
        let secrets = [credentials.sessionToken, credentials.secretAccessKey, credentials.accessKeyId]
        let value = try answer.value(type, from: Bedrock.name, secrets: secrets)
        return (value, (try? JSONCoding.decode(Continued.self, from: answer.body))?.nextToken)
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
    /// The service calculated another signature; with a wrong clock it does not come to that.
    fileprivate var isWrongSignature: Bool {
        ["InvalidSignatureException", "SignatureDoesNotMatch"].contains(error) && !isClockSkew
    }

    fileprivate var isClockSkew: Bool {
        if ["RequestTimeTooSkewed", "RequestExpired"].contains(error) { return true }
        return ["InvalidSignatureException", "SignatureDoesNotMatch"].contains(error)
            && (message.hasPrefix("Signature expired") || message.hasPrefix("Signature not yet current"))
    }
}

extension String {
    /// Where `text` comes first behind a mark that is there.
    fileprivate func range(of text: Character, after mark: String) -> Index? {
        guard let end = ranges(of: mark).first?.upperBound else { return nil }
        return self[end...].firstIndex(of: text)
    }
}
