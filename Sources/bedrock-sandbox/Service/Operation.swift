/// An operation, by its AWS name; the last four are the user's actions in the browser.
enum Operation: String, Codable, CaseIterable, Sendable {
    case registerClient = "RegisterClient"
    case startDeviceAuthorization = "StartDeviceAuthorization"
    case createToken = "CreateToken"
    case getRoleCredentials = "GetRoleCredentials"
    case listAccounts = "ListAccounts"
    case listAccountRoles = "ListAccountRoles"
    case logout = "Logout"
    case listInferenceProfiles = "ListInferenceProfiles"
    case getInferenceProfile = "GetInferenceProfile"
    case getFoundationModelAvailability = "GetFoundationModelAvailability"
    case invokeModel = "InvokeModel"
    case invokeModelWithResponseStream = "InvokeModelWithResponseStream"
    case countTokens = "CountTokens"
    /// Bedrock in Anthropic's own words (Mantle): whole, and as server-sent events.
    case createMessage = "CreateMessage"
    case streamMessage = "StreamMessage"
    /// STS: whose credentials these are.
    case getCallerIdentity = "GetCallerIdentity"
    /// STS: another role's, by these.
    case assumeRole = "AssumeRole"
    /// A browser opened the device page.
    case openDevicePage = "OpenDevicePage"
    /// A browser opened the page of an authorization code request.
    case authorize = "Authorize"
    /// The person pressed Allow.
    case allow = "Allow"
    /// The person pressed Deny.
    case deny = "Deny"

    /// The format of error responses.
    enum Dialect: Sendable {
        case signIn, portal, bedrock, tokenService, page
    }

    /// The format of the service that the operation belongs to.
    var dialect: Dialect {
        switch self {
        case .registerClient, .startDeviceAuthorization, .createToken: .signIn
        case .getRoleCredentials, .listAccounts, .listAccountRoles, .logout: .portal
        case .listInferenceProfiles, .getInferenceProfile, .getFoundationModelAvailability: .bedrock
        case .invokeModel, .invokeModelWithResponseStream, .countTokens: .bedrock
        case .createMessage, .streamMessage: .bedrock
        case .getCallerIdentity, .assumeRole: .tokenService
        case .openDevicePage, .authorize, .allow, .deny: .page
        }
    }
}
