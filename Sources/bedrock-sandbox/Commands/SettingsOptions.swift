import ArgumentParser

/// The service's settings as options of `serve`, and of `control set` while it runs.
struct SettingsOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The region of the Identity Center instance (us-east-1).", valueName: "region"))
    var region: String?

    @Option(help: ArgumentHelp("Life of an access token (1h).", valueName: "duration"))
    var accessToken: Lifetime?

    @Option(help: ArgumentHelp("Life of a portal session, and so of refresh tokens (8h).", valueName: "duration"))
    var portalSession: Lifetime?

    @Option(help: ArgumentHelp("Life of a client registration (90d).", valueName: "duration"))
    var registration: Lifetime?

    @Option(help: ArgumentHelp("Life of a device code (10min).", valueName: "duration"))
    var deviceCode: Lifetime?

    @Option(help: ArgumentHelp("Shortest time between polls of a device code (1s).", valueName: "duration"))
    var deviceInterval: Lifetime?

    @Option(help: ArgumentHelp("Life of role credentials (1h).", valueName: "duration"))
    var roleCredentials: Lifetime?

    @Option(help: "Refresh tokens: replaced when used, returned again, or left out of the answer (on).")
    var rotation: Rotation?

    @Option(help: "Who presses Allow: a person, or nobody, as soon as the page is opened (button).")
    var approve: Approval?

    @Option(
        help: ArgumentHelp(
            "An account and its roles; repeat for more. Replaces the built-in ones.", valueName: "id=name:role,role"))
    var account: [Account] = []

    @Option(help: ArgumentHelp("A role that Bedrock refuses; repeat for more (NoBedrock).", valueName: "role"))
    var denyBedrock: [String] = []

    @Option(help: ArgumentHelp("A foundation model without access; repeat for more.", valueName: "model"))
    var denyModel: [String] = []

    @Option(help: ArgumentHelp("The most that a page of a listing has (1000).", valueName: "number"))
    var pageSize: Int?

    /// The given options, as a change.
    var change: SettingsChange {
        SettingsChange(
            region: region, accessToken: accessToken, portalSession: portalSession, registration: registration,
            deviceCode: deviceCode,
            deviceInterval: deviceInterval, roleCredentials: roleCredentials, rotation: rotation, approve: approve,
            accounts: account.isEmpty ? nil : account, bedrockDenied: denyBedrock.isEmpty ? nil : denyBedrock,
            modelsWithoutAccess: denyModel.isEmpty ? nil : denyModel, pageSize: pageSize)
    }

    /// The settings with the given options applied.
    func applied(to settings: Settings) -> Settings {
        var settings = settings
        settings.apply(change)
        return settings
    }
}

extension Account: ExpressibleByArgument {
    /// `123456789012=Development:Dev,ReadOnly`.
    init?(argument: String) {
        let sides = argument.split(separator: "=", maxSplits: 1).map(String.init)
        guard sides.count == 2, sides[0].count == 12, sides[0].allSatisfy(\.isNumber) else { return nil }
        let parts = sides[1].split(separator: ":", maxSplits: 1).map(String.init)
        guard let name = parts.first else { return nil }
        let roles = parts.count > 1 ? parts[1].split(separator: ",").map(String.init) : []
        self.init(id: sides[0], name: name, email: "\(name.lowercased())@example.com", roles: roles)
    }
}
