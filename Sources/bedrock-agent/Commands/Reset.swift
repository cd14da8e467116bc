import ArgumentParser
import FoundationEssentials
import Host
import SessionHealth

struct Reset: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Undo what setup and migrate changed.",
        discussion: """
            Restores every file byte for byte. If another program has written to a file since, only our keys are \
            removed and the values they replaced restored; whatever else was changed since is kept and listed. \
            Disables the user service. You stay signed in. Where several folders of Claude Code \
            (\(ClaudeVariable.configFolder)) are set up, it undoes the settings of the one that it is called for; the last of \
            them takes the rest with it.
            """)

    @Flag(help: "Apply without asking.")
    var yes = false

    @Flag(help: "Show what would change, without changing anything.")
    var dryRun = false

    @Flag(
        name: .customLong("command-only"),
        help: "Only take this program out of awsAuthRefresh, as its package does when it is removed.")
    var commandOnly = false

    @Option(
        name: .customLong("guard"),
        help: ArgumentHelp("Only stop guarding a profile that setup --guard added.", valueName: "profile"))
    var guarded: String?

    func validate() throws {
        if guarded != nil, commandOnly { throw ValidationError("--guard cannot be combined with --command-only") }
    }

    func run() throws {
        let now = EventLoop.now().wall
        let shell = ProcessInfo.processInfo.environment
        let paths = Paths(environment: shell)
        let environment = ClaudeEnvironment(ClaudeFolder(own: shell)).merged
        if !dryRun { FileEdits(paths).sweep() }
        if commandOnly {
            return try CommandHandOver(paths: paths, environment: environment)
                .run(isAgreed: yes, isDryRun: dryRun, at: now)
        }
        if let guarded {
            return try OwnListRemoval(list: .profiles, name: guarded, paths: paths)
                .run(isAgreed: yes, isDryRun: dryRun, at: now)
        }
        let recorded = try SetupRecord.bytes(of: paths.setupRecord)
        let record = try read(paths, environment)
        let others = record.settings(besides: paths)
        guard others.isEmpty else { return try undo(record, paths, recorded, besides: others, at: now) }
        let undoings = record.files.flatMap { file in file.places.map { Undoing(file, in: $0) } }
        guard !record.isEmpty, !record.isUndone || undoings.contains(where: \.isNeeded) else {
            // A setup that was killed may have got no further than that; a guarded profile needs it.
            let isUsed =
                VarlinkClient.hasDaemon(paths) || !SoundConfig.read(paths).0.config.values.profiles.isEmpty
            if !dryRun, !isUsed { try? KeptEnvironment(paths).forget() }
            return say("nothing to undo")
        }
        let hasUnit = UserService.isInstalled(paths)
        for undoing in undoings { undoing.show() }
        for command in record.approved { say("approval     withdrawn: \(command.printable)") }
        if hasUnit { say("service      bedrock-agent is disabled") }
        if dryRun { return say("dry run: nothing was changed") }
        try Dialogue.confirm("Undo all of this?", yes: "Undo", isAgreed: yes)

        guard try SetupRecord.isAsRead(recorded, at: paths.setupRecord) else { throw Reset.changedMeanwhile }
        // A running daemon would report the missing keys as damage.
        var problems = hasUnit ? [UserService.disable(paths)].compactMap(\.self) : []
        problems += carryOut(undoings, FileEdits(paths), at: now)
        do {
            try Approvals(path: paths.approvals).withdraw(record.approved)
        } catch {
            problems.append("\(error)")
        }
        if problems.isEmpty {
            let settings = record.files.filter { !$0.written.isEmpty }.map(\.name)
            for path in [paths.userSettings] + settings { try? forget(path, paths) }
            // An open Claude Code session may write our values back: then this can be run again.
            guard try FileEdits(paths).noteUndone(record, from: recorded) else { throw Reset.changedMeanwhile }
        }
        try close(undoings, problems, paths)
    }

    /// - Returns: what could not be undone, and why.
    private func carryOut(_ undoings: [Undoing], _ edits: FileEdits, at now: Date) -> [String] {
        var problems: [String] = []
        for undoing in undoings {
            do {
                guard undoing.isNeeded else {
                    try edits.removeFolders(of: undoing.file, besides: undoing.place)
                    continue
                }
                let left = try edits.undo(undoing.file, in: undoing.place, at: now)
                undoing.show(left: left.filter { !undoing.left.contains($0) })
            } catch {
                problems.append("\(error)")
            }
        }
        return problems
    }

    /// Undoes the settings of the folder that this is called for. What it shares with the others stays.
    private func undo(
        _ record: SetupRecord, _ paths: Paths, _ recorded: [UInt8]?, besides others: [SetupRecord.File], at now: Date
    ) throws {
        let resets = others.map {
            "\(ClaudeVariable.configFolder)=\(ShellWords.quoted(Folder.holding($0.name))) bedrock-agent reset"
        }.joined(separator: "; ")
        guard let file = record.settings(at: paths.userSettings) else {
            return say("nothing to undo in \(paths.claudeFolder.printable); others are set up: \(resets.printable)")
        }
        let undoings = file.places.map { Undoing(file, in: $0) }
        let inUse = others.flatMap(\.written).compactMap(\.command)
        let withdrawn = file.written.compactMap(\.command).filter { !inUse.containsSpelled($0) }
        for undoing in undoings { undoing.show() }
        for command in withdrawn { say("approval     withdrawn: \(command.printable)") }
        say(
            Columns.wrap(
                "kept         the AWS config and the service, which others use, too; undo those with \(resets)"
                    .printable, indent: 13))
        if dryRun { return say("dry run: nothing was changed") }
        try Dialogue.confirm("Undo all of this?", yes: "Undo", isAgreed: yes)
        guard try SetupRecord.isAsRead(recorded, at: paths.setupRecord) else { throw Reset.changedMeanwhile }
        let edits = FileEdits(paths)
        let problems = carryOut(undoings, edits, at: now)
        guard problems.isEmpty else { return try close(undoings, problems, paths) }
        try OwnListRemoval(list: .claudeFolders, name: paths.claudeFolder, paths: paths)
            .carryOut(record, edits, at: now)
        try Approvals(path: paths.approvals).withdraw(withdrawn)
        try forget(paths.userSettings, paths)
        // Last: until then, this can be run again.
        guard try edits.noteUndone(file, withdrawn) else { throw Reset.changedMeanwhile }
        try close(undoings, [], paths)
    }

    /// Removes what is kept beside the record for these settings; secrets may be in it.
    private func forget(_ settings: String, _ paths: Paths) throws {
        PreviousUse.forget(for: settings, stateFolder: paths.stateFolder)
        GoodSettings(of: settings, stateFolder: paths.stateFolder).forget()
        try KeptEnvironment(for: settings, stateFolder: paths.stateFolder).forget()
    }

    /// What there is to undo; if the record is lost, only what is certainly ours.
    private func read(_ paths: Paths, _ environment: [String: String]) throws -> SetupRecord {
        do {
            let record = try SetupRecord(of: paths.setupRecord)
            if !record.isEmpty { return record }
            let found = try SetupRecord(withoutRecordOf: paths, environment: environment)
            if !found.isEmpty {
                say("there is no record of what setup changed: only what is certainly from setup is removed")
            }
            return found
        } catch let error as UnreadableRecord {
            say("\(error.path.printable) is damaged: only what is certainly from setup is removed")
            return try SetupRecord(withoutRecordOf: paths, environment: environment)
        }
    }

    private static let changedMeanwhile = Failure(
        "setup or migrate changed something in the meantime: run bedrock-agent reset again")

    private func close(_ undoings: [Undoing], _ problems: [String], _ paths: Paths) throws {
        guard problems.isEmpty else {
            throw Failure(
                problems.joined(separator: "\n")
                    + "\nEverything else is undone. Fix this, then run bedrock-agent reset again.")
        }
        let back = undoings.filter { Undoing($0.file, in: $0.place).isNeeded }.map(\.place)
        guard back.isEmpty else {
            throw Failure(
                "another program wrote our values back to \(back.joined(separator: ", ")): close all Claude Code sessions, "
                    + "then run bedrock-agent reset again")
        }
        // `setup --guard` alone has nothing to do with Claude Code.
        guard undoings.contains(where: { $0.file.name != paths.config }) else { return }
        tellWhatIsUsed(paths, isUndone: undoings.contains { $0.file.name == paths.userSettings })
        say("\nRESTART REQUIRED: close all open Claude Code sessions")
        let again = "They may write our values back; to check, run bedrock-agent reset again afterwards."
        say(Columns.wrap(again, indent: 0))
        say("Set up again: bedrock-agent setup")
    }

    /// What Claude Code uses by the settings as they are now.
    private func tellWhatIsUsed(_ paths: Paths, isUndone: Bool) {
        let shell = ProcessInfo.processInfo.environment
        let settings = ClaudeSettings(layers: ClaudeFolder(own: shell).settingsFiles.layers(), environment: shell)
        let source = settings.usesBedrock.source
        let text: String
        if settings.usesBedrock.value {
            let profile = settings.credentials.profile.map { " with profile \($0.value)" } ?? ""
            let why = source.path != paths.userSettings ? ": \(source) says so" : isUndone ? " again" : ""
            text = "Claude Code uses Bedrock\(profile)\(why)"
        } else {
            tellOfModel(in: paths.userSettings)
            let key = ClaudeVariable.anthropicKeys[0]
            text =
                "Claude Code \(isUndone ? "no longer uses" : "does not use") Bedrock"
                + (settings.otherProvider == nil ? ": it will ask you to log in, or takes \(key)" : "")
        }
        say("\n\(Columns.wrap(text.printable, indent: 0))")
    }

    /// Neither ours, nor of any use without Bedrock.
    private func tellOfModel(in path: String) {
        guard let bytes = try? FileContent(of: path, limit: SettingsLayer.largest)?.bytes,
            let model = (try? JSONDocument(parsing: bytes))?.string(at: [ClaudeKey.model]),
            ModelName(model).isOfBedrock
        else { return }
        let what = "kept         \(ClaudeKey.model) in \(path) is an ID of Bedrock's"
        let text = "\(what), which Claude Code cannot use without it: choose another with /model"
        say(Columns.wrap(text.printable, indent: 13))
    }
}

/// What undoing our changes makes of a file, at one of its paths.
private struct Undoing {
    let file: SetupRecord.File
    let place: String
    private let result: Result<(before: [UInt8]?, after: FileHistory.Undone), any Error>

    init(_ file: SetupRecord.File, in place: String) {
        self.file = file
        self.place = place
        result = Result {
            let bytes = try FileContent(of: place, limit: file.limit)?.bytes
            return (bytes, try file.history.undone(of: bytes, path: place))
        }
    }

    /// True also if it cannot be done: trying then says why.
    var isNeeded: Bool {
        switch result {
        case .success(let (before, undone)): undone.bytes != before
        case .failure: true
        }
    }

    /// The keys that keep the value somebody else gave them.
    var left: [String] { (try? result.get())?.after.left ?? [] }

    func show() {
        switch result {
        case .success(let (before, undone)):
            if isNeeded { showDiff(of: place, from: before, to: undone.bytes) }
            show(left: undone.left)
        case .failure(let error): say("cannot be undone: \("\(error)".printable)")
        }
    }
    func show(left keys: [String]) {
        for key in keys { say("kept         \(key.printable) in \(place.printable): changed since setup") }
    }
}
