import Host
import SessionHealth

/// What `setup` is about to write.
struct SetupPlan {
    var chosen: ChosenProfile
    var region: String
    var model: String
    /// `awsAuthRefresh`; nil for a profile without a session, whose setting stays as it is.
    var command: String?
    /// The user approves it by this setup.
    var approvesCommand = true
    /// Claude Code alone is to have the profile.
    var isSeparate = false
    /// Claude Code's status line is to show the session's state; nil leaves that as it is.
    var showsState: Bool?
    /// Claude Code is to say when its user must sign in; nil leaves that as it is.
    var hooks: Bool?

    /// What root's `config.json` may lock.
    var choice: [SetupKeyName: String] {
        // For Claude Code alone, it is always ours.
        let coalesces = isSeparate ? nil : command.map { AuthRefresh($0).callsOnUs }
        let more: [SetupKeyName: String?] = [
            .region: region, .model: model, .coalesce: coalesces.map { "\($0)" }, .separate: "\(isSeparate)",
            .statusLine: showsState.map { "\($0)" }, .hooks: hooks.map { "\($0)" },
        ]
        return chosen.choice.merging(more.compactMapValues(\.self)) { $1 }
    }

    /// The config file as it will be; nil leaves it as it is.
    var edit: (([UInt8]?) throws -> ConfigEdit)? { chosen.edit(for: region) }

    /// The settings file as it will be.
    func settings(_ bytes: [UInt8]?, path: String) throws -> SettingsEdit {
        try SettingsEdit(
            of: bytes, path: path, profile: chosen.name, region: region, model: model, command: command,
            isSeparate: isSeparate, showsState: showsState, hooks: hooks)
    }
}

/// A file before and after.
struct FileDifference {
    let path: String
    let before: [UInt8]?
    let after: [UInt8]

    var isNothing: Bool { before == after }
}
