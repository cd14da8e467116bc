// What the access portal lists. The keys are the service's own, so that its answers, the AWS CLI's output and what
// `bedrock-agent-net` prints are read by the same types. Names come from the service as they are: show `printable`.

/// An AWS account that is assigned to the person who signed in.
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

/// A role that is assigned to the person in one account.
package struct PortalRole: Codable, Equatable, Hashable, Sendable {
    package var name: String
    package var accountID: String?

    private enum CodingKeys: String, CodingKey {
        case name = "roleName"
        case accountID = "accountId"
    }
}

/// ListAccounts' answer, one page or all of them.
package struct AccountListing: Codable, Equatable, Sendable {
    package var accounts: [PortalAccount]

    private enum CodingKeys: String, CodingKey { case accounts = "accountList" }

    package init(_ accounts: [PortalAccount]) { self.accounts = accounts }
}

/// ListAccountRoles' answer, one page or all of them.
package struct RoleListing: Codable, Equatable, Sendable {
    package var roles: [PortalRole]

    private enum CodingKeys: String, CodingKey { case roles = "roleList" }

    package init(_ roles: [PortalRole]) { self.roles = roles }
}
