import Host
import SessionHealth

/// Claude Code's settings: that ours are present, and that nothing overrides them.
struct SettingsChecks {
    let examination: Examination

    private var settings: ClaudeSettings { examination.settings }

    func checks() -> [Check] {
        let found = examination.checks(in: .settings)
        guard settings.usesBedrock.value else { return found + shadows }
        return found + [use] + [region, authRefresh].compactMap(\.self) + notes + shadows
    }

    private var use: Check {
        Check(
            .usesBedrock, pass: ClaudeVariable.useBedrock,
            "Claude Code uses Bedrock with profile \(settings.profile.value) (\(settings.profile.source))")
    }

    private var region: Check? {
        if let region = settings.region {
            return Check(.region, pass: region.value, "\(AWSVariable.region) is \(region.value) (\(region.source))")
        }
        // Keys lost to other programs are reported as one finding, with the command that restores them.
        guard !examination.has(.settingsKeysGone) else { return nil }
        return Check(
            .regionMissing, .warning, AWSVariable.region,
            "\(AWSVariable.region) is not set: Claude Code uses \(examination.region), and before 2.1.172 no region",
            fix: examination.setupAgain)
    }

    /// Nothing if a finding says what is wrong with it.
    private var authRefresh: Check? {
        guard let command = settings.awsAuthRefresh else {
            guard examination.profile != nil, !examination.has(.settingsKeysGone) else { return nil }
            return Check(
                .authRefreshMissing, .warning, ClaudeKey.authRefresh,
                "awsAuthRefresh is not set: Claude Code and the agent cannot sign you in", fix: examination.setupAgain)
        }
        let wrong: [Finding.Code] = [
            .authRefreshElsewhere, .authRefreshFails, .authRefreshSkips, .settingsCommandNotString,
        ]
        guard !wrong.contains(where: examination.has) else { return nil }
        if let check = missingProgram(of: command) { return check }
        guard !examination.has(.commandUnapproved), !examination.has(.commandUntrusted) else { return nil }
        let more =
            examination.profile == nil || AuthRefresh(command.value.line).callsOnUs
            ? "" : "; \(AuthRefresh.moreTabs): bedrock-agent setup --coalesce"
        return Check(
            .authRefresh, pass: ClaudeKey.authRefresh,
            "awsAuthRefresh is \(CommandMask.shown(command.value.line)) (\(command.source))\(more)")
    }

    /// Without the AWS CLI, that is said elsewhere.
    private func missingProgram(of command: Setting<ClaudeSettings.Command>) -> Check? {
        let missing = Programs.firstMissing(
            of: AuthRefresh(command.value.line).programs.filter { $0 != "aws" }, knowsPath: !settings.setsSearchPath,
            home: examination.paths.home, examination.environment)
        guard let missing else { return nil }
        let place = missing.contains("/") ? "" : " in PATH"
        let fix: String
        if case .file(let path, _, .managed) = command.source {
            fix = "ask whoever manages \(path)"
        } else if missing == "bedrock-agent", let folder = Programs().folder {
            fix = "add \(folder) to PATH"
        } else {
            fix = examination.setupAgain
        }
        return Check(
            .authRefreshFails, .failure, ClaudeKey.authRefresh,
            "\(command.source): awsAuthRefresh cannot work: there is no program \(missing)\(place)", fix: fix)
    }

    private var notes: [Check] {
        guard let export = settings.credentialExport else { return [] }
        if CredentialExport(export.value) != nil, let profile = settings.credentials.profile {
            return [
                Check(
                    .credentialExport, pass: ClaudeKey.credentialExport,
                    "Claude Code has the credentials of \(profile.value) (\(export.source)); what runs in its shell does not"
                        + " get them from there")
            ]
        }
        return [
            Check(
                .credentialExport, pass: ClaudeKey.credentialExport,
                "awsCredentialExport is set (\(export.source)): that command prints Claude Code's credentials. It is"
                    + " not tried here: run it in a terminal to see what it says")
        ]
    }

    private var shadows: [Check] {
        let shadows = SettingsShadows(settings)
        let projects = ProjectFiles(examination.paths)
        let only = projects.bedrock(
            over: examination.layers, examination.shell, guarded: examination.facts.sessions.flatMap(\.profiles))
        let user = examination.layers.filter { $0.kind == .user }
        let findings =
            user.flatMap(shadows.findings(ofUser:)) + projects.here.flatMap(shadows.findings(ofProject:)) + only
            + shadows.findings(ofShell: examination.shell)
        return findings.map { finding in
            var check = Check(finding)
            if check.result == .pass { check.fix = "" }
            return check
        }
    }
}
