import ArgumentParser
import FlyingFox
import FlyingSocks
import Foundation

/// Sends HTTP requests to this machine only.
struct LoopbackClient {
    /// - Throws: `ValidationError` for a URL other than `http://127.0.0.1…` or `http://localhost…`; otherwise the
    ///   socket's error.
    static func send(
        _ method: HTTPMethod, _ url: URL, body: Data = Data(), type: String? = nil
    ) async throws -> (status: Int, location: String?, body: Data) {
        guard url.scheme == "http", let host = url.host(), ["127.0.0.1", "localhost"].contains(host),
            let parts = URLComponents(url: url, resolvingAgainstBaseURL: true)
        else { throw ValidationError("Not an http URL on this machine: \(url.absoluteString)") }
        let port = UInt16(parts.port ?? 80)
        var headers: [HTTPHeader: String] = [
            .host: "\(host):\(port)", .connection: "close", HTTPHeader("User-Agent"): "bedrock-sandbox",
        ]
        headers[.contentType] = type
        let request = HTTPRequest(
            method: method, version: .http11, path: parts.path.isEmpty ? "/" : parts.path,
            query: (parts.queryItems ?? []).map { .init(name: $0.name, value: $0.value ?? "") }, headers: headers,
            body: body)
        var client = HTTPClient()
        let response = try await client.sendHTTPRequest(request, to: .inet(ip4: "127.0.0.1", port: port))
        return (response.statusCode.code, response.headers[.location], try await response.bodyData)
    }
}
