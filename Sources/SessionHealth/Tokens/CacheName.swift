// File names in `~/.aws/sso/cache`, `~/.aws/login/cache` and `~/.aws/cli/cache`: a hash of a string that every SDK builds in
// the same way.
import Digest

/// Names of the AWS CLI's cache files. They are computed, never searched for: other programs keep files there too.
package enum CacheName {
    /// The token file in `~/.aws/sso/cache`. The key is the `sso_session` name, or for a legacy profile its
    /// `sso_start_url` byte for byte.
    package static func token(key: String) -> String {
        sha1(key) + ".json"
    }

    /// The client registration that AWS CLI v2 keeps in `~/.aws/sso/cache`. The scopes are nil where the configuration
    /// names none, which is not the same as an empty list; the session name is nil for a legacy profile.
    package static func registration(
        startURL: String, region: String, scopes: [String]?, sessionName: String?
    ) -> String {
        let scopeList = scopes.map { "[" + $0.map(quoted).joined(separator: ", ") + "]" } ?? "null"
        let name = sessionName.map(quoted) ?? "null"
        return sha1(
            "{\"region\": \(quoted(region)), \"scopes\": \(scopeList), \"session_name\": \(name), "
                + "\"startUrl\": \(quoted(startURL)), \"tool\": \"botocore\"}") + ".json"
    }

    /// The role credentials that AWS CLI v2 keeps in `~/.aws/cli/cache`; the token key as for the token file.
    package static func role(accountID: String, roleName: String, tokenKey: String, isLegacy: Bool) -> String {
        let key = isLegacy ? "startUrl" : "sessionName"
        return sha1(
            "{\"accountId\":\(quoted(accountID)),\"roleName\":\(quoted(roleName)),"
                + "\"\(key)\":\(quoted(tokenKey))}") + ".json"
    }

    /// The credentials of an assumed role that the AWS CLI keeps in `~/.aws/cli/cache`, by what STS is asked with.
    package static func assumedRole(
        arn: String, externalID: String?, sessionName: String?, duration: Int?
    ) -> String {
        var items: [String] = []
        if let duration { items.append("\"DurationSeconds\": \(duration)") }
        if let externalID { items.append("\"ExternalId\": \(quoted(externalID))") }
        items.append("\"RoleArn\": \(quoted(arn))")
        if let sessionName { items.append("\"RoleSessionName\": \(quoted(sessionName))") }
        return sha1("{" + items.joined(separator: ", ") + "}") + ".json"
    }

    /// The file of an `aws login` in `~/.aws/login/cache`.
    package static func login(_ session: String) -> String {
        Digest.sha256(Array(session.utf8).span).hexadecimal + ".json"
    }

    private static func sha1(_ text: String) -> String {
        Digest.sha1(Array(text.utf8).span).hexadecimal
    }

    /// A JSON string as Python's `json.dumps` writes it: all but printable ASCII escaped, in UTF-16 units.
    private static func quoted(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }) { return "\"\(text)\"" }
        var json = "\""
        for unit in text.utf16 {
            switch unit {
            case 0x22: json += "\\\""
            case 0x5C: json += "\\\\"
            case 0x0A: json += "\\n"
            case 0x0D: json += "\\r"
            case 0x09: json += "\\t"
            case 0x08: json += "\\b"
            case 0x0C: json += "\\f"
            case 0x20...0x7E: json.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            default: json += "\\u" + [UInt8(unit >> 8), UInt8(unit & 0xFF)].hexadecimal
            }
        }
        return json + "\""
    }
}
