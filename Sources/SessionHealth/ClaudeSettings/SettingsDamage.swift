/// Damage to Claude Code's user settings since `setup` wrote them: running sessions and editors have been seen to write
/// back `{}`, half a file, or an old state.
///
/// A changed order, spacing or value (a newer model, another profile, a changed command) is a choice, not damage.
package struct SettingsDamage: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case gone
        case empty
        /// Not JSON, or not an object.
        case notSettings
        /// These keys of `setup` are missing or unusable.
        case keys([[String]])
    }

    package let kind: Kind
    package let path: String

    /// Nil if the file needs no repair.
    /// - Parameters:
    ///   - file: the user's settings file.
    ///   - settings: all settings files combined, without environment variables: not every shell has the same ones.
    ///   - keys: that `setup` wrote; `awsAuthRefresh` is none of them for a profile without a session.
    package init?(of file: SettingsLayer, among settings: ClaudeSettings, keys: [[String]] = SetupKey.all) {
        path = file.path
        if let state = file.brokenState {
            kind = state
            return
        }
        let lost = keys.filter { !settings.provides($0) }
        guard case .bytes = file.content, !lost.isEmpty, !settings.isSwitchedOff else { return nil }
        // A file that Claude Code ignores for a wrong value elsewhere has lost nothing of ours.
        if case .refused(let key, _, _)? = file.read().problem?.kind, key != ClaudeKey.env { return nil }
        kind = .keys(lost)
    }

    /// Without these settings, there is no session to guard.
    package var hidesProfile: Bool {
        guard case .keys(let lost) = kind else { return true }
        return [SetupKey.useBedrock, SetupKey.profile, SetupKey.export].contains(where: lost.contains)
    }
}

extension SettingsLayer {
    /// Why the file contains no settings, whether a write is in progress or not; nil if it contains some, or that is
    /// unknown.
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

    /// The file may be in the middle of a write.
    package var isBroken: Bool { brokenState != nil }
}

extension JSONNode {
    /// An object without any value, except objects that are empty too.
    package var isHollow: Bool { members.allSatisfy { $0.value.isObject && $0.value.members.isEmpty } }
}

extension ClaudeSettings {
    /// Somebody chose to use Claude Code without Bedrock: they switched it off, or gave it another provider.
    fileprivate var isSwitchedOff: Bool {
        !usesBedrock.value && (usesBedrock.source.path != nil || otherProvider != nil)
    }

    /// Whether one of the files says what a key of `setup` is for; whichever key says it, and whatever it says.
    fileprivate func provides(_ key: [String]) -> Bool {
        switch key {
        case SetupKey.useBedrock: usesBedrock.value && usesBedrock.source.path != nil
        case SetupKey.profile: profile.source.path != nil
        case SetupKey.region: region?.source.path != nil
        case SetupKey.model: model?.source.path != nil
        case SetupKey.export: credentialExport != nil || profile.source.path != nil
        default: awsAuthRefresh != nil
        }
    }
}
