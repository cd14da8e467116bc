/// Why an exchange with AWS, or the program that makes it, failed.
///
/// `bedrock-agent-net` prints it as `{"failure":{…}}`; it never contains a secret.
package struct NetFailure: Error, Codable, Equatable, Sendable, CustomStringConvertible {
    /// The kind of failure. The raw values are what `bedrock-agent-net` prints.
    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// No response from the service: a network, name resolution, timeout or TLS error, 5xx, 429, or a response that
        /// is not the service's.
        case offline
        /// The portal rejects the access token, or there is none: a new sign-in is needed.
        case sessionOver = "session-over"
        /// The account or the role is not assigned to the user. Signing in again does not help.
        case noAccess = "no-access"
        /// IAM does not allow the role an action. Signing in again does not help.
        case permission
        /// This machine's clock differs too much from the service's for a valid signature.
        case clock
        /// Any other error response.
        case refused
        /// A problem with a file or a program on this machine; the message names it.
        case failed
    }

    package var kind: Kind
    /// One sentence without the final period: what failed, and where.
    package var message: String
    /// What to do: a command if there is one.
    package var fix: String
    /// The missing permission, e.g. `bedrock:ListInferenceProfiles`; only for ``Kind/permission``.
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
