import ArgumentParser
import FoundationEssentials
import Host
import SessionHealth

struct Reset: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take back what setup and migrate changed.",
        discussion: """
            Puts every file back as it was, byte for byte. Where another program has written it since, our keys go and \
            the values that they replaced come back; what somebody changed since then stays, and is named. Disables the \
            user service. Sign-ins stay as they are.
            """)

    @Flag(help: "Apply without asking.")
    var yes = false

    @Flag(help: "Show what would change, and change nothing.")
    var dryRun = false

    func run() throws {
        let now = EventLoop.now().wall
        let environment = ProcessInfo.processInfo.environment
        let paths = Paths(environment: environment)
        let recorded = try SetupRecord.bytes(of: paths.setupRecord)
        let record = try read(paths, environment)
        let undoings = record.files.flatMap { file in file.places.map { Undoing(file, in: $0) } }
        guard !record.isEmpty, !record.isUndone || undoings.contains(where: \.isNeeded) else {
            return say("nothing to undo")
        }
        let hasUnit = UserService.isInstalled
        for undoing in undoings { undoing.show() }
        for command in record.approved { say("approval     of \(command.printable): is withdrawn") }
        if hasUnit { say("service      bedrock-agent: is disabled") }
        if dryRun { return say("dry run: nothing was changed") }
        guard try yes || confirm("Take this back?") else { throw Failure("nothing was changed") }

        guard try SetupRecord.isAsRead(recorded, at: paths.setupRecord) else { throw Reset.changedMeanwhile }
        // A daemon would take the settings without our keys for damage.
        var problems = hasUnit ? [UserService.disable()].compactMap(\.self) : []
        for undoing in undoings where undoing.isNeeded {
            do {
                let left = try FileEdits(paths).undo(undoing.file, in: undoing.place, at: now)
                undoing.show(left: left.filter { !undoing.left.contains($0) })
            } catch {
                problems.append("\(error)")
            }
        }
        do {
            try Approvals(path: paths.approvals).withdraw(record.approved)
        } catch {
            problems.append("\(error)")
        }
        // A session of Claude Code that is still open may bring our values back: then the same can be done again.
        if problems.isEmpty, try !FileEdits(paths).noteUndone(record, from: recorded) { throw Reset.changedMeanwhile }
        try close(undoings, problems)
    }

    /// What there is to take back; where the record is lost, what is ours beyond doubt.
    private func read(_ paths: Paths, _ environment: [String: String]) throws -> SetupRecord {
        do {
            let record = try SetupRecord(of: paths.setupRecord)
            if !record.isEmpty { return record }
            let found = try SetupRecord(withoutRecordOf: paths, environment: environment)
            if !found.isEmpty {
                say("there is no record of what setup changed: only what is its own beyond doubt goes")
            }
            return found
        } catch let error as UnreadableRecord {
            say("\(error.path) is not as bedrock-agent wrote it: only what is setup's own beyond doubt goes")
            return try SetupRecord(withoutRecordOf: paths, environment: environment)
        }
    }

    private static let changedMeanwhile = Failure(
        "setup or migrate has changed more meanwhile: run bedrock-agent reset again")

    private func close(_ undoings: [Undoing], _ problems: [String]) throws {
        guard problems.isEmpty else {
            throw Failure(problems.joined(separator: "\n") + "\nthe rest is done; then run bedrock-agent reset again")
        }
        let back = undoings.filter { Undoing($0.file, in: $0.place).isNeeded }.map(\.place)
        guard back.isEmpty else {
            throw Failure(
                "another program wrote our values back into \(back.joined(separator: ", ")): exit all sessions of Claude "
                    + "Code, then run bedrock-agent reset again")
        }
        say("\nRESTART REQUIRED: close the Claude Code sessions that are open")
        let again = "They may write our values back: bedrock-agent reset, run again then, says whether one did."
        say(Columns.wrap(again, indent: 0))
    }
}

/// What taking its changes back makes of a file, in one of its places.
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

    /// Also where it cannot be done: then trying says why.
    var isNeeded: Bool {
        switch result {
        case .success(let (before, undone)): undone.bytes != before
        case .failure: true
        }
    }

    /// What stays as somebody else has it now.
    var left: [String] { (try? result.get())?.after.left ?? [] }

    func show() {
        switch result {
        case .success(let (before, undone)):
            if isNeeded { showDiff(of: place, from: before, to: undone.bytes) }
            show(left: undone.left)
        case .failure(let error): say("cannot be taken back: \(error)")
        }
    }
    func show(left keys: [String]) {
        for key in keys { say("left         \(key.printable) in \(place.printable): it was changed since setup") }
    }
}
