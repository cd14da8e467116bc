import Digest
import FoundationEssentials
import SessionHealth

/// AWS's Signature Version 4 of a GET request without a body.
///
/// libcurl can sign, too, but each version by other rules: 7.88 takes the query as it stands, and 8.14 signs `+` as a
/// space (curl issue 20543), so that page tokens are refused; and whether the path is encoded twice depends on it.
struct RequestSignature {
    let region: String
    let service: String
    let credentials: RoleCredentials
    /// The service takes 5 minutes off.
    let date: Date

    private static let signedHeaders = "host;x-amz-date;x-amz-security-token"

    /// The header lines that sign the request.
    /// - Parameters:
    ///   - host: with the port, unless that is the scheme's own.
    ///   - path: as it is sent, percent-encoded.
    ///   - query: as it is sent, percent-encoded and sorted.
    func headers(host: String, path: String, query: String) -> [String] {
        let stamp = Timestamp.format(date).filter { $0 != "-" && $0 != ":" }
        let day = stamp.prefix(8)
        let scope = "\(day)/\(region)/\(service)/aws4_request"
        let request = [
            "GET", PercentEncoding.encodeAgain(path: path), query, "host:\(host)", "x-amz-date:\(stamp)",
            "x-amz-security-token:\(credentials.sessionToken)", "", RequestSignature.signedHeaders,
            Digest.sha256([UInt8]().span).hexadecimal,
        ].joined(separator: "\n")
        let toSign = ["AWS4-HMAC-SHA256", stamp, scope, Digest.sha256(Array(request.utf8).span).hexadecimal]
        var key = Array("AWS4\(credentials.secretAccessKey)".utf8)
        for part in [String(day), region, service, "aws4_request"] {
            key = Digest.hmacSHA256(Array(part.utf8), key: key)
        }
        let signature = Digest.hmacSHA256(Array(toSign.joined(separator: "\n").utf8), key: key).hexadecimal
        return [
            "Host: \(host)", "X-Amz-Date: \(stamp)", "X-Amz-Security-Token: \(credentials.sessionToken)",
            "Authorization: AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope),"
                + " SignedHeaders=\(RequestSignature.signedHeaders), Signature=\(signature)",
        ]
    }
}

extension HTTPExchange {
    /// A signed GET request.
    /// - Parameter url: with a path, and without a query.
    func ask(
        _ url: String, _ query: [(String, String)], signedBy signature: RequestSignature
    ) throws(Refusal) -> Answer {
        let question = PercentEncoding.query(query)
        let (host, path) = parts(of: url)
        return try ask(
            question.isEmpty ? url : "\(url)?\(question)",
            headers: signature.headers(host: host, path: path, query: question))
    }

    /// As they are sent.
    private func parts(of url: String) -> (host: String, path: String) {
        let start = url.ranges(of: "://").first?.upperBound ?? url.startIndex
        let end = url[start...].firstIndex(of: "/") ?? url.endIndex
        var host = url[start..<end]
        let port = url.hasPrefix("https:") ? ":443" : ":80"
        if host.hasSuffix(port) { host = host.dropLast(port.count) }
        return (String(host), String(url[end...]))
    }
}

extension RoleCredentials {
    /// What must not appear in a message.
    var secrets: [String] { [sessionToken, secretAccessKey, accessKeyID] }
}
