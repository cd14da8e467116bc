import Digest
import Foundation

/// An AWS Signature Version 4, parsed from its header and checked against the request.
struct Signature: Sendable {
    let accessKeyID: String
    /// The day in the credential scope, e.g. `20261123`.
    let day: String
    let region: String
    let service: String
    let signedHeaders: [String]
    let signature: String

    /// Nil if the header has another format than `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
    init?(authorization: String) {
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0] == "AWS4-HMAC-SHA256" else { return nil }
        var fields: [String: String] = [:]
        for field in parts[1].split(separator: ",") {
            let pair = field.trimmingCharacters(in: .whitespaces).split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { return nil }
            fields[String(pair[0])] = String(pair[1])
        }
        guard let scope = fields["Credential"]?.split(separator: "/").map(String.init), scope.count == 5,
            scope[4] == "aws4_request", let headers = fields["SignedHeaders"], let signature = fields["Signature"]
        else { return nil }
        (accessKeyID, day, region, service) = (scope[0], scope[1], scope[2], scope[3])
        signedHeaders = headers.split(separator: ";").map(String.init)
        self.signature = signature
    }

    /// Whether `X-Amz-Date` is on the scope's day and within five minutes of now, as AWS requires.
    func isRecent(in call: Call, now: Date) -> Bool {
        guard let stamp = call.header("X-Amz-Date"), stamp.hasPrefix(day),
            let date = try? Date(stamp, strategy: Self.stampFormat)
        else { return false }
        return abs(now.timeIntervalSince(date)) <= 300
    }

    /// Whether the signature matches the request and the secret. `host` and `x-amz-date` must be signed.
    func matches(_ call: Call, secret: String) -> Bool {
        guard signedHeaders.contains("host"), signedHeaders.contains("x-amz-date"),
            let stamp = call.header("X-Amz-Date")
        else { return false }
        let toSign = """
            AWS4-HMAC-SHA256
            \(stamp)
            \(day)/\(region)/\(service)/aws4_request
            \(Digest.sha256(Array(canonicalRequest(call).utf8).span).hexadecimal)
            """
        var key = Array("AWS4\(secret)".utf8)
        for part in [day, region, service, "aws4_request"] { key = Digest.hmacSHA256(Array(part.utf8), key: key) }
        return Digest.hmacSHA256(Array(toSign.utf8), key: key).hexadecimal == signature
    }

    private func canonicalRequest(_ call: Call) -> String {
        // Every service except S3 signs the path percent-encoded a second time.
        let path = call.rawPath.split(separator: "/", omittingEmptySubsequences: false).map(Self.encoded)
        let query = call.rawQuery.split(separator: "&").map { item in
            item.contains("=") ? String(item) : "\(item)="
        }
        let headers = signedHeaders.map { name in
            let value = (call.header(name) ?? "").split(separator: " ").joined(separator: " ")
            return "\(name):\(value)\n"
        }
        return [
            call.method, path.joined(separator: "/"), query.sorted().joined(separator: "&"), headers.joined(),
            signedHeaders.joined(separator: ";"), Digest.sha256(Array(call.body).span).hexadecimal,
        ].joined(separator: "\n")
    }

    private static func encoded(_ text: Substring) -> String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? String(text)
    }

    /// `20261123T090000Z`.
    private static let stampFormat = Date.ISO8601FormatStyle(
        dateSeparator: .omitted, dateTimeSeparator: .standard, timeSeparator: .omitted)
}
