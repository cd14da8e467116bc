/// Where the person signs in.
package struct SignInPage: Equatable, Sendable {
    package let url: String
    /// What the person compares with the page; nil where the page calls back.
    package let code: String?
    /// The address with the code in it.
    package let complete: String?

    package init(url: String, code: String? = nil, complete: String? = nil) {
        self.url = url
        self.code = code
        self.complete = complete
    }

    /// As it is printed for whoever runs the program; `SignInOutput` finds it there.
    package var lines: String { [url, code, complete].compactMap(\.self).joined(separator: "\n") + "\n" }
}

/// What a browser brought to the port (RFC 6749 §4.1.2).
package struct Callback: Equatable, Sendable {
    package var code: String?
    package var state: String?
    package var error: String?
    package var description: String?

    /// - Parameter target: of a GET request; nil unless it is an answer of the sign-in page.
    package init?(target: String) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.first == Substring(OIDCRequest.callbackPath), parts.count == 2 else { return nil }
        for item in parts[1].split(separator: "&") {
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, let value = PercentEncoding.decodeQuery(String(pair[1])) else { continue }
            switch pair[0] {
            case "code": code = value
            case "state": state = value
            case "error": error = value
            case "error_description": description = value
            default: break
            }
        }
        guard code != nil || error != nil else { return nil }
    }

    /// Not made up by a page that somebody lured the person to (RFC 6749 §10.12).
    func isAnswer(to expected: String) -> Bool { state == expected }
}

/// What the browser shows when it has brought an answer.
package enum CallbackPage: Equatable, Sendable {
    case signedIn
    case failed(String)
    /// It does not belong to this sign-in, which goes on.
    case notOurs
}
