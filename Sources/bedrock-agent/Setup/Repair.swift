import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// `setup --repair`: restores what other programs have lost of Claude Code's settings since `setup` wrote them.
struct Repair {
    let yes: Bool
    let isDryRun: Bool
    private let folder = ClaudeFolder(own: ProcessInfo.processInfo.environment)

    init(yes: Bool, isDryRun: Bool) {
        self.yes = yes
        self.isDryRun = isDryRun
    }

    func run() throws {
        let now = EventLoop.now().wall
        ProcessPrivacy.hideMemory()
        let paths = folder.paths
        let reading = try settings()
        guard !reading.written.isEmpty else {
            throw Failure("there is no record that setup wrote \(paths.userSettings): run bedrock-agent setup")
        }
        if !isDryRun { FileEdits(paths).sweep() }
        if reading.damage == nil {
            say("settings     \(paths.userSettings.printable): nothing to repair")
        } else if try !link(paths, reading) {
            try restore(paths, reading, at: now)
        }
        if !isDryRun { try checkProfile(paths) }
    }

    /// - Parameter user: instead of what the user's file holds.
    private func settings(with user: [UInt8]?? = nil) throws -> SettingsOnDisk {
        SettingsOnDisk(folder, record: try SetupRecord.readCovered(folder.paths), user: user)
    }

    /// If only the symbolic link to the settings is gone, as in a folder of dotfiles, makes it again.
    /// - Returns: false if more than the link is missing.
    private func link(_ paths: Paths, _ reading: SettingsOnDisk) throws -> Bool {
        let path = paths.userSettings
        guard reading.damage?.kind == .gone, let real = reading.realPath, real != path,
            let bytes = try FileContent(of: real, limit: SettingsLayer.largest)?.bytes,
            try settings(with: .some(bytes)).damage == nil
        else { return false }
        say("settings     \(path)\n  + link to \(real.printable)")
        if isDryRun {
            say("dry run: nothing was written")
            return true
        }
        try Dialogue.confirm("Create it again?", yes: "Create", isAgreed: yes)
        try Folder.create(Folder.holding(path))
        guard symlink(real, path) == 0 else { throw SystemError("make the link", path) }
        return true
    }

    private func restore(_ paths: Paths, _ reading: SettingsOnDisk, at now: Date) throws {
        let file = SharedFile(paths.userSettings, limit: SettingsLayer.largest, stateFolder: paths.stateFolder)
        let good = GoodSettings(of: paths.userSettings, stateFolder: paths.stateFolder)
        let copy = good.newest()
        func repair(_ bytes: [UInt8]?) throws -> SettingsRepair? {
            guard let damage = try settings(with: .some(bytes)).damage else {
                return nil
            }
            do {
                return try SettingsRepair(damage, of: bytes, written: reading.written, copy: copy)
            } catch {
                throw Failure("\(paths.userSettings): \(error). Correct it there, then run this again.")
            }
        }
        // Another program may be in the middle of writing it.
        usleep(500_000)
        guard let planned = try repair(try file.read()?.bytes) else {
            return say("settings     \(paths.userSettings.printable): nothing left to repair")
        }
        show(planned, in: paths.userSettings)
        if isDryRun { return say("dry run: nothing was written") }
        try Dialogue.confirm("Restore them?", yes: "Restore", isAgreed: yes)
        let outcome = try file.replace(at: now) { bytes in try repair(bytes)?.bytes ?? bytes }
        if let backup = outcome.backup { say(Columns.wrap("backup       \(backup.printable)", indent: 13)) }
        try good.keep()
        guard planned.unknown.isEmpty else {
            throw Failure(
                "\(names(planned.unknown)): no copy has their values; set them again: bedrock-agent setup --profile NAME"
                    + " --region REGION --model ID")
        }
        say("RESTART REQUIRED: close and reopen all open Claude Code sessions")
    }

    /// Keys that are not ours are shown without their values, which may be secrets.
    private func show(_ repair: SettingsRepair, in path: String) {
        say("settings     \(path.printable)")
        for item in repair.items {
            let key = item.key.joined(separator: ".").printable
            say(item.isOurs ? "  + \(key) = \(item.spelling.printable)" : "  + \(key)")
        }
    }

    private func names(_ keys: [[String]]) -> String { keys.map { $0.joined(separator: ".") }.joined(separator: ", ") }

    /// The profile may have been renamed in the AWS config.
    private func checkProfile(_ paths: Paths) throws {
        let name = try settings().settings.profile.value
        let claude = ClaudeEnvironment(folder)
        let config = try AWSFiles(environment: claude.merged, home: paths.home).config()
        do {
            _ = try config.resolve(name)
            return
        } catch {
            guard case .noSuchProfile(_, _, nil) = error else { throw Failure("\(error). \(error.fix)") }
        }
        let known = (try? StateFile(path: paths.state).read())?.claudeProfile
        let profiles = config.profileNames.compactMap { name -> ResolvedProfile? in
            guard case .sso(let profile)? = try? config.resolve(name) else { return nil }
            return profile
        }
        let alike = known?.name == name ? profiles.filter { known?.isAlike($0) == true } : []
        let shown = alike.isEmpty ? profiles : alike
        let which = alike.isEmpty ? "these use Identity Center" : "with the same role"
        say("profile      \(name.printable) is no longer in the AWS config; \(which):")
        for profile in shown {
            say(
                "  \(profile.name.printable)  (\(profile.session.name.printable), \(profile.accountID), \(profile.roleName))"
            )
        }
        let choice = shown.count == 1 ? shown[0].name : "NAME"
        throw Failure(
            "Claude Code's profile \(name.printable) is gone; choose another: bedrock-agent setup --profile \(ShellWords.quoted(choice))"
        )
    }
}
