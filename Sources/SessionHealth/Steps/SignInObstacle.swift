/// Why a sign-in came to nothing, where a person can do something about it. The raw value is the exit status of
/// `bedrock-agent-net sign-in`.
package enum SignInObstacle: Int32, Codable, Sendable {
    /// The service gave no answer, or something else answered.
    case network = 69
    /// The service refuses the client or the start URL.
    case refused = 76
    /// The person refused, on the page.
    case denied = 77

    /// What to do: for a person at a terminal, since it is long.
    package func advice(for session: SSOSession) -> String {
        switch self {
        case .network:
            "check the network, the VPN and the proxy (HTTPS_PROXY, \(AWSVariable.caBundle)), then try again"
        case .refused:
            "check the start URL (\(session.startURL)) and its region (\(session.region)), or run bedrock-agent doctor"
        case .denied: "try again, and allow it there"
        }
    }
}
