import FoundationEssentials
import Glibc
import SessionHealth

/// Queries AWS for a command: through `bedrock-agent-net`, or through the AWS CLI for profiles without an SSO session
/// of their own. Every query is limited to a minute or two.
package struct NetExchange {
    private let programs: Programs
    private let environment: [String: String]
    private let paths: Paths

    private let timeout: TimeInterval

    /// - Parameter timeout: seconds for all pages of a list.
    package init(
        programs: Programs = Programs(), environment: [String: String], paths: Paths, timeout: TimeInterval = 60
    ) {
        self.timeout = timeout
        self.programs = programs
        self.environment = environment
        self.paths = paths
    }

    /// The accounts assigned to the signed-in user, in the service's order.
    package func accounts(
        of session: SSOSession, endpoints: EndpointSettings, caBundle: String?
    ) throws(NetFailure) -> [PortalAccount] {
        let portal = try url(.sso, endpoints, region: session.region)
        return try ask("accounts", [("endpoint", portal)], session, caBundle, AccountListing.self).accounts
    }

    /// The roles assigned to the user in an account.
    package func roles(
        of session: SSOSession, in accountID: String, endpoints: EndpointSettings, caBundle: String?
    ) throws(NetFailure) -> [String] {
        let portal = try url(.sso, endpoints, region: session.region)
        let options = [("endpoint", portal), ("account-id", accountID)]
        return try ask("roles", options, session, caBundle, RoleListing.self).roles.map(\.name)
    }

    /// The models that the profile's role may use in a region. For an SSO profile without a role chain, the result also
    /// says whether `model`, a value of `ANTHROPIC_MODEL`, can be used. A role chain needs credentials from STS, so the
    /// AWS CLI is used.
    package func models(
        for profile: ResolvedProfile, region: String, checking model: String? = nil
    ) throws(NetFailure) -> ModelListing {
        guard !Self.usesCLI(for: .sso(profile)) else { return try models(through: profile.name, region: region) }
        let session = profile.session
        var options = [
            ("portal-endpoint", try url(.sso, profile.endpoints, region: session.region)),
            ("account-id", profile.accountID), ("role-name", profile.roleName),
            ("bedrock-endpoint", try url(.bedrock, profile.endpoints, region: region)), ("region", region),
        ]
        if let model, !model.isEmpty { options.append(("model", model)) }
        return try ask("models", options, session, profile.caBundle(in: environment), ModelListing.self)
    }

    /// The credentials of the profile's role: of the one that it assumes, where it does.
    /// - Parameter region: for STS, where a role is assumed.
    package func credentials(
        for profile: ResolvedProfile, region: @autoclosure () -> String
    ) throws(NetFailure) -> RoleCredentials {
        let session = profile.session
        var options = [
            ("endpoint", try url(.sso, profile.endpoints, region: session.region)),
            ("account-id", profile.accountID), ("role-name", profile.roleName),
        ]
        if let role = profile.assumedRole {
            let region = region()
            options += [
                ("assume-role", role.arn), ("sts-endpoint", try url(.sts, profile.endpoints, region: region)),
                ("region", region),
            ]
            if let name = role.sessionName { options.append(("session-name", name)) }
            if let id = role.externalID { options.append(("external-id", id)) }
            if let duration = role.duration { options.append(("duration", "\(duration)")) }
        }
        let issued = try ask(
            "credentials", options, session, profile.caBundle(in: environment), RoleCredentials.self)
        guard issued.isSound else { throw NetFailure(.offline, "credentials that no request can carry") }
        return issued
    }

    /// The models, for a profile of any kind.
    package func models(
        for kind: ProfileKind, named profile: String, region: String, checking model: String? = nil
    ) throws(NetFailure) -> ModelListing {
        switch kind {
        case .sso(let resolved): try models(for: resolved, region: region, checking: model)
        case .unguarded: try models(through: profile, region: region)
        }
    }

    /// Whether the AWS CLI, which reads the AWS config itself, lists the models of such a profile.
    package static func usesCLI(for kind: ProfileKind) -> Bool {
        if case .sso(let profile) = kind { profile.chain.count > 1 } else { true }
    }

    /// Where a start URL that is not AWS's own leads.
    package func resolve(_ startURL: String, caBundle: String?) throws(NetFailure) -> StartURL.Resolved {
        try ask("resolve", [("start-url", startURL)], caBundle, StartURL.Resolved.self)
    }

    // MARK: bedrock-agent-net

    private func url(
        _ service: AWSService, _ endpoints: EndpointSettings, region: String
    ) throws(NetFailure) -> String {
        do {
            return try endpoints.url(for: service, region: region, environment: environment)
        } catch {
            throw NetFailure(.failed, "\(error)", fix: "correct it, then try again")
        }
    }

    private struct Failed: Decodable { var failure: NetFailure }

    private func ask<Value: Decodable>(
        _ question: String, _ options: [(name: String, value: String)], _ session: SSOSession, _ caBundle: String?,
        _ type: Value.Type
    ) throws(NetFailure) -> Value {
        let file = ("token-file", paths.tokenCache + "/" + session.tokenFileName)
        return try ask(question, options + [file], caBundle, type)
    }

    private func ask<Value: Decodable>(
        _ question: String, _ options: [(name: String, value: String)], _ caBundle: String?, _ type: Value.Type
    ) throws(NetFailure) -> Value {
        var options = options
        if let caBundle { options.append(("ca-bundle", caBundle)) }
        // `--name=value`, so that a value starting with a hyphen is not taken for an option.
        let arguments = [question] + options.map { "--\($0.name)=\($0.value)" }
        let run: CapturedProgram
        do {
            run = try CapturedProgram(
                [try programs.net] + arguments, environment: environment, timeout: timeout)
        } catch {
            throw NetFailure(.failed, "\(error)", fix: "reinstall bedrock-agent: bedrock-agent-net is missing")
        }
        if let value = try? JSONCoding.decode(type, from: run.output) { return value }
        if let failure = try? JSONCoding.decode(Failed.self, from: run.output).failure { throw failure }
        throw NetFailure(
            run.ending == .timedOut ? .offline : .failed,
            "bedrock-agent-net \(question) \(words(for: run))", fix: "try again")
    }

    // MARK: The AWS CLI

    private func models(through profile: String, region: String) throws(NetFailure) -> ModelListing {
        var listing = ModelListing([])
        // Without a type, the service lists only system-defined profiles.
        for type in ["SYSTEM_DEFINED", "APPLICATION"] {
            listing.profiles += try page(through: profile, region: region, type).profiles
        }
        return listing
    }

    /// The AWS CLI follows the pagination itself.
    private func page(through profile: String, region: String, _ type: String) throws(NetFailure) -> ModelListing {
        let command = [
            "aws", "bedrock", "list-inference-profiles", "--type-equals", type, "--profile=\(profile)",
            "--region=\(region)", "--output", "json",
        ]
        let run: CapturedProgram
        do {
            run = try CapturedProgram(command, environment: environment, timeout: timeout)
        } catch {
            throw NetFailure(.failed, "\(error)", fix: "install the AWS CLI (package awscli)")
        }
        if run.ending == .exited(0) {
            if let listing = try? JSONCoding.decode(ModelListing.self, from: run.output) { return listing }
            // The AWS CLI prints nothing if there are none.
            if run.output.allSatisfy({ $0 == 0x0A }) { return ModelListing([]) }
        }
        throw failure(of: run, profile)
    }

    private func failure(of run: CapturedProgram, _ profile: String) -> NetFailure {
        let said = String(decoding: run.errors, as: UTF8.self)
        let words = words(for: run)
        if said.contains("Invalid choice") || said.contains("invalid choice") {
            return NetFailure(
                .failed, "this AWS CLI has no bedrock command", fix: "install a newer one, or enter the model yourself")
        }
        let message = "aws bedrock list-inference-profiles --profile \(ShellWords.quoted(profile)) \(words)"
        if run.ending == .timedOut { return NetFailure(.offline, message) }
        if said.contains("AccessDenied"), said.contains("bedrock:ListInferenceProfiles") {
            return NetFailure(.permission, message, action: "bedrock:ListInferenceProfiles")
        }
        return NetFailure(.failed, message, fix: "correct what it reports, or enter the model yourself")
    }

    private func words(for run: CapturedProgram) -> String {
        let said = run.lastLine.map { ": \($0.printable)" } ?? ""
        switch run.ending {
        case .exited(let status) where status >= 0: return "exited with status \(status)\(said)"
        case .exited(let status): return "was killed by signal \(-status)\(said)"
        case .timedOut: return "did not finish within \(Int(timeout)) s"
        case .unknown, .cannotStart: return "ended for an unknown reason\(said)"
        }
    }
}
