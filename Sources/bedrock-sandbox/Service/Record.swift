import Foundation

/// One line of the record: who asked for what, how it went, and which tokens it was about, by short ID.
struct RecordEntry: Codable, Sendable {
    /// 1, 2, 3, … in the order the calls were answered.
    let sequence: Int
    /// RFC 3339, UTC, milliseconds.
    let time: String
    let operation: Operation
    /// CreateToken's grant as the caller spelled it.
    var grantType: String?
    /// The first product of the User-Agent: `aws-cli`, `Boto3`, `bedrock-agent-net`.
    let client: String
    /// HTTP status sent; nil when nothing was.
    var status: Int?
    /// The refusal: OIDC's `error`, elsewhere the exception.
    var error: String?
    /// The fault that struck.
    var fault: Fault.Kind?
    /// `cl-` registration, `da-` device code, `ac-` authorization code, `ps-` portal session, `at-` access token,
    /// `rt-` refresh token, `rc-` role credentials.
    let used: [String]
    /// As `used`: what the call brought into being.
    let issued: [String]
    /// A role, `ACCOUNT/ROLE`, or a model.
    var subject: String?
    /// Who signed a call to Bedrock or STS; nil for one that is not signed.
    var signer: Signer?
}

/// The append-only list of what happened.
struct Record: Sendable {
    private(set) var entries: [RecordEntry] = []

    /// The number the next entry gets.
    var next: Int { entries.count + 1 }

    /// Adds it at the end; there is no taking back.
    mutating func append(_ entry: RecordEntry) { entries.append(entry) }

    /// `2026-11-23T09:00:00.000Z`.
    static func stamp(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
