/// What the one who signs in tells those who wait for it. It holds no secret.
package struct SignInNote: Codable, Equatable, Sendable {
    /// Where the person signs in.
    package var url: String?
    /// What the page shows for comparison.
    package var code: String?
    /// When it came to nothing, in seconds since 1970, and why.
    package var failedAt: Double?
    package var reason: String?

    package init(url: String? = nil, code: String? = nil, failedAt: Double? = nil, reason: String? = nil) {
        self.url = url
        self.code = code
        self.failedAt = failedAt
        self.reason = reason
    }
}
