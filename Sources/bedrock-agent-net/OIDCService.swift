import SessionHealth

/// Identity Center's OIDC service.
struct OIDCService {
    /// Its base URL.
    let endpoint: String
    let exchange: HTTPExchange

    func ask(_ request: OIDCRequest) -> OIDCReply {
        do throws(HTTPExchange.NoAnswer) {
            let answer = try exchange.post(request.body, to: endpoint + request.path)
            return OIDCReply(
                status: answer.status, body: answer.body, errorType: answer.errorType, secrets: request.secrets)
        } catch {
            return .offline(reason: error.reason)
        }
    }
}
