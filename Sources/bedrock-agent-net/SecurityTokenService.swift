import FoundationEssentials
import SessionHealth

/// STS asked with a role's credentials. Its answers are XML, of which a few elements without children are read.
struct SecurityTokenService {
    let endpoint: String
    let region: String
    let credentials: RoleCredentials
    /// The present.
    let date: Date
    let exchange: HTTPExchange

    /// AssumeRole.
    func assume(_ role: AssumedRole) throws(NetFailure) -> RoleCredentials {
        var query = [
            ("Action", "AssumeRole"), ("Version", "2011-06-15"), ("RoleArn", role.arn),
            ("RoleSessionName", role.sessionName ?? "bedrock-agent-\(Int(date.timeIntervalSince1970))"),
        ]
        if let id = role.externalID { query.append(("ExternalId", id)) }
        if let duration = role.duration { query.append(("DurationSeconds", "\(duration)")) }
        let what = "assume role \(role.arn)"
        let answer: HTTPExchange.Answer
        do throws(Refusal) {
            let signature = RequestSignature(
                region: Region.plain(region), service: "sts", credentials: credentials, date: date)
            answer = try exchange.ask(endpoint + "/", query, signedBy: signature)
        } catch {
            throw error.failure(what)
        }
        guard answer.status == 200 else { throw failure(what, answer) }
        let account = role.arn.split(separator: ":", omittingEmptySubsequences: false).dropFirst(4).first
        guard let key = answer.element("AccessKeyId"), let secret = answer.element("SecretAccessKey"),
            let token = answer.element("SessionToken"), let end = answer.element("Expiration"),
            let expiration = try? Timestamp.parse(end)
        else { throw notTheirs(what) }
        let assumed = RoleCredentials(
            accessKeyID: key, secretAccessKey: secret, sessionToken: token, expiration: expiration,
            accountID: account.map(String.init))
        guard assumed.isSound else { throw notTheirs(what) }
        return assumed
    }

    private func notTheirs(_ what: String) -> NetFailure {
        NetFailure(.offline, "cannot \(what): an answer that did not come from STS (HTTP 200)")
    }

    private func failure(_ what: String, _ answer: HTTPExchange.Answer) -> NetFailure {
        guard (400..<500).contains(answer.status), answer.status != 429, answer.status != 407,
            let code = answer.element("Code")?.cleaned(of: credentials.secrets)
        else { return NetFailure(.offline, "cannot \(what): HTTP \(answer.status) from STS in \(region)") }
        let message = (answer.element("Message") ?? "").cleaned(of: credentials.secrets)
        switch code {
        case "AccessDenied":
            return NetFailure(.permission, "cannot \(what): access is denied (\(message))", action: "sts:AssumeRole")
        case "SignatureDoesNotMatch" where message.hasPrefix("Signature expired"), "RequestExpired":
            return NetFailure(.clock, "cannot \(what): STS says that this machine's clock is wrong (\(message))")
        default: return NetFailure(.refused, "cannot \(what): \(code) (HTTP \(answer.status)), \(message)")
        }
    }
}

extension HTTPExchange.Answer {
    /// The text of the first element of this name, without its references resolved but those of XML itself.
    fileprivate func element(_ name: String) -> String? {
        let text = String(decoding: body, as: UTF8.self)
        guard let begin = text.ranges(of: "<\(name)>").first?.upperBound,
            let end = text[begin...].ranges(of: "</\(name)>").first?.lowerBound
        else { return nil }
        var value = String(text[begin..<end])
        for (reference, meant) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")] {
            value = value.replacing(reference, with: meant)
        }
        return value
    }
}
