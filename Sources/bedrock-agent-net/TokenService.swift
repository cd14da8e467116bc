import Host
import SessionHealth

/// The `refresh_token` grant at Identity Center's OIDC service (facts: POST /token).
struct TokenService {
    enum Reply {
        /// The refresh token is there only when the service rotates it.
        case granted(accessToken: String, expiresIn: Int, refreshToken: String?)
        case offline(reason: String)
        case sessionEnded(error: String)
        case registrationRefused(error: String)
        case refused(error: String, description: String)
    }

    var endpoint: String
    var exchange = HTTPExchange()

    func refresh(_ grant: TokenFile.Grant) -> Reply {
        let members = [
            ("grantType", "refresh_token"), ("clientId", grant.clientID), ("clientSecret", grant.clientSecret),
            ("refreshToken", grant.refreshToken),
        ].map { JSONString.encode($0.0) + [UInt8(ascii: ":")] + JSONString.encode($0.1) }
        let body = [UInt8(ascii: "{")] + members.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "}")]
        do throws(HTTPExchange.NoAnswer) {
            let answer = try exchange.post(body, to: endpoint + "/token")
            return reply(answer, secrets: [grant.clientSecret, grant.refreshToken])
        } catch {
            return .offline(reason: error.reason)
        }
    }

    private func reply(_ answer: HTTPExchange.Answer, secrets: [String]) -> Reply {
        let body = try? JSONDocument(parsing: answer.body)
        switch answer.status {
        case 200:
            guard let body, let token = body.string(at: ["accessToken"]), !token.isEmpty,
                let seconds = body.node(at: ["expiresIn"])?.int(in: body.bytes.span), seconds > 0
            else { return .offline(reason: "an answer that is not the service's (HTTP 200)") }
            return .granted(
                accessToken: token, expiresIn: seconds,
                refreshToken: body.string(at: ["refreshToken"]).flatMap { $0.isEmpty ? nil : $0 })
        case 400..<500 where answer.status != 429 && answer.status != 407:
            guard let error = body?.string(at: ["error"]) ?? answer.errorType.map(snakeCase) else {
                return .offline(reason: "an answer that is not the service's (HTTP \(answer.status))")
            }
            let description = body?.string(at: ["error_description"]) ?? ""
            return refusal(
                error.cleaned(of: secrets), description.cleaned(of: secrets), body?.string(at: ["reason"]))
        default: return .offline(reason: "HTTP \(answer.status)")
        }
    }

    private func refusal(_ error: String, _ description: String, _ reason: String?) -> Reply {
        switch error {
        case "invalid_grant", "expired_token": .sessionEnded(error: error)
        case "invalid_client", "unauthorized_client": .registrationRefused(error: error)
        case "slow_down", "too_many_requests", "internal_server_error", "server_error": .offline(reason: error)
        default:
            .refused(
                error: error, description: [description, reason ?? ""].filter { !$0.isEmpty }.joined(separator: "; "))
        }
    }

    /// `InvalidGrantException` is `invalid_grant`.
    private func snakeCase(_ type: String) -> String {
        var name = ""
        for letter in type.hasSuffix("Exception") ? type.dropLast(9) : type[...] {
            if letter.isUppercase, !name.isEmpty { name += "_" }
            name += letter.lowercased()
        }
        return name
    }
}
