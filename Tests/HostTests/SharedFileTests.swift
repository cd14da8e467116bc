import FoundationEssentials
import Glibc
import Host
import SessionHealth
import Synchronization
import Testing

/// The last round that the other writer has completed.
private final class Written: Sendable {
    let round = Atomic(0)
}

@Suite struct SharedFileTests {
    let folder = TemporaryFolder()
    let now = Date(timeIntervalSince1970: 1_795_420_800)

    private func file(_ name: String = "claude/settings.json") -> SharedFile {
        SharedFile(folder[name], limit: SettingsLayer.largest, stateFolder: folder["state"])
    }

    @Test func createsWhatIsMissing() throws {
        let outcome = try file().replace(at: now) { current in
            #expect(current == nil)
            return Array("{}\n".utf8)
        }
        #expect(outcome.target == folder["claude/settings.json"])
        #expect(outcome.isChanged)
        #expect(outcome.backup == nil)
        #expect(folder.text(of: "claude/settings.json") == "{}\n")
        #expect(folder.mode(of: "claude/settings.json") == 0o600)
        #expect(folder.mode(of: "claude") == 0o700)
        #expect(folder.mode(of: "state") == 0o700)
        #expect(folder.names(in: "claude") == ["settings.json"])
    }

    @Test func whatSomebodyPutThereMeanwhileIsNotRemoved() throws {
        folder.write("{}", to: "f")
        let large = String(repeating: " ", count: SettingsLayer.largest + 1)
        #expect(throws: SystemError.self) {
            try file("f").replace(at: now) { _ in
                folder.write(large, to: "f")
                return nil
            }
        }
        let isThere = folder.text(of: "f") == large
        #expect(isThere)
        #expect(folder.names(in: ".") == ["f", "state"])
    }

    @Test func keepsModeAndLinksAndABackup() throws {
        folder.write("{\"a\": 1}", to: "real.json", mode: 0o400)
        symlink("real.json", folder["second.json"])
        symlink("second.json", folder["first.json"])
        let outcome = try file("first.json").replace(at: now) { _ in Array("{}".utf8) }
        #expect(outcome.target == folder["real.json"])
        #expect(folder.text(of: "real.json") == "{}")
        #expect(folder.mode(of: "real.json") == 0o400)
        #expect(folder.names() == ["first.json", "real.json", "second.json", "state"])
        #expect(folder.names(in: "state/backups") == ["first.json.20261123T080000Z-00"])
        #expect(outcome.backup == folder["state/backups/first.json.20261123T080000Z-00"])
        #expect(folder.text(of: "state/backups/first.json.20261123T080000Z-00") == "{\"a\": 1}")
        #expect(folder.mode(of: "state/backups/first.json.20261123T080000Z-00") == 0o600)
    }

    @Test func nothingToChangeTouchesNothing() throws {
        folder.write("{}", to: "f")
        let before = try file("f").read()
        #expect(try !file("f").replace(at: now) { $0 }.isChanged)
        #expect(try !file("none").replace(at: now) { $0 }.isChanged)
        #expect(try file("f").read() == before)
        #expect(folder.names(in: "state") == ["settings.lock"])
    }

    @Test func nilRemovesTheFileItselfAndKeepsABackup() throws {
        folder.write("{}", to: "real")
        symlink("real", folder["f"])
        let outcome = try file("f").replace(at: now) { _ in nil }
        #expect(outcome.isChanged)
        #expect(outcome.backup.map { folder.text(of: String($0.dropFirst(folder[""].count))) } == "{}")
        #expect(folder.names() == ["f", "state"])
        #expect(try !file("f").replace(at: now) { _ in nil }.isChanged)
    }

    @Test func aFileThatWasWrittenMeanwhileIsNotRemoved() throws {
        folder.write("1", to: "f")
        var calls = 0
        let outcome = try file("f").replace(at: now) { current in
            calls += 1
            if calls == 1 { folder.write("2", to: "f") }
            return current == Array("1".utf8) ? nil : current
        }
        #expect(calls == 2)
        #expect(!outcome.isChanged)
        #expect(folder.text(of: "f") == "2")
        #expect(folder.names() == ["f", "state"])
    }

    @Test func keepsTheNewestTenBackups() throws {
        folder.write("0", to: "f")
        for number in 1...12 {
            _ = try file("f").replace(at: now.addingTimeInterval(Double(number / 3))) { _ in Array("\(number)".utf8) }
        }
        let names = folder.names(in: "state/backups")
        #expect(names.count == 10)
        #expect(names.map { folder.text(of: "state/backups/\($0)") } == (2...11).map { "\($0)" })
    }

    /// `config` of the AWS CLI, and our own `config.json`.
    @Test func eachFileHasItsOwnBackups() throws {
        for name in ["config", "config.json"] {
            folder.write("0", to: name)
            for number in 1...11 {
                _ = try file(name).replace(at: now.addingTimeInterval(Double(number))) { _ in Array("\(number)".utf8) }
            }
        }
        let names = folder.names(in: "state/backups")
        #expect(names.filter { !$0.hasPrefix("config.json.") }.count == 10)
        #expect(names.filter { $0.hasPrefix("config.json.") }.count == 10)
        _ = try file("config").replace(at: now.addingTimeInterval(12)) { _ in Array("12".utf8) }
        let kept = Backups(of: folder["config"], in: folder["state/backups"])
        #expect(kept.names().last.flatMap { folder.text(of: "state/backups/\($0)") } == "11")
    }

    /// They are named alike.
    @Test func eachFolderOfClaudeCodeHasItsOwnBackups() throws {
        for name in ["work", "private"] {
            mkdir(folder[name], 0o700)
            folder.write("{\"of\": \"\(name)\"}", to: "\(name)/settings.json")
            _ = try file("\(name)/settings.json").replace(at: now) { _ in Array("{}".utf8) }
        }
        for name in ["work", "private"] {
            let good = GoodSettings(of: folder["\(name)/settings.json"], stateFolder: folder["state"])
            #expect(good.newest()?.bytes == Array("{\"of\": \"\(name)\"}".utf8))
        }
        // An earlier version's.
        folder.write("{\"of\": \"both\"}", to: "state/backups/settings.json.20251123T080000Z-00")
        #expect(Backups(of: folder["new/settings.json"], in: folder["state/backups"]).names().count == 1)
    }

    @Test func aRefusalTouchesNothing() throws {
        folder.write("{,}", to: "f")
        let before = try file("f").read()
        #expect(throws: JSONError.self) {
            try file("f").replace(at: now) { try JSONDocument(parsing: $0 ?? []).bytes }
        }
        #expect(try file("f").read() == before)
        #expect(folder.names() == ["f", "state"])
    }

    @Test func computesAgainWhenSomebodyWasFaster() throws {
        folder.write("{\"a\": 1}", to: "f")
        var seen: [String] = []
        let outcome = try file("f").replace(at: now) { current in
            let text = String(decoding: current ?? [], as: UTF8.self)
            seen.append(text)
            if seen.count == 1 { folder.write("{\"b\": 2}", to: "f") }
            return Array("\(text) ".utf8)
        }
        #expect(seen == ["{\"a\": 1}", "{\"b\": 2}"])
        #expect(folder.text(of: "f") == "{\"b\": 2} ")
        #expect(outcome.isChanged)
        #expect(folder.names(in: "state/backups").count == 1)
        #expect(folder.names() == ["f", "state"])
    }

    @Test func aHalfWrittenFileIsReadAgain() throws {
        folder.write("{\"a\":", to: "f")
        var calls = 0
        _ = try file("f").replace(at: now) { current in
            calls += 1
            defer { folder.write("{\"a\": 1}", to: "f") }
            var document = try JSONDocument(parsing: current ?? [])
            try document.set("2", at: ["b"])
            return document.bytes
        }
        #expect(calls > 1)
        #expect(folder.text(of: "f") == #"{"a": 1, "b": "2"}"#)
    }

    /// In a separate process that gives up root, because root can write everywhere.
    @Test func aReadOnlyFolderIsAClearError() async {
        await #expect(processExitsWith: .success) {
            if geteuid() == 0 {
                try #require(setgroups(0, nil) == 0 && setgid(65534) == 0 && setuid(65534) == 0, "cannot be nobody")
            }
            let folder = TemporaryFolder()
            try Folder.create(folder["locked"])
            folder.write("{}", to: "locked/f")
            chmod(folder["locked"], 0o500)
            let file = SharedFile(folder["locked/f"], limit: 1 << 20, stateFolder: folder["state"])
            let error = #expect(throws: SystemError.self) {
                try file.replace(at: Date(timeIntervalSince1970: 1_795_420_800)) { _ in [] }
            }
            #expect(error?.description.contains("Permission denied") == true)
            chmod(folder["locked"], 0o700)
        }
    }

    /// Another program increments a counter in the same file, rewriting all of it from its last read, while we do the
    /// same. It takes no lock, so its writes may undo ours; ours must never undo its writes.
    @Test func nothingThatAnotherWriterWroteIsLost() async throws {
        let rounds = 300
        folder.write("{\"theirs\": \"0\", \"ours\": \"0\"}", to: "f")
        let path = folder["f"]
        let written = Written()
        let writer = Task.detached {
            for round in 1...rounds {
                guard let current = try FileContent(of: path, limit: 1 << 20) else { throw SystemError("read", path) }
                var document = try JSONDocument(parsing: current.bytes)
                try document.set("\(round)", at: ["theirs"])
                try AtomicWrite.write(document.bytes, to: path)
                written.round.store(round, ordering: .sequentiallyConsistent)
            }
        }
        for round in 1...rounds {
            _ = try file("f").replace(at: now) { current in
                var document = try JSONDocument(parsing: current ?? [])
                try document.set("\(round)", at: ["ours"])
                return document.bytes
            }
            let before = written.round.load(ordering: .sequentiallyConsistent)
            let document = try JSONDocument(parsing: try file("f").read()?.bytes ?? [])
            let theirs = document.string(at: ["theirs"]).flatMap { Int($0) } ?? -1
            #expect(theirs >= before, "a write of theirs came undone")
        }
        try await writer.value
        _ = try file("f").replace(at: now) { current in
            var document = try JSONDocument(parsing: current ?? [])
            try document.set("last", at: ["ours"])
            return document.bytes
        }
        #expect(folder.text(of: "f") == "{\"theirs\": \"\(rounds)\", \"ours\": \"last\"}")
        #expect(folder.names() == ["f", "state"])
    }

    @Test func ourOwnProcessesWaitForEachOther() async throws {
        folder.write("{\"n\": \"0\"}", to: "f")
        let file = file("f")
        let now = now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<50 {
                        _ = try file.replace(at: now) { current in
                            var document = try JSONDocument(parsing: current ?? [])
                            let number = document.string(at: ["n"]).flatMap { Int($0) } ?? -1
                            try document.set("\(number + 1)", at: ["n"])
                            return document.bytes
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(folder.text(of: "f") == "{\"n\": \"200\"}")
    }

    @Test func findsTheSettingsOfThisMachine() throws {
        let files = ClaudeSettingsFiles(
            environment: ["CLAUDE_CONFIG_DIR": folder["c"]], home: "/home/u", managedFolder: folder["etc"])
        #expect(files.userPath == folder["c/settings.json"])
        #expect(ClaudeSettingsFiles(environment: [:], home: "/home/u").userPath == "/home/u/.claude/settings.json")
        try Folder.create(folder["etc/managed-settings.d"])
        folder.write("{\"env\": {\"AWS_PROFILE\": \"b\"}}", to: "etc/managed-settings.d/b.json")
        folder.write(
            "{\"env\": {\"AWS_PROFILE\": \"a\"}, \"awsAuthRefresh\": \"x\"}", to: "etc/managed-settings.d/a.json")
        folder.write("no", to: "etc/managed-settings.d/notes.txt")
        try Folder.create(folder["c/settings.json"])
        let settings = ClaudeSettings(layers: files.layers())
        #expect(settings.profile.value == "b")
        #expect(settings.awsAuthRefresh?.value == .init(line: "x"))
        #expect(settings.findings.map(\.codeName) == ["settings-unreadable"])
    }
}
