import ArgumentParser
import Glibc
import Host
import SessionHealth

// The exchanges that only read. Each prints one JSON object and ends with 0, also where the service says no.

/// How the access portal is asked.
struct PortalOptions: ParsableArguments {
    @Option(help: "The file in ~/.aws/sso/cache.")
    var tokenFile: String

    @Option(help: "A CA bundle, instead of the system's.")
    var caBundle: String?

    @Option(help: "Seconds for each answer.")
    var timeout = 15

    var exchange: HTTPExchange {
        HTTPExchange(connectTimeout: min(10, timeout), timeout: timeout, caBundle: caBundle)
    }

    func portal(at endpoint: String) throws(NetFailure) -> Portal {
        try Portal(endpoint: endpoint, tokenFile: tokenFile, exchange: exchange)
    }
}

struct Accounts: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the accounts assigned to the signed-in user, as JSON.")

    @OptionGroup var options: PortalOptions

    @Option(help: "The base URL of the access portal.")
    var endpoint: String

    func run() {
        answer { () throws(NetFailure) in AccountListing(try options.portal(at: endpoint).accounts()) }
    }
}

struct Roles: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the roles assigned in one account, as JSON.")

    @OptionGroup var options: PortalOptions

    @Option(help: "The base URL of the access portal.")
    var endpoint: String

    @Option(help: "Twelve digits.")
    var accountId: String

    func run() {
        answer { () throws(NetFailure) in RoleListing(try options.portal(at: endpoint).roles(in: accountId)) }
    }
}

struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the inference profiles that a role may use, as JSON.",
        discussion: "The role's credentials never leave this process.")

    @OptionGroup var options: PortalOptions

    @Option(help: "The base URL of the access portal.")
    var portalEndpoint: String

    @Option(help: "Twelve digits.")
    var accountId: String

    @Option(help: "The role whose credentials sign the request.")
    var roleName: String

    @Option(help: "The base URL of Bedrock's control plane.")
    var bedrockEndpoint: String

    @Option(help: "The region to sign for.")
    var region: String

    @Option(help: "A value of \(ClaudeVariable.model); also reports whether the account may use it.")
    var model: String?

    func run() {
        let now = EventLoop.now()
        answer { () throws(NetFailure) in
            let portal = try options.portal(at: portalEndpoint)
            let bedrock = Bedrock(
                endpoint: bedrockEndpoint, region: region,
                credentials: try portal.credentials(account: accountId, role: roleName),
                date: now.wall, exchange: options.exchange, role: roleName)
            var listing = ModelListing(try bedrock.inferenceProfiles())
            guard let model, let foundation = listing.foundationModel(of: ModelName(model)) else { return listing }
            do throws(NetFailure) {
                listing.availability = try bedrock.availability(of: foundation)
            } catch {
                listing.availabilityFailure = error
            }
            return listing
        }
    }
}

struct Resolve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find the access portal that a company's own start URL leads to, as JSON.")

    @Option(name: .customLong("start-url"))
    var startURL: String

    @Option(help: "A CA bundle, instead of the system's.")
    var caBundle: String?

    func run() {
        let exchange = HTTPExchange(timeout: 15, caBundle: caBundle)
        answer { () throws(NetFailure) in
            let redirect = try redirect(by: exchange)
            if let found = redirect.flatMap({ StartURL.Resolved(redirect: $0) }) { return found }
            throw NetFailure(
                .refused,
                "\(startURL) \(redirect.map { "leads to \($0)" } ?? "leads nowhere"), which is no access portal",
                fix: "ask your administrator for the address of the AWS access portal")
        }
    }

    private func redirect(by exchange: HTTPExchange) throws(NetFailure) -> String? {
        do throws(HTTPExchange.NoAnswer) {
            return try exchange.redirect(of: startURL)
        } catch {
            throw error.refusal(by: startURL).failure("follow \(startURL)")
        }
    }
}

/// Prints what came of an exchange that only reads.
func answer<Value: Encodable>(_ exchange: () throws(NetFailure) -> Value) {
    ProcessPrivacy.hideMemory()
    do throws(NetFailure) {
        StandardOutput.write(JSONCoding.encode(try exchange()))
    } catch {
        StandardOutput.write(JSONCoding.encode(["failure": error]))
    }
}
