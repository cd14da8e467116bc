/// What the process that signs in tells those who wait. Contains no secret.
package struct SignInNote: Codable, Equatable, Sendable {
    /// Where to sign in.
    package var url: String?
    /// The code that the page shows for comparison.
    package var code: String?
    /// When it failed, in seconds since 1970, and why.
    package var failedAt: Double?
    package var reason: String?
    /// Nil where nothing can be said of it.
    package var obstacle: SignInObstacle?

    package init(
        url: String? = nil, code: String? = nil, failedAt: Double? = nil, reason: String? = nil,
        obstacle: SignInObstacle? = nil
    ) {
        self.url = url
        self.code = code
        self.failedAt = failedAt
        self.reason = reason
        self.obstacle = obstacle
    }
}
