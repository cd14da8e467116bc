import FoundationEssentials
import Host
import SessionHealth

/// Our own files: `state.json`, `setup.json`, `config.json`, and what one program of ours tells another.
enum RecordSubject {
    static func check(_ input: Input) throws(Violation) {
        var choices = input.choices(0)
        let bytes = input.text(1)
        switch choices.next(below: 5) {
        case 0: try state(bytes)
        case 1: try history(bytes, of: input.text(2))
        case 2: try written(RefreshOutcome.self, bytes)
        case 3: try written(SetupRecord.self, bytes)
        default: try config(bytes)
        }
    }

    @discardableResult
    private static func written<Value: Codable & Equatable>(
        _ type: Value.Type, _ bytes: [UInt8]
    ) throws(Violation) -> Value? {
        guard let value = try? JSONCoding.decode(type, from: bytes) else { return nil }
        let written = JSONCoding.encode(value, isPretty: true)
        guard let again = try? JSONCoding.decode(type, from: written) else {
            throw Violation("not read again: \(written.shown)")
        }
        // Times are written in whole seconds.
        try requireEqual(JSONCoding.encode(again, isPretty: true).shown, written.shown, "written twice")
        return value
    }

    /// The daemon starts with it, and plans.
    private static func state(_ bytes: [UInt8]) throws(Violation) {
        guard let state = try written(AgentState.self, bytes) else { return }
        let moment = Moment(wall: Date(timeIntervalSince1970: 1_795_424_400), boot: 1000)
        var core = Core(
            places: Places(
                config: "/c/config.json", managedConfig: "/e/config.json", approvals: "/s/approvals.json",
                state: "/s/state.json", tokenCache: "/h/cache"),
            process: .init(running: true, version: "1"), environment: [:], watching: [], seed: 1, machine: "box",
            localTime: { _, _ in "later" })
        _ = core.handle(.started(state, damage: nil), at: moment)
        _ = core.handle(.settled, at: moment)
        for record in state.sessions.values {
            var record = record
            _ = record.usualLifetime.map { TimeSpan.words(seconds: Int($0)) }
            record.learnEnd(at: moment.wall)
        }
    }

    /// Undone in a file that is anything, it is undone or refused, and once more changes nothing.
    private static func history(_ bytes: [UInt8], of file: [UInt8]) throws(Violation) {
        guard let history = try written(FileHistory.self, bytes), let undone = try? history.undone(of: file, path: "f"),
            let left = undone.bytes
        else { return }
        guard let again = try? history.undone(of: left, path: "f") else {
            throw Violation("undone once, it is not undone again")
        }
        _ = again
    }

    private static func config(_ bytes: [UInt8]) throws(Violation) {
        do {
            let config = try AgentConfig(parsing: bytes)
            for seconds in [
                config.policy.refreshAhead, config.policy.legacyAhead, config.policy.signInTimeout,
                config.policy.coverAhead,
            ] {
                try require(seconds.isFinite && seconds >= 0, "a duration of \(seconds)")
            }
            try require(config.claudeFolders.allSatisfy { $0.hasPrefix("/") }, "a relative folder")
            try folders(bytes)
        } catch let error as Violation {
            throw error
        } catch {
            try require("\(error)" == "\(error)".printable, "control characters in: \(error)")
        }
    }

    /// A folder comes and goes.
    private static func folders(_ bytes: [UInt8]) throws(Violation) {
        guard let added = try? OwnListEdit(.claudeFolders, of: bytes, path: "c", name: "/new", isGuarded: true),
            let config = try? AgentConfig(parsing: added.bytes)
        else { throw Violation("a folder cannot be added to a sound file") }
        try require(config.claudeFolders.contains("/new"), "the folder is not there")
        guard
            let removed = try? OwnListEdit(
                .claudeFolders, of: added.bytes, path: "c", name: "/new", isGuarded: false),
            let after = try? AgentConfig(parsing: removed.bytes),
            let before = try? AgentConfig(parsing: bytes)
        else { throw Violation("the folder cannot be removed") }
        try requireEqual(after.claudeFolders, before.claudeFolders.filter { $0 != "/new" }, "the folders afterwards")
    }
}
