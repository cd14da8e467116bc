import ArgumentParser

/// What happens to a refresh token when it is used.
enum Rotation: String, Codable, CaseIterable, Sendable, ExpressibleByArgument {
    /// A new one is issued, and the old one is rejected from then on.
    case on
    /// The same one is returned and remains valid.
    case off
    /// The response contains no refresh token; the old one remains valid.
    case omit
}

/// How a sign-in is approved.
enum Approval: String, Codable, CaseIterable, Sendable, ExpressibleByArgument {
    /// Opening the sign-in page is enough.
    case auto
    /// The Allow button on the page, or `POST /sandbox/approve`.
    case button
}

/// An AWS account and the user's roles in it.
struct Account: Codable, Hashable, Sendable {
    /// Twelve digits.
    var id: String
    var name: String
    var email: String
    var roles: [String]
}

/// The service's settings, chosen at startup and changeable while it runs.
struct Settings: Codable, Sendable {
    /// Where the Identity Center instance is.
    var region = "us-east-1"
    /// Lifetime of a scoped access token, limited by the rest of the portal session.
    var accessToken = Lifetime.hours(1)
    /// Lifetime of a portal session; a change does not affect a live session.
    var portalSession = Lifetime.hours(8)
    /// Lifetime of a client registration.
    var registration = Lifetime.days(90)
    /// Lifetime of a device code.
    var deviceCode = Lifetime.minutes(10)
    /// The minimum interval between two polls of a device code.
    var deviceInterval = Lifetime.seconds(1)
    /// Lifetime of role credentials.
    var roleCredentials = Lifetime.hours(1)
    var rotation = Rotation.on
    var approve = Approval.button
    /// The user's assignments; anything else gives `No access`.
    var accounts = [
        Account(
            id: "123456789012", name: "Development", email: "development@example.com", roles: ["Dev", "NoBedrock"]),
        Account(id: "210987654321", name: "Production", email: "production@example.com", roles: ["ReadOnly"]),
    ]
    /// Roles whose IAM policy denies Bedrock.
    var bedrockDenied = ["NoBedrock"]
    /// Foundation models whose agreement the account has not accepted.
    var modelsWithoutAccess = ["anthropic.claude-opus-4-1-20250805-v1:0"]
    /// The maximum page size, whatever the client requests.
    var pageSize = 1000
}

/// A change of some settings; nil keeps the current value.
struct SettingsChange: Codable, Sendable {
    var region: String?
    var accessToken: Lifetime?
    var portalSession: Lifetime?
    var registration: Lifetime?
    var deviceCode: Lifetime?
    var deviceInterval: Lifetime?
    var roleCredentials: Lifetime?
    var rotation: Rotation?
    var approve: Approval?
    var accounts: [Account]?
    var bedrockDenied: [String]?
    var modelsWithoutAccess: [String]?
    var pageSize: Int?

    /// All keys of a change in the control endpoint's JSON.
    static let keys: Set<String> = [
        "region", "accessToken", "portalSession", "registration", "deviceCode", "deviceInterval", "roleCredentials",
        "rotation",
        "approve", "accounts", "bedrockDenied", "modelsWithoutAccess", "pageSize",
    ]
}

extension Settings {
    /// Applies the values that are not nil.
    mutating func apply(_ change: SettingsChange) {
        region = change.region ?? region
        accessToken = change.accessToken ?? accessToken
        portalSession = change.portalSession ?? portalSession
        registration = change.registration ?? registration
        deviceCode = change.deviceCode ?? deviceCode
        deviceInterval = change.deviceInterval ?? deviceInterval
        roleCredentials = change.roleCredentials ?? roleCredentials
        rotation = change.rotation ?? rotation
        approve = change.approve ?? approve
        accounts = change.accounts ?? accounts
        bedrockDenied = change.bedrockDenied ?? bedrockDenied
        modelsWithoutAccess = change.modelsWithoutAccess ?? modelsWithoutAccess
        pageSize = max(1, change.pageSize ?? pageSize)
    }
}
