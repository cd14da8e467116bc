import FoundationEssentials

/// Short-lived credentials of a role: all of them secrets but their end.
package struct RoleCredentials: Codable, Equatable, Sendable {
    package var accessKeyID: String
    package var secretAccessKey: String
    package var sessionToken: String
    package var expiration: Date
    /// Twelve digits; nil in files of the AWS CLI before 2.13.
    package var accountID: String?

    private enum CodingKeys: String, CodingKey {
        case accessKeyID = "AccessKeyId"
        case secretAccessKey = "SecretAccessKey"
        case sessionToken = "SessionToken"
        case expiration = "Expiration"
        case accountID = "AccountId"
    }

    package init(
        accessKeyID: String, secretAccessKey: String, sessionToken: String, expiration: Date, accountID: String?
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
        self.accountID = accountID
    }

    /// Seconds before their end from which on the AWS CLI gets new ones (botocore/credentials.py,
    /// `CachedCredentialFetcher`).
    package static let ahead: TimeInterval = 15 * 60

    package func isFresh(at now: Date) -> Bool { expiration.timeIntervalSince(now) >= RoleCredentials.ahead }

    /// What no variable, header or line could carry is none.
    package var isSound: Bool { [accessKeyID, secretAccessKey, sessionToken].allSatisfy(\.isToken) }
}

// MARK: The AWS CLI's cache

extension RoleCredentials {
    /// A file in `~/.aws/cli/cache`.
    private struct CacheFile: Codable {
        var providerType: String?
        var credentials: RoleCredentials

        enum CodingKeys: String, CodingKey {
            case providerType = "ProviderType"
            case credentials = "Credentials"
        }
    }

    /// Reads a file in `~/.aws/cli/cache`; nil for what is none, or is being written.
    package init?(cached bytes: [UInt8]) {
        guard let file = try? JSONCoding.decode(CacheFile.self, from: bytes), file.credentials.isSound else {
            return nil
        }
        self = file.credentials
    }

    /// The file, as the AWS CLI writes it.
    /// - Parameter isAssumed: by STS; else they are from the access portal, and `aws sso logout` removes the file.
    package func cacheFile(isAssumed: Bool) -> [UInt8] {
        JSONCoding.encode(CacheFile(providerType: isAssumed ? nil : "sso", credentials: self))
    }
}

// MARK: What others take

extension RoleCredentials {
    /// How they are printed, by the names of `aws configure export-credentials --format`.
    package enum Format: String, CaseIterable, Sendable {
        /// For `credential_process` of an AWS profile.
        case process
        /// For `awsCredentialExport` of Claude Code's settings.
        case export
        /// For `eval` in a shell.
        case env
    }

    private struct Versioned: Encodable {
        var credentials: RoleCredentials

        private enum CodingKeys: String, CodingKey { case version = "Version" }

        func encode(to encoder: any Encoder) throws {
            try credentials.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(1, forKey: .version)
        }
    }

    /// The whole text, with its line ends.
    package func text(as format: Format) -> [UInt8] {
        var plain = self
        plain.accountID = nil
        switch format {
        case .process: return JSONCoding.encode(Versioned(credentials: plain), isPretty: true) + [0x0A]
        case .export: return JSONCoding.encode(["Credentials": plain], isPretty: true) + [0x0A]
        case .env:
            let variables = [
                (AWSVariable.accessKeyID, accessKeyID), (AWSVariable.secretAccessKey, secretAccessKey),
                (AWSVariable.sessionToken, sessionToken),
                (AWSVariable.credentialExpiration, Timestamp.format(expiration)),
            ]
            return Array(variables.map { "export \($0)=\(ShellWords.quoted($1))\n" }.joined().utf8)
        }
    }
}
