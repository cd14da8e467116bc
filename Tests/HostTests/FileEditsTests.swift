import FoundationEssentials
import Glibc
import Host
import SessionHealth
import Testing

@Suite struct FileEditsTests {
    let folder = TemporaryFolder()
    let now = Date(timeIntervalSince1970: 1_795_420_800)

    private var paths: Paths {
        Paths(environment: [
            "HOME": folder["home"], "XDG_STATE_HOME": folder["s"], "XDG_RUNTIME_DIR": folder["run"],
            "TMPDIR": folder["tmp"],
        ])
    }
    private var record: SetupRecord { get throws { try SetupRecord(of: paths.setupRecord) } }

    private func setUp(model: String, file: String = "home/.claude/settings.json") throws {
        let path = folder[file]
        _ = try FileEdits(paths).apply(to: path, limit: SettingsLayer.largest, at: now) { bytes in
            try SettingsEdit(of: bytes, path: path, profile: "p", region: "r", model: model, command: "c")
        }
    }

    private func undo() throws -> [String] {
        try record.files.flatMap { try FileEdits(paths).undo($0, in: $0.path, at: now) }
    }

    @Test func whatWasNotThereIsRemoved() throws {
        try setUp(model: "1")
        try setUp(model: "2")
        #expect(folder.mode(of: "s/bedrock-agent/setup.json") == 0o600)
        #expect(try record.files.map(\.folders) == [[folder["home/.claude"], folder["home"]]])
        #expect(try undo() == [])
        #expect(folder.names() == ["s"])
        #expect(try undo() == [])
    }

    @Test func aFolderThatIsUsedStays() throws {
        try setUp(model: "1")
        folder.write("", to: "home/.claude/other")
        #expect(try undo() == [])
        #expect(folder.names(in: "home/.claude") == ["other"])
    }

    @Test func theVeryBytesComeBackAfterAnyNumberOfEdits() throws {
        folder.write("{\"a\" : 1,\"a\":2}  ", to: "f", mode: 0o640)
        for number in 1...5 { try setUp(model: "\(number)", file: "f") }
        #expect(try undo() == [])
        #expect(folder.text(of: "f") == "{\"a\" : 1,\"a\":2}  ")
        #expect(folder.mode(of: "f") == 0o640)
    }

    /// A writer of ours was killed just after it had taken the place of a version that it did not know.
    @Test func whatAnotherProgramWroteInThatMomentIsKept() throws {
        folder.write("{}", to: "f")
        try setUp(model: "1", file: "f")
        let ours = folder.text(of: "f")
        let backups = {
            folder.names(in: "s/bedrock-agent/backups").compactMap { folder.text(of: "s/bedrock-agent/backups/\($0)") }
        }
        let before = backups()
        // The version that is in a backup, or in the file: nobody else's.
        folder.write("{}", to: ".f.displaced.1x.tmp")
        folder.write(ours ?? "", to: ".f.displaced.2x.tmp")
        FileEdits(paths).sweep()
        #expect(backups() == before && folder.names().allSatisfy { !$0.hasPrefix(".f") })
        folder.write(#"{"theirs":1}"#, to: ".f.displaced.3x.tmp")
        FileEdits(paths).sweep(isPatient: false)
        #expect(folder.text(of: ".f.displaced.3x.tmp") == #"{"theirs":1}"#)
        FileEdits(paths).sweep()
        #expect(backups().contains(#"{"theirs":1}"#) && folder.text(of: "f") == ours)
        #expect(folder.names().allSatisfy { !$0.hasPrefix(".f") })
        // Taken away by `reset`.
        unlink(folder["f"])
        folder.write(#"{"theirs":2}"#, to: ".f.displaced.4x.tmp")
        FileEdits(paths).sweep()
        #expect(folder.text(of: "f") == #"{"theirs":2}"#)
    }

    @Test func aRewriteInBetweenStays() throws {
        folder.write(#"{"env":{"AWS_REGION":"old"}}"#, to: "f")
        try setUp(model: "1", file: "f")
        try setUp(model: "2", file: "f")
        let ours =
            #"{"awsAuthRefresh":"c","new":1,"env":{"ANTHROPIC_MODEL":"2","AWS_REGION":"r","AWS_PROFILE":"mine"}}"#
        folder.write(ours, to: "f")
        try setUp(model: "3", file: "f")
        #expect(try undo() == ["env.AWS_PROFILE"])
        #expect(folder.text(of: "f") == #"{"new":1,"env":{"AWS_REGION":"old","AWS_PROFILE":"mine"}}"#)
    }

    @Test func aNoteOfWhatNeverHappenedDoesNoHarm() throws {
        folder.write("{\"env\":{\"A\":1, \"A\" :2}}", to: "f")
        try setUp(model: "1", file: "f")
        let after = folder.text(of: "f")
        // As after a crash between writing the record and writing the file.
        for _ in 1...3 {
            try setUp(model: "2", file: "f")
            folder.write(after ?? "", to: "f")
        }
        #expect(try undo() == [])
        #expect(folder.text(of: "f") == "{\"env\":{\"A\":1, \"A\" :2}}")
    }

    /// A Claude Code session writes back what it read before our last edit.
    @Test func aValueOfOursThatComesBackIsOurs() throws {
        folder.write(#"{"a": 1}"#, to: "f")
        try setUp(model: "1", file: "f")
        let stale = folder.text(of: "f")?.replacing(#""a": 1"#, with: #""a": 2"#) ?? ""
        for model in ["2", "3", "2"] {
            try setUp(model: model, file: "f")
            folder.write(stale, to: "f")
        }
        try setUp(model: "4", file: "f")
        folder.write(folder.text(of: "f")?.replacing(#""a": 2"#, with: #""a": 3"#) ?? "", to: "f")
        #expect(try undo() == [])
        #expect(folder.text(of: "f") == #"{"a": 3}"#)
        folder.write(stale, to: "f")
        #expect(try undo() == [])
        #expect(folder.text(of: "f") == #"{"a": 2}"#)
    }

    @Test func theRecordIsWrittenFirst() throws {
        folder.write("{}", to: "f")
        try Folder.create(folder["s/bedrock-agent/setup.json"])
        #expect(throws: SystemError.self) { try setUp(model: "1", file: "f") }
        #expect(folder.text(of: "f") == "{}")
        rmdir(folder["s/bedrock-agent/setup.json"])
        folder.write("{", to: "s/bedrock-agent/setup.json")
        let error = #expect(throws: UnreadableRecord.self) { try setUp(model: "1", file: "f") }
        #expect(error?.description.contains("setup.json") == true)
        #expect(folder.text(of: "f") == "{}")
    }

    @Test func anEditThatChangesNothingIsNotNoted() throws {
        try setUp(model: "1")
        let before = try record
        try setUp(model: "1")
        #expect(try record == before)
    }

    @Test func whatWasTakenBackIsForgottenByTheNextEdit() throws {
        folder.write(#"{"a": 1}"#, to: "f")
        try setUp(model: "1", file: "f")
        try FileEdits(paths).approve("c")
        #expect(try record.approved == ["c"])
        #expect(try undo() == [])
        let taken = try record
        #expect(try FileEdits(paths).noteUndone(taken, from: SetupRecord.bytes(of: paths.setupRecord)))
        #expect(try record.isUndone)
        folder.write(#"{"env": {"AWS_PROFILE": "other"}}"#, to: "f")
        try setUp(model: "2", file: "f")
        #expect(try record.approved == [])
        #expect(try undo() == [])
        #expect(folder.text(of: "f") == #"{"env": {"AWS_PROFILE": "other"}}"#)
    }

    @Test func aRecordThatWasAddedToIsNotUndone() throws {
        folder.write(#"{"a": 1}"#, to: "f")
        try setUp(model: "1", file: "f")
        let before = try SetupRecord.bytes(of: paths.setupRecord)
        let shown = try record
        try setUp(model: "2", file: "f")
        #expect(try !FileEdits(paths).noteUndone(shown, from: before))
        #expect(try !record.isUndone)
    }

    @Test func aRecordOfTheFirstVersionIsRead() throws {
        folder.write(
            #"{"env": {"AWS_PROFILE": "p", "X": "1"}, "awsAuthRefresh": "c"}"#, to: "f")
        try Folder.create(folder["s/bedrock-agent"])
        folder.write(
            """
            {"settings": "\(folder["f"])", "changes": [
              {"path": ["env", "AWS_PROFILE"], "old": "\\"before\\"", "new": "\\"p\\"", "addsParent": false},
              {"path": ["awsAuthRefresh"], "new": "\\"c\\"", "addsParent": false}]}
            """, to: "s/bedrock-agent/setup.json")
        #expect(try undo() == [])
        #expect(folder.text(of: "f") == #"{"env": {"AWS_PROFILE": "before", "X": "1"}}"#)
    }

    @Test func bothFilesAreTakenBack() throws {
        folder.write("[profile a]\r\nregion = x", to: "config")
        let path = folder["config"]
        let profile = NewProfile(
            name: "p", session: "corp", startURL: "https://corp.awsapps.com/start", ssoRegion: "us-east-1",
            accountID: "123456789012", roleName: "Dev", region: nil)
        let made = try FileEdits(paths).apply(to: path, limit: SettingsLayer.largest, at: now) { bytes in
            try ConfigEdit(
                of: ConfigFile(path: path, bytes: bytes), credentials: ConfigFile(path: "", bytes: nil),
                adding: profile)
        }
        #expect(made.edit.session == "corp")
        #expect(made.outcome.backup != nil)
        try setUp(model: "1")
        #expect(try record.files.map(\.path) == [path, folder["home/.claude/settings.json"]])
        #expect(try undo() == [])
        #expect(folder.text(of: "config") == "[profile a]\r\nregion = x")
        #expect(folder.names() == ["config", "s"])
    }

    // MARK: After a kill

    @Test func whatKilledWritersLeftIsSwept() throws {
        try setUp(model: "1")
        let ours = ["home/.claude/.settings.json.1x2y3z.tmp", "s/bedrock-agent/.setup.json.9k.tmp"]
        let others = [
            "home/.claude/.settings.json.tmp", "home/.claude/.other.json.1x2y3z.tmp",
            "home/.claude/settings.json.1x.tmp",
            "home/.claude/.settings.json.not-ours.tmp",
        ]
        // In our own folders, somebody may be at work: only what is old is swept.
        let (young, old) = ("s/bedrock-agent/backups/.a.1x.tmp", "s/bedrock-agent/backups/.b.1x.tmp")
        try FileManager.default.createDirectory(
            atPath: folder["s/bedrock-agent/backups"], withIntermediateDirectories: true)
        for name in ours + others + [young, old] { folder.write("{", to: name) }
        age(old)
        FileEdits(paths).sweep()
        #expect((ours + [old]).filter { folder.text(of: $0) != nil } == [])
        #expect((others + [young]).filter { folder.text(of: $0) == nil } == [])
    }

    /// Nothing else of ours need be there yet.
    @Test func temporaryFoldersAreSwept() throws {
        mkdir(folder["tmp"], 0o700)
        let used = try ScratchFolder(in: folder["tmp"])
        let abandoned = ".bedrock-agent.1x2y3z.tmp"
        let others = ["bedrock-agent.backup", ".bedrock-agent.tmp", ".other.1x2y3z.tmp", ".bedrock-agent.4.tmp"]
        for name in [abandoned] + others { mkdir(folder["tmp/\(name)"], 0o700) }
        for name in ["config", "lock"] { folder.write("secret", to: "tmp/\(abandoned)/\(name)") }
        // The last is new.
        for name in folder.names(in: "tmp") where name != others[3] { age("tmp/\(name)") }
        FileEdits(paths).sweep()
        #expect(folder.names(in: "tmp") == (others + [String(used.path.dropFirst(folder["tmp/"].count))]).sorted())
    }

    @Test func aTemporaryFolderIsOursAlone() throws {
        mkdir(folder["tmp"], 0o700)
        var used: ScratchFolder? = try ScratchFolder(in: folder["tmp"])
        let path = try #require(used?.path)
        let name = String(path.dropFirst(folder[""].count))
        folder.write("secret", to: "\(name)/config")
        #expect(folder.mode(of: name) == 0o700)
        used = nil
        #expect(folder.names(in: "tmp") == [])
    }

    /// Of AWS's programs.
    @Test func whatIsLeftInCachesIsSwept() throws {
        let caches = ["home/.aws/sso/cache", "home/.aws/cli/cache"]
        for cache in caches {
            try FileManager.default.createDirectory(atPath: folder[cache], withIntermediateDirectories: true)
            for name in [".1f.json.9k.tmp", "1f.json", ".1f.json.tmp"] {
                folder.write("{", to: "\(cache)/\(name)")
                age("\(cache)/\(name)")
            }
            folder.write("{", to: "\(cache)/.1f.json.8k.tmp")
        }
        FileEdits(paths).sweep()
        for cache in caches { #expect(folder.names(in: cache) == [".1f.json.8k.tmp", ".1f.json.tmp", "1f.json"]) }
    }

    private func age(_ name: String) {
        utimes(folder[name], [timeval(tv_sec: 1_000_000_000, tv_usec: 0), timeval(tv_sec: 1_000_000_000, tv_usec: 0)])
    }

    @Test func aFolderThatCannotBeLookedAtIsNotOneOfOurs() throws {
        // ELOOP, as EIO would, says nothing of what is behind it.
        symlink("loop", folder["loop"])
        #expect(throws: (any Error).self) { try setUp(model: "1", file: "loop/settings.json") }
        #expect((try? record.files.flatMap(\.folders)) ?? [] == [])
        #expect(folder.names().contains("loop"))
    }
}
