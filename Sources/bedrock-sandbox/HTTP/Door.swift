import FlyingFox
import Foundation

/// Connects FlyingFox to the sandbox: receives requests, sends responses, and applies connection faults.
struct Door: HTTPHandler {
    let sandbox: Sandbox

    func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
        let call = Call(
            method: request.method.rawValue, rawPath: request.target.path(), rawQuery: request.target.query(),
            headers: Dictionary(
                request.headers.map { ($0.key.rawValue.lowercased(), $0.value) }, uniquingKeysWith: { $0 + "," + $1 }),
            body: try await request.bodyData)
        switch Route(call) {
        case .nowhere: return Self.response(.json(["message": "No such operation"], status: 404))
        case .control(let name): return Self.response(await sandbox.control(name, call, now: Date()))
        case .service(let operation):
            let fault = await sandbox.fault(for: operation, call)
            if let delay = fault?.delay { try await Task.sleep(for: .seconds(delay.seconds)) }
            switch await sandbox.deliver(operation, call, fault: fault, now: Date()) {
            case .reply(let reply): return Self.response(reply)
            case .truncated(let reply): return Self.response(reply, body: .truncated(reply.body))
            case .reset: return .reset(request)
            case .hang:
                try await Task.sleep(for: .seconds(Self.patience))
                return .reset(request)
            }
        }
    }

    /// How long FlyingFox may wait for a response, in seconds: longer than any client waits.
    static let patience = 30.0 * 86400

    private static func response(_ reply: Reply, body: HTTPBodySequence? = nil) -> HTTPResponse {
        var headers = HTTPHeaders(Dictionary(uniqueKeysWithValues: reply.headers.map { (HTTPHeader($0), $1) }))
        headers[HTTPHeader("x-amzn-RequestId")] = UUID().uuidString.lowercased()
        let status = HTTPStatusCode(reply.status, phrase: phrases[reply.status] ?? "Status")
        return HTTPResponse(statusCode: status, headers: headers, body: body ?? HTTPBodySequence(data: reply.body))
    }

    private static let phrases = [
        200: "OK", 302: "Found", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
        429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable",
    ]
}
