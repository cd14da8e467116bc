/// What became of Claude Code's user settings since `setup` wrote them, where that is no choice of anybody's: running
/// sessions and editors have been seen to write back `{}`, half a file, or a state from before.
///
/// Another order or spacing is none, nor another value: a newer model, another profile, a changed command.
package struct SettingsDamage: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case gone
        case empty
        /// No JSON, or no object.
        case notSettings
        /// These of our keys are missing, or say nothing that can be used.
        case keys([[String]])
    }

    package let kind: Kind
    private let path: String

    /// The user's file as it is, and what all files come to without any environment: a shell's variables are not in
    /// every shell. Nil where it needs no repair.
    /// - Parameter hasCommand: `setup` wrote an `awsAuthRefresh`; for a profile without a session it writes none.
    package init?(of file: SettingsLayer, among settings: ClaudeSettings, hasCommand: Bool = true) {
        path = file.path
        if let state = file.brokenState {
            kind = state
            return
        }
        let written = SettingsEdit.keys.filter { hasCommand || $0 != SettingsEdit.commandKey }
        let lost = written.filter { !settings.provides($0) }
        guard case .bytes = file.content, !lost.isEmpty else { return nil }
        kind = .keys(lost)
    }

    /// Without these there is nothing to guard.
    package var hidesProfile: Bool {
        guard case .keys(let lost) = kind else { return true }
        return lost.contains { ["CLAUDE_CODE_USE_BEDROCK", "AWS_PROFILE"].contains($0.last) }
    }

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

    package static let fix = "bedrock-agent setup --repair"

    private var finding: Finding {
        if case .keys(let lost) = kind {
            let names = lost.map { $0.joined(separator: ".") }.joined(separator: ", ")
            return Finding(
                .settingsKeysGone, .error, subject: path,
                message: "\(path): what setup wrote is gone or of no use: \(names)", fix: SettingsDamage.fix)
        }
        return Finding(
            .settingsGone, .error, subject: path, message: "\(path), which setup wrote, is gone",
            fix: SettingsDamage.fix)
    }
}

extension SettingsEdit {
    /// Those that `setup` writes.
    package static let keys = [
        ["env", "CLAUDE_CODE_USE_BEDROCK"], ["env", "AWS_PROFILE"], ["env", "AWS_REGION"], ["env", "ANTHROPIC_MODEL"],
        commandKey,
    ]

    package static let commandKey = ["awsAuthRefresh"]
}

extension SettingsLayer {
    /// How there are no settings in the file, in the middle of somebody's write or for good; nil where there are some,
    /// or where it is not for us to say.
    var brokenState: SettingsDamage.Kind? {
        switch content {
        case .missing: return .gone
        case .tooLarge, .unreadable: return nil
        case .bytes(let bytes):
            guard !bytes.allSatisfy({ JSONScanner.isSpace($0) }) else { return .empty }
            guard let root = try? JSONNode(parsing: bytes.span), root.isObject else { return .notSettings }
            return root.isHollow ? .empty : nil
        }
    }

    /// It may be in the middle of somebody's write.
    package var isBroken: Bool { brokenState != nil }
}

extension JSONNode {
    /// An object without a single value in it or in its objects.
    package var isHollow: Bool { members.allSatisfy { $0.value.isObject && $0.value.members.isEmpty } }
}

extension ClaudeSettings {
    /// Whether one of the files says what a key of `setup` is for; whichever key says it, and whatever it says.
    fileprivate func provides(_ key: [String]) -> Bool {
        switch key.last {
        case "CLAUDE_CODE_USE_BEDROCK": usesBedrock.value && usesBedrock.source.path != nil
        case "AWS_PROFILE": profile.source.path != nil
        case "AWS_REGION": region?.source.path != nil
        case "ANTHROPIC_MODEL": model?.source.path != nil
        default: awsAuthRefresh != nil
        }
    }
}
