import Foundation

/// One entry of the record: the client, the operation, its result, and the tokens involved, by short ID.
struct RecordEntry: Codable, Sendable {
    /// 1, 2, 3, … in the order of the responses.
    let sequence: Int
    /// RFC 3339, UTC, milliseconds.
    let time: String
    let operation: Operation
    /// CreateToken's grant type, as the client spelled it.
    var grantType: String?
    /// The first product of the User-Agent: `aws-cli`, `Boto3`, `bedrock-agent-net`.
    let client: String
    /// The HTTP status; nil if nothing was sent.
    var status: Int?
    /// The error: OIDC's `error`, or the exception's name.
    var error: String?
    /// The injected fault.
    var fault: Fault.Kind?
    /// `cl-` registration, `da-` device code, `ac-` authorization code, `ps-` portal session, `at-` access token,
    /// `rt-` refresh token, `rc-` role credentials.
    let used: [String]
    /// What the call issued, in the same format.
    let issued: [String]
    /// A role, `ACCOUNT/ROLE`, or a model.
    var subject: String?
    /// Who signed a call to Bedrock or STS; nil for one that is not signed.
    var signer: Signer?
}

/// The append-only list of calls.
struct Record: Sendable {
    private(set) var entries: [RecordEntry] = []

    /// The number the next entry gets.
    var next: Int { entries.count + 1 }

    /// Adds an entry at the end.
    mutating func append(_ entry: RecordEntry) { entries.append(entry) }

    /// `2026-11-23T09:00:00.000Z`.
    static func stamp(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
