import Glibc
import Host
import SessionHealth

/// The connection to AWS, and what it leads to: the portal, the role, the models.
struct NetworkChecks {
    let examination: Examination
    let isOffline: Bool

    private var environment: [String: String] { examination.environment }

    func checks() -> [Check] {
        let local = certificates + nodeCertificates + inService
        guard !isOffline else { return local + [notAsked("skipped (--offline): the portal, the role, the models")] }
        guard let kind = examination.kind, let chosen = examination.settings.credentials.profile else { return local }
        guard case .sso(let profile) = kind else { return local + models(kind, chosen.value) }
        let token = examination.facts.sessions.first { $0.session == profile.session }?.token.clocks
        guard let token, token.expiresAt > examination.now.wall else {
            return local + [notAsked("the portal and Bedrock were not checked: there is no valid token")]
        }
        let portal = portal(profile)
        guard portal.result == .pass else { return local + [portal] }
        return local + [portal] + models(kind, profile.name)
    }

    private func notAsked(_ message: String) -> Check { Check(.notAsked, pass: "AWS", message) }

    // MARK: What is asked

    private var net: NetExchange { NetExchange(environment: environment, paths: examination.paths) }

    private func portal(_ profile: ResolvedProfile) -> Check {
        do throws(NetFailure) {
            let accounts = try net.accounts(
                of: profile.session, endpoints: profile.endpoints, caBundle: profile.caBundle(in: environment))
            let words = accounts.count == 1 ? "1 account is" : "\(accounts.count) accounts are"
            return Check(.portal, pass: profile.session.name, "the access portal answers: \(words) assigned to you")
        } catch {
            return check(error, profile.name)
        }
    }

    private func models(_ kind: ProfileKind, _ name: String) -> [Check] {
        let model = examination.settings.model?.value
        let region = examination.region
        do throws(NetFailure) {
            let listing = try net.models(for: kind, named: name, region: region, checking: model)
            let count = listing.choices(in: region).count
            let words = "Anthropic inference profiles"
            let models =
                count > 0
                ? Check(.models, pass: name, "Bedrock in \(region) lists \(count) \(words)")
                : Check(
                    .modelsNone, .warning, name, "Bedrock in \(region) lists no \(words)",
                    fix: fixWithoutModels)
            let judge = ModelCheck(model, in: listing, region: region, setup: examination.setup)
            return [models, judge.check] + locked(listing)
                + judge.checks(ofPins: examination.settings.modelPins)
        } catch {
            return [check(error, name)]
        }
    }

    /// An application inference profile of another model than root locks: only Bedrock can tell.
    private func locked(_ listing: ModelListing) -> [Check] {
        guard let model = examination.settings.model, let entry = listing.entry(for: ModelName(model.value)),
            let objection = SoundConfig.read(examination.paths).0.config.objection(
                to: ModelName(model.value), of: entry.foundationModels)
        else { return [] }
        var fix = "bedrock-agent setup --yes"
        if case .file(let path, _, .managed) = model.source { fix = "ask whoever manages \(path)" }
        return [Check(.configLocked, .warning, SetupKeyName.model.name, "\(model.source): \(objection)", fix: fix)]
    }

    /// In a region that is none of those with Claude, another one of its geography.
    private var fixWithoutModels: String {
        let region = examination.region
        guard !BedrockRegions.usual.contains(region), let other = BedrockRegions.others(besides: region).first else {
            return "\(ModelCheck.askForAccess) in \(region)"
        }
        return examination.setupAgain(in: other)
    }

    private func check(_ failure: NetFailure, _ profile: String) -> Check {
        var fix = failure.fix
        let code: Finding.Code
        switch failure.kind {
        case .offline: code = .unreachable
        case .sessionOver:
            code = .sessionOver
            fix = AuthRefresh.login(as: profile)
        case .noAccess: code = .noAccess
        case .permission: code = .noPermission
        case .clock: code = .clockWrong
        case .refused: code = .refused
        case .failed:
            return Check(.modelsUnknown, .warning, profile, failure.message, fix: fix)
        }
        return Check(code, .failure, profile, failure.message, fix: fix)
    }

    // MARK: What is set

    private var certificates: [Check] {
        guard let path = caBundle else { return [] }
        let isExported = EndpointSettings.caBundle(in: environment) != nil
        let source = isExported ? AWSVariable.caBundle : "ca_bundle of profile \(examination.settings.profile.value)"
        let fix =
            isExported
            ? "unset \(AWSVariable.caBundle)" : "remove ca_bundle from the profile in \(examination.files.paths[0])"
        func wrong(_ message: String) -> [Check] {
            [Check(.caBundleWrong, .failure, path, "\(source): \(message)", fix: fix)]
        }
        do throws(SystemError) {
            guard let file = try FileContent(of: path, limit: 16 << 20) else {
                return wrong("there is no file \(path)")
            }
            guard String(decoding: file.bytes, as: UTF8.self).contains("-----BEGIN CERTIFICATE-----") else {
                return wrong("\(path) contains no PEM certificate")
            }
        } catch {
            return wrong("\(error)")
        }
        guard examination.settings.nodeCertificates != nil else {
            return [
                Check(
                    .caBundleNotForClaude, .warning, path,
                    "\(source) applies to AWS programs only; Claude Code reads \(ClaudeVariable.nodeCertificates)",
                    fix: "export \(ClaudeVariable.nodeCertificates)=\(ShellWords.quoted(path))")
            ]
        }
        return [Check(.caBundle, pass: path, "\(source): \(path)")]
    }

    private var nodeCertificates: [Check] {
        guard let path = examination.settings.nodeCertificates, access(path.value, R_OK) != 0 else { return [] }
        return [
            Check(
                .caBundleWrong, .failure, path.value,
                "\(ClaudeVariable.nodeCertificates) (\(path.source)): \(path.value) cannot be read, so Claude Code trusts"
                    + " none of its certificates",
                fix: "correct or remove \(ClaudeVariable.nodeCertificates)")
        ]
    }

    private var caBundle: String? {
        examination.profile?.caBundle(in: environment)
            ?? EndpointSettings.caBundle(in: environment)
    }

    /// Variables that this shell has but the daemon lacks: exporting one does not reach a service.
    private var inService: [Check] {
        guard let variables = examination.units?.variables else { return [] }
        var groups = [[AWSVariable.caBundle]]
        if Proxy(examination.shell).url != nil { groups += [Proxy.names, ["NO_PROXY", "no_proxy"]] }
        return groups.compactMap { names in
            guard let name = names.first(where: { examination.shell[$0]?.isEmpty == false }),
                !names.contains(where: { variables[$0] != nil || examination.claude.variables[$0] != nil })
            else { return nil }
            return Check(
                .notInService, .warning, name,
                "\(name) is exported in this shell, but not set for the daemon, which is a user service",
                fix: "mkdir -p ~/.config/environment.d && printf '\(name)=%s\\n' \"$\(name)\" >>"
                    + " ~/.config/environment.d/bedrock-agent.conf && systemctl --user daemon-reload"
                    + " && systemctl --user restart bedrock-agent")
        }
    }
}

/// The proxy, if the network needs one.
struct Proxy {
    /// Its URL; may contain a password.
    let url: String?

    static let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]

    init(_ environment: [String: String]) {
        url = Proxy.names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }
}
