import ArgumentParser

/// What becomes of a refresh token when it is used.
enum Rotation: String, Codable, CaseIterable, Sendable, ExpressibleByArgument {
    /// A new one is issued, and the one used is refused from then on.
    case on
    /// The same one is returned, and stays good.
    case off
    /// The answer has no refresh token; the one used stays good.
    case omit
}

/// Who presses Allow.
enum Approval: String, Codable, CaseIterable, Sendable, ExpressibleByArgument {
    /// Opening the sign-in page is enough.
    case auto
    /// The Allow button on the page, or `POST /sandbox/approve`.
    case button
}

/// An AWS account and the roles the user may take in it.
struct Account: Codable, Hashable, Sendable {
    /// Twelve digits.
    var id: String
    var name: String
    var email: String
    var roles: [String]
}

/// Everything about the service that can be chosen at start and changed while it runs.
struct Settings: Codable, Sendable {
    /// Life of a scoped access token; never longer than what is left of the portal session.
    var accessToken = Lifetime.hours(1)
    /// Life of a portal session from its beginning; changing it leaves a running session as it is.
    var portalSession = Lifetime.hours(8)
    /// Life of a client registration.
    var registration = Lifetime.days(90)
    /// How long a device code waits for its person.
    var deviceCode = Lifetime.minutes(10)
    /// The shortest time between two polls of one device code.
    var deviceInterval = Lifetime.seconds(1)
    /// Life of role credentials.
    var roleCredentials = Lifetime.hours(1)
    var rotation = Rotation.on
    var approve = Approval.button
    /// What the user is assigned; anything else is `No access`.
    var accounts = [
        Account(
            id: "123456789012", name: "Development", email: "development@example.com", roles: ["Dev", "NoBedrock"]),
        Account(id: "210987654321", name: "Production", email: "production@example.com", roles: ["ReadOnly"]),
    ]
    /// Roles whose IAM policy denies Bedrock.
    var bedrockDenied = ["NoBedrock"]
    /// Foundation models whose agreement the account has not accepted.
    var modelsWithoutAccess = ["anthropic.claude-opus-4-1-20250805-v1:0"]
    /// The most that a page of a listing has, whatever was asked for.
    var pageSize = 1000
}

/// A change to some of the settings: what is nil stays.
struct SettingsChange: Codable, Sendable {
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

    /// Every key a change may have, as the control endpoint spells it.
    static let keys: Set<String> = [
        "accessToken", "portalSession", "registration", "deviceCode", "deviceInterval", "roleCredentials", "rotation",
        "approve", "accounts", "bedrockDenied", "modelsWithoutAccess", "pageSize",
    ]
}

extension Settings {
    /// Takes over what the change names.
    mutating func apply(_ change: SettingsChange) {
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
