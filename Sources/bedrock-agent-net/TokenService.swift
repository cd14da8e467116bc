import SessionHealth

/// The `refresh_token` grant at Identity Center's OIDC service (`POST /token`).
struct TokenService {
    var endpoint: String
    var exchange = HTTPExchange()

    func refresh(_ grant: TokenDocument.Grant) -> TokenServiceAnswer {
        do throws(HTTPExchange.NoAnswer) {
            let answer = try exchange.post(grant.body, to: endpoint + "/token")
            return TokenServiceAnswer(
                status: answer.status, body: answer.body, errorType: answer.errorType,
                secrets: [grant.clientSecret, grant.refreshToken])
        } catch {
            return .offline(reason: error.reason)
        }
    }
}
