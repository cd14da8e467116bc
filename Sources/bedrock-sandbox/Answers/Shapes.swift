import Foundation

// The responses' JSON, with the names of AWS's service models.

/// The output of RegisterClient.
struct RegisteredClient: Encodable {
    let clientId: String
    let clientSecret: String
    /// Seconds since 1970.
    let clientIdIssuedAt: Int
    /// Seconds since 1970.
    let clientSecretExpiresAt: Int
}

/// The output of StartDeviceAuthorization.
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

/// The output of CreateToken.
struct CreatedToken: Encodable {
    let accessToken: String
    let tokenType: String
    /// Seconds.
    let expiresIn: Int
    /// Omitted, not null, if there is none.
    let refreshToken: String?
}

/// The output of GetRoleCredentials.
struct IssuedCredentials: Encodable {
    let accessKeyId: String
    let secretAccessKey: String
    let sessionToken: String
    /// Milliseconds since 1970.
    let expiration: Int

    /// What the caller gets of the credentials: everything but our short ID.
    init(_ credentials: RoleCredentials) {
        accessKeyId = credentials.accessKeyID
        secretAccessKey = credentials.secretAccessKey
        sessionToken = credentials.sessionToken
        expiration = Int(credentials.expiresAt.timeIntervalSince1970 * 1000)
    }
}

/// The output of ListAccounts.
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

/// The output of ListAccountRoles.
struct RolePage: Encodable {
    let roleList: [AssignedRole]
    let nextToken: String?
}

/// The output of ListInferenceProfiles.
struct ProfilePage: Encodable {
    let inferenceProfileSummaries: [InferenceProfile]
    let nextToken: String?
}
