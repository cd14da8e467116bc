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
    package let path: String

    /// The user's file as it is, and what all files come to without any environment: a shell's variables are not in
    /// every shell. Nil where it needs no repair.
    /// - Parameter hasCommand: `setup` wrote an `awsAuthRefresh`; for a profile without a session it writes none.
    package init?(of file: SettingsLayer, among settings: ClaudeSettings, hasCommand: Bool = true) {
        path = file.path
        if let state = file.brokenState {
            kind = state
            return
        }
        let written = SetupKey.all.filter { hasCommand || $0 != SetupKey.command }
        let lost = written.filter { !settings.provides($0) }
        guard case .bytes = file.content, !lost.isEmpty else { return nil }
        kind = .keys(lost)
    }

    /// Without these there is nothing to guard.
    package var hidesProfile: Bool {
        guard case .keys(let lost) = kind else { return true }
        return lost.contains(SetupKey.useBedrock) || lost.contains(SetupKey.profile)
    }
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
        switch key {
        case SetupKey.useBedrock: usesBedrock.value && usesBedrock.source.path != nil
        case SetupKey.profile: profile.source.path != nil
        case SetupKey.region: region?.source.path != nil
        case SetupKey.model: model?.source.path != nil
        default: awsAuthRefresh != nil
        }
    }
}
