/// What is wrong with Claude Code's settings, told as findings.
extension SettingsProblem {
    package var finding: Finding {
        let (code, severity): (Finding.Code, Finding.Severity) =
            switch kind {
            case .unreadable: (.settingsUnreadable, .error)
            case .tooLarge: (.settingsTooLarge, .error)
            case .notJSON: (.settingsNotJSON, .error)
            case .notObject: (.settingsNotObject, .error)
            case .refused: (.settingsRefused, .error)
            case .empty(let isJSON): (.settingsEmpty, isJSON ? .warning : .error)
            case .envNotObject: (.settingsEnvNotObject, .error)
            case .variableNotString: (.settingsEnvNotString, .error)
            case .commandNotString: (.settingsCommandNotString, .error)
            case .wrongOwner: (.settingsWrongOwner, .error)
            case .writableByOthers: (.settingsWritableByOthers, .error)
            case .apiKeyHelper: (.apiKeyHelper, .warning)
            }
        return Finding(code, severity, subject: path, message: description, fix: fix)
    }
}

extension ClaudeSettings {
    /// In the order of the files.
    package var findings: [Finding] { problems.map(\.finding) }
}

extension SettingsDamage {
    package static let fix = "bedrock-agent setup --repair"

    /// What is wrong with the files, this told with the way out of it.
    package func findings(among others: [Finding]) -> [Finding] {
        let codes: [Finding.Code?] = [.settingsEmpty, .settingsNotJSON, .settingsNotObject]
        if let index = others.firstIndex(where: { $0.subject == path && codes.contains($0.code) }) {
            var all = others
            all[index].severity = .error
            all[index].fix = SettingsDamage.fix
            return all
        }
        return others + [finding]
    }

    private var finding: Finding {
        if case .keys(let lost) = kind {
            let names = lost.map { $0.joined(separator: ".") }.joined(separator: ", ")
            return Finding(
                .settingsKeysGone, .error, subject: path,
                message: "\(path): keys that setup wrote are missing or unusable: \(names)", fix: SettingsDamage.fix)
        }
        return Finding(
            .settingsGone, .error, subject: path, message: "\(path), which setup wrote, is gone",
            fix: SettingsDamage.fix)
    }
}

extension AuthRefresh {
    /// What is wrong with it for a profile.
    package func finding(for profile: ResolvedProfile, in config: AWSConfig?, source: String) -> Finding? {
        guard let problem = problem(for: profile, in: config) else { return nil }
        let (code, severity, message): (Finding.Code, Finding.Severity, String) =
            switch problem {
            case .elsewhere(let message): (.authRefreshElsewhere, .error, message)
            case .fails(let message): (.authRefreshFails, .error, message)
            case .skips(let message): (.authRefreshSkips, .warning, message)
            }
        return Finding(
            code, severity, subject: profile.name, message: "\(source): \(message)",
            fix: "bedrock-agent setup --profile \(ShellWords.quoted(profile.name))")
    }
}
