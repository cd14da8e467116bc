import Glibc
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
            .commandUnapproved, .commandUntrusted, .authRefreshElsewhere, .authRefreshFails, .authRefreshSkips,
            .settingsCommandNotString,
        ]
        guard !wrong.contains(where: examination.has) else { return nil }
        return Check(
            .authRefresh, pass: ClaudeKey.authRefresh, "awsAuthRefresh is \(command.value.line) (\(command.source))")
    }

    private var notes: [Check] {
        guard let export = settings.credentialExport else { return [] }
        return [
            Check(
                .credentialExport, pass: ClaudeKey.credentialExport,
                "awsCredentialExport is set (\(export.source)): that command prints Claude Code's credentials")
        ]
    }

    private var shadows: [Check] {
        let shadows = SettingsShadows(settings)
        let user = examination.layers.filter { $0.kind == .user }
        let findings =
            user.flatMap(shadows.findings(ofUser:)) + projects.flatMap(shadows.findings(ofProject:))
            + shadows.findings(ofShell: examination.shell)
        return findings.map(Check.init)
    }

    /// The further files that Claude Code reads in a session started in this folder.
    private var projects: [SettingsLayer] {
        guard let folder = getcwd(nil, 0) else { return [] }
        defer { free(folder) }
        return ClaudeSettingsFiles.projectLayers(in: String(cString: folder)).filter {
            $0.path != examination.paths.userSettings
        }
    }
}
