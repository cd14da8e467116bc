import Foundation

extension Fault {
    /// The response that this fault sends instead of the service's; nil for faults that send none.
    func reply(in dialect: Operation.Dialect) -> Reply? {
        switch fault {
        case .html: return Pages.captivePortal
        case .empty: return Reply(status: 200, headers: ["Content-Type": "application/json"], body: Data())
        case .garbage:
            return Reply(
                status: 200, headers: ["Content-Type": "application/json"], body: Data("{\"accessToken\": \u{1}<".utf8))
        case .status500: return plain(500, "InternalServerException", "server_error", "Internal server error", dialect)
        case .status503: return plain(503, "ServiceUnavailableException", nil, "Service is unavailable", dialect)
        case .status429: return plain(429, "TooManyRequestsException", nil, "Too many requests", dialect)
        case .slowDown: return .refusal(.slowDown, dialect: dialect)
        case .error:
            let code = error ?? "invalid_request"
            return plain(status ?? 400, Self.exception(named: code), code, description ?? "Refused on purpose", dialect)
        case .hang, .reset, .lost, .truncate, .delay: return nil
        }
    }

    private func plain(
        _ status: Int, _ exception: String, _ error: String?, _ message: String, _ dialect: Operation.Dialect
    ) -> Reply {
        .refusal(Refusal(status: status, exception: exception, error: error, message: message), dialect: dialect)
    }

    /// `invalid_grant` → `InvalidGrantException`; a name that already ends in `Exception` is kept.
    private static func exception(named code: String) -> String {
        guard !code.hasSuffix("Exception") else { return code }
        return code.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined() + "Exception"
    }
}
