import Foundation

// The answers' JSON, as AWS's service models name it.

/// RegisterClient's.
struct RegisteredClient: Encodable {
    let clientId: String
    let clientSecret: String
    /// Seconds since 1970.
    let clientIdIssuedAt: Int
    /// Seconds since 1970.
    let clientSecretExpiresAt: Int
}

/// StartDeviceAuthorization's.
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

/// CreateToken's.
struct CreatedToken: Encodable {
    let accessToken: String
    let tokenType: String
    /// Seconds.
    let expiresIn: Int
    /// Absent, not null, when there is none.
    let refreshToken: String?
}

/// GetRoleCredentials'.
struct IssuedCredentials: Encodable {
    let accessKeyId: String
    let secretAccessKey: String
    let sessionToken: String
    /// Milliseconds since 1970.
    let expiration: Int

    /// What of the credentials the caller may have: all but our short ID.
    init(_ credentials: RoleCredentials) {
        accessKeyId = credentials.accessKeyID
        secretAccessKey = credentials.secretAccessKey
        sessionToken = credentials.sessionToken
        expiration = Int(credentials.expiresAt.timeIntervalSince1970 * 1000)
    }
}

/// ListAccounts'.
struct AccountPage: Encodable {
    /// One account.
    struct Entry: Encodable {
        let accountId: String
        let accountName: String
        let emailAddress: String
    }

    let accountList: [Entry]
    let nextToken: String?
}

/// ListAccountRoles'.
struct RolePage: Encodable {
    let roleList: [AssignedRole]
    let nextToken: String?
}

/// ListInferenceProfiles'.
struct ProfilePage: Encodable {
    let inferenceProfileSummaries: [InferenceProfile]
    let nextToken: String?
}
