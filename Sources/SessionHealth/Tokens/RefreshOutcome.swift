import FoundationEssentials

/// How one refresh ended. What `bedrock-agent-net refresh` prints, as JSON; it never holds a secret.
package enum RefreshOutcome: Codable, Equatable, Sendable {
    /// The service gave a new token and it is on disk.
    case refreshed(expiresAt: Date)
    /// Another program had already written a newer token; it stands.
    case adopted(expiresAt: Date)
    /// No answer of the service: network, DNS, timeout, TLS, 5xx, 429, or an answer that is not its own.
    case offline(reason: String)
    /// `invalid_grant` or an expired token, and the file did not change meanwhile: the session is over.
    case sessionEnded(error: String)
    /// The client registration is no longer accepted.
    case registrationRefused(error: String)
    /// Any other refusal: signing in again would not mend it.
    case refused(error: String, description: String)
    /// A file could not be read or written; the reason names it.
    case failed(reason: String)

    /// As one program hands it to the other.
    package var json: [UInt8] { JSONCoding.encode(self) }

    /// - Throws: when the bytes are no outcome.
    package init(json: [UInt8]) throws { self = try JSONCoding.decode(RefreshOutcome.self, from: json) }

    /// A word for `status` and the journal.
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

    /// Whether a usable token is on disk after it.
    package var isSuccess: Bool {
        switch self {
        case .refreshed, .adopted: true
        default: false
        }
    }
}
