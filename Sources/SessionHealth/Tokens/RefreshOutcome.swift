import FoundationEssentials

/// How a refresh ended, as `bedrock-agent-net refresh` prints it in JSON; never contains a secret.
package enum RefreshOutcome: Codable, Equatable, Sendable {
    /// The service issued a new token, and it is on disk.
    case refreshed(expiresAt: Date)
    /// Another program had already written a newer token, which is kept.
    case adopted(expiresAt: Date)
    /// No answer from the service: network, DNS, timeout, TLS, 5xx, 429, or an answer that is not its own.
    case offline(reason: String)
    /// `invalid_grant` or an expired token, and the file did not change: the session has ended.
    case sessionEnded(error: String)
    /// The client registration is no longer accepted.
    case registrationRefused(error: String)
    /// Any other refusal: signing in again would not help.
    case refused(error: String, description: String)
    /// A file could not be read or written; the reason names it.
    case failed(reason: String)

    /// The JSON that one program passes to the other.
    package var json: [UInt8] { JSONCoding.encode(self) }

    /// - Throws: if the bytes are not an outcome.
    package init(json: [UInt8]) throws { self = try JSONCoding.decode(RefreshOutcome.self, from: json) }

    /// A keyword for `status` and the journal.
    package var word: String {
        switch self {
        case .refreshed: "ok"
        case .adopted: "adopted"
        case .offline: "offline"
        case .sessionEnded: "session-ended"
        case .registrationRefused: "registration-refused"
        case .refused: "refused"
        case .failed: "failed"
        }
    }

    /// The service's name for why it refused, such as `invalid_grant`; nil if it did not.
    package var refusal: String? {
        switch self {
        case .sessionEnded(let error), .registrationRefused(let error), .refused(let error, _): error
        case .refreshed, .adopted, .offline, .failed: nil
        }
    }

    /// Whether a usable token is on disk after it.
    package var isSuccess: Bool {
        switch self {
        case .refreshed, .adopted: true
        default: false
        }
    }
}
