import Foundation

// The answers' JSON, as AWS's service models name it.

struct RegisteredClient: Encodable {
    let clientId: String
    let clientSecret: String
    /// Seconds since 1970.
    let clientIdIssuedAt: Int
    /// Seconds since 1970.
    let clientSecretExpiresAt: Int
}

struct StartedAuthorization: Encodable {
    let deviceCode: String
    let userCode: String
    let verificationUri: String
    let verificationUriComplete: String
    /// Seconds.
    let expiresIn: Int
    /// Seconds.
    let interval: Int
}

struct CreatedToken: Encodable {
    let accessToken: String
    let tokenType: String
    /// Seconds.
    let expiresIn: Int
    /// Absent, not null, when there is none.
    let refreshToken: String?
}

struct IssuedCredentials: Encodable {
    let accessKeyId: String
    let secretAccessKey: String
    let sessionToken: String
    /// Milliseconds since 1970.
    let expiration: Int

    init(_ credentials: RoleCredentials) {
        accessKeyId = credentials.accessKeyID
        secretAccessKey = credentials.secretAccessKey
        sessionToken = credentials.sessionToken
        expiration = Int(credentials.expiresAt.timeIntervalSince1970 * 1000)
    }
}

struct AccountPage: Encodable {
    struct Entry: Encodable {
        let accountId: String
        let accountName: String
        let emailAddress: String
    }

    let accountList: [Entry]
    let nextToken: String?
}

struct RolePage: Encodable {
    let roleList: [AssignedRole]
    let nextToken: String?
}

struct ProfilePage: Encodable {
    let inferenceProfileSummaries: [InferenceProfile]
    let nextToken: String?
}
