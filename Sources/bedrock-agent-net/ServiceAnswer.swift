import SessionHealth

extension HTTPExchange.Answer {
    /// What the portal or Bedrock said: the value of a 200, else why there is none.
    /// - Parameters:
    ///   - service: whose answer it should be, for a person: `the access portal`.
    ///   - secrets: what was sent and must not appear in a message.
    func value<Value: Decodable>(
        _ type: Value.Type, from service: String, secrets: [String]
    ) throws(Refusal) -> Value {
        guard status != 200 else {
            guard let value = try? JSONCoding.decode(type, from: body) else { throw notTheirs(service) }
            return value
        }
        let document = try? JSONDocument(parsing: body)
        let named = errorType ?? document?.string(at: ["__type"])
        // `com.amazonaws.switchboard.portal#UnauthorizedException`
        let error = named.map { String($0.split(separator: "#").last ?? "") }
        let message = document?.string(at: ["message"]) ?? document?.string(at: ["Message"]) ?? ""
        let isBusy = status == 429 || status == 407 || status >= 500
        guard !isBusy, (400..<500).contains(status), let error, !error.isEmpty else {
            if isBusy { throw Refusal(isOffline: true, status: status, error: "", message: "HTTP \(status)") }
            throw notTheirs(service)
        }
        throw Refusal(
            isOffline: false, status: status, error: error.cleaned(of: secrets), message: message.cleaned(of: secrets))
    }

    private func notTheirs(_ service: String) -> Refusal {
        Refusal(
            isOffline: true, status: status, error: "",
            message: "an answer that did not come from \(service) (HTTP \(status))")
    }
}

/// A service that said no, or whose answer did not come through.
struct Refusal: Error {
    /// Not an answer from the service, or one that says nothing about the request.
    var isOffline: Bool
    var status: Int
    /// The exception's name.
    var error: String
    var message: String

    /// For what neither the portal nor Bedrock has a word of its own.
    func failure(_ what: String) -> NetFailure {
        if isOffline { return NetFailure(.offline, "cannot \(what): \(message)") }
        let words = message.isEmpty ? "" : ", \(message)"
        return NetFailure(.refused, "cannot \(what): \(error) (HTTP \(status))\(words)")
    }
}

extension HTTPExchange {
    /// The same as `get`, where no answer is one more way in which a service says no.
    func ask(_ url: String, headers: [String]) throws(Refusal) -> Answer {
        do throws(NoAnswer) {
            return try get(url, headers: headers)
        } catch {
            throw error.refusal(by: url)
        }
    }
}

extension HTTPExchange.NoAnswer {
    /// As a service that cannot be reached, with its host.
    func refusal(by url: String) -> Refusal {
        let host = url.split(separator: "/").dropFirst().first.map(String.init) ?? url
        return Refusal(isOffline: true, status: 0, error: "", message: "\(reason) (\(host))")
    }
}
