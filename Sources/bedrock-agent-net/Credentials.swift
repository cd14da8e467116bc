import ArgumentParser
import Host
import SessionHealth

/// The one exchange whose answer is secret: it goes to a pipe of whoever runs this.
struct Credentials: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Get the credentials of a role, as JSON.", shouldDisplay: false)

    @OptionGroup var options: PortalOptions

    @Option(help: "The base URL of the access portal.")
    var endpoint: String

    @Option(help: "Twelve digits.")
    var accountId: String

    @Option(help: "The assigned role.")
    var roleName: String

    @Option(help: "The ARN of a role to assume with those credentials.")
    var assumeRole: String?

    @Option(help: "The base URL of STS.")
    var stsEndpoint: String?

    @Option(help: "The region to sign for.")
    var region: String?

    @Option(help: "The name of the session of the assumed role.")
    var sessionName: String?

    @Option(help: "What the assumed role's trust policy asks for.")
    var externalId: String?

    @Option(help: "Seconds that the assumed role's credentials last.")
    var duration: Int?

    func run() {
        let now = EventLoop.now()
        answer { () throws(NetFailure) in
            let portal = try options.portal(at: endpoint)
            let credentials = try portal.credentials(account: accountId, role: roleName)
            guard let assumeRole, let stsEndpoint, let region else { return credentials }
            var exchange = options.exchange
            exchange.accept = "text/xml"
            let service = SecurityTokenService(
                endpoint: stsEndpoint, region: region, credentials: credentials, date: now.wall, exchange: exchange)
            return try service.assume(
                AssumedRole(arn: assumeRole, externalID: externalId, sessionName: sessionName, duration: duration))
        }
    }
}
