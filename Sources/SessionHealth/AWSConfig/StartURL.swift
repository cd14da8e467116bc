/// The URL of an access portal, as users copy it from their browser.
package enum StartURL {
    /// What is wrong with the URL, to follow it in a sentence; nil if it is valid.
    package static func problem(_ text: String) -> String? {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return "contains spaces or non-ASCII characters" }
        guard text.lowercased().hasPrefix("https://") else { return "does not start with https://" }
        let host = host(text)
        guard host.contains("."), !host.contains("@") else { return "has no valid host name" }
        return nil
    }

    /// As it is meant: without a scheme, `https://` is, and what a browser adds to a portal's address is not.
    package static func completed(_ text: String) -> String {
        guard text.contains(".") else { return text }
        let plain = text.prefix { $0 != "?" && $0 != "#" }
        let address = plain.hasSuffix("/") ? plain.dropLast() : plain
        return address.contains("://") ? String(address) : "https://\(address)"
    }

    /// Whether a config file's value can be one: the AWS tools accept any that the service does.
    static func isAddress(_ text: String) -> Bool {
        let start = text.prefix(8).lowercased()
        return (start.hasPrefix("https://") || start.hasPrefix("http://"))
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"'<>".utf8.contains($0) }
    }

    /// The region in the host name, as of `https://ssoins-1234.portal.us-east-1.app.aws` and
    /// `https://d-1234.eu-central-1.portal.amazonaws.com`; nil for the usual kind, which names none.
    package static func region(in text: String) -> String? {
        let labels = host(text).lowercased().prefix { $0 != ":" }.split(separator: ".")
        let region: Substring?
        // As the AWS CLI does (awscli/customizations/sso/resolve.py).
        switch labels.dropFirst(3).joined(separator: ".") {
        case "app.aws", "app.amazonwebservices.com.cn", "api.amazonwebservices.eu":
            region = labels[1] == "portal" ? labels[2] : nil
        case "amazonaws.com", "amazonaws.com.cn", "amazonaws.eu": region = labels[2] == "portal" ? labels[1] : nil
        default: region = nil
        }
        return region.map(String.init).flatMap { Region.isValid($0) ? $0 : nil }
    }

    /// Its host is AWS's: where it leads is no matter of redirection.
    package static func isOfAWS(_ text: String) -> Bool {
        let host = host(text).lowercased().prefix { $0 != ":" }
        return exactHosts.contains(String(host)) || hostEnds.contains { host.hasSuffix($0) }
    }

    private static let hostEnds = [
        ".app.aws", ".portal.amazonaws.com", ".portal.amazonaws.com.cn", ".app.amazonwebservices.com.cn",
        ".portal.amazonaws.eu", ".api.amazonwebservices.eu", ".awsapps.com", ".awsapps.cn",
    ]
    private static let exactHosts = [
        "identitycenter.amazonaws.com", "identitycenter.amazonaws.com.cn", "identitycenter.amazonaws.eu",
        "identitycenter.us-gov.amazonaws.com",
    ]

    /// Where a start URL of a company's own leads (AWS CLI 2.35.13 and later).
    package struct Resolved: Codable, Equatable, Sendable {
        /// What the service is asked with.
        package var startURL: String
        /// Nil where the host does not tell.
        package var region: String?

        /// - Returns: nil if that is no access portal of AWS.
        package init?(redirect: String) {
            guard StartURL.problem(redirect) == nil, StartURL.isOfAWS(redirect) else { return nil }
            let plain = redirect.prefix { $0 != "?" && $0 != "#" }
            startURL = String(plain.hasSuffix("/") ? plain.dropLast() : plain)
            region = StartURL.region(in: redirect)
        }
    }

    /// An unused name for its session: `corp` for `https://corp.awsapps.com/start`. If the host is not specific, as in
    /// `https://start.us-gov-home.awsapps.com/directory/d-1234567890`, it is the last path segment.
    package static func sessionName(for text: String, isTaken: (String) -> Bool) -> String {
        let name = name(in: text)
        guard isTaken(name) else { return name }
        var number = 2
        while isTaken("\(name)-\(number)") { number += 1 }
        return "\(name)-\(number)"
    }

    private static func name(in text: String) -> String {
        let address = text.split(separator: "://", maxSplits: 1).last ?? ""
        let parts = address.prefix { $0 != "?" && $0 != "#" }.split(separator: "/")
        let labels = (parts.first ?? "").prefix { $0 != ":" }.split(separator: ".")
        var name = labels.first ?? ""
        if ["start", "identitycenter"].contains(name), parts.count > 1 { name = parts[parts.count - 1] }
        let isAddress = labels.allSatisfy { Int($0) != nil }
        return !isAddress && AWSConfig.isValid(newName: String(name)) ? String(name) : "sso"
    }

    private static func host(_ text: String) -> Substring {
        text.dropFirst("https://".count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    }
}
