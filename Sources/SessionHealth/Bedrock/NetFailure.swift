/// Why an exchange with AWS, or a program that makes one, did not bring what it was for.
///
/// `bedrock-agent-net` prints it as `{"failure":{…}}`; it never holds a secret.
package struct NetFailure: Error, Codable, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong. The words are what `bedrock-agent-net` prints.
    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// No answer of the service: network, name, time, TLS, 5xx, 429, or an answer that is not its own.
        case offline
        /// The portal does not take the access token, or there is none: a sign-in is needed.
        case sessionOver = "session-over"
        /// The account or the role is not assigned to this person. A sign-in does not change that.
        case noAccess = "no-access"
        /// IAM does not allow the role an action. A sign-in does not change that.
        case permission
        /// This machine's clock is too far from the service's for its signatures.
        case clock
        /// Any other refusal.
        case refused
        /// A file or a program on this machine; the message names it.
        case failed
    }

    package var kind: Kind
    /// One sentence without its full stop: what failed, and where.
    package var message: String
    /// What to do: a command where there is one.
    package var fix: String
    /// What IAM does not allow, such as `bedrock:ListInferenceProfiles`; only for ``Kind/permission``.
    package var action: String?

    package init(_ kind: Kind, _ message: String, fix: String? = nil, action: String? = nil) {
        self.kind = kind
        self.message = message
        self.action = action
        self.fix = fix ?? NetFailure.usualFix(kind, action)
    }

    package var description: String { "\(message): \(fix)" }

    private static func usualFix(_ kind: Kind, _ action: String?) -> String {
        switch kind {
        case .offline: "check the network and the proxy (HTTPS_PROXY, \(AWSVariable.caBundle)), then try again"
        case .sessionOver: "bedrock-agent login"
        case .noAccess: "ask your IAM Identity Center administrator to assign it to you; signing in again does not help"
        case .permission:
            "ask your administrator to allow the role \(action ?? "this"); signing in again does not help"
        case .clock: "sudo timedatectl set-ntp true"
        case .refused: "correct what the service names in its message"
        case .failed: "correct what the message names, then try again"
        }
    }
}
