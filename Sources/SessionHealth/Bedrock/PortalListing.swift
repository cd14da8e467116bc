// What the access portal lists, with the portal's own keys: the same types decode its responses, the AWS CLI's output
// and the output of `bedrock-agent-net`. Names are not sanitized: print `printable`.

/// An AWS account assigned to the user.
package struct PortalAccount: Codable, Equatable, Hashable, Sendable {
    /// Twelve digits.
    package var id: String
    package var name: String
    package var email: String

    private enum CodingKeys: String, CodingKey {
        case id = "accountId"
        case name = "accountName"
        case email = "emailAddress"
    }

    package init(id: String, name: String, email: String) {
        self.id = id
        self.name = name
        self.email = email
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        id = try values.decode(String.self, forKey: .id)
        name = try values.decodeIfPresent(String.self, forKey: .name) ?? ""
        email = try values.decodeIfPresent(String.self, forKey: .email) ?? ""
    }
}

/// A role assigned to the user in an account.
package struct PortalRole: Codable, Equatable, Hashable, Sendable {
    package var name: String
    package var accountID: String?

    private enum CodingKeys: String, CodingKey {
        case name = "roleName"
        case accountID = "accountId"
    }
}

/// The output of ListAccounts, one page or all.
package struct AccountListing: Codable, Equatable, Sendable {
    package var accounts: [PortalAccount]

    private enum CodingKeys: String, CodingKey { case accounts = "accountList" }

    package init(_ accounts: [PortalAccount]) { self.accounts = accounts }
}

/// The output of ListAccountRoles, one page or all.
package struct RoleListing: Codable, Equatable, Sendable {
    package var roles: [PortalRole]

    private enum CodingKeys: String, CodingKey { case roles = "roleList" }

    package init(_ roles: [PortalRole]) { self.roles = roles }
}
