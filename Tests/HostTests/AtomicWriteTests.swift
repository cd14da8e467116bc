import Glibc
import Host
import Testing

@Suite struct AtomicWriteTests {
    let folder = TemporaryFolder()

    @Test func createsAFileAndItsFoldersForTheOwnerOnly() throws {
        try AtomicWrite.write(Array("x".utf8), to: folder["a/b/state.json"])
        #expect(folder.text(of: "a/b/state.json") == "x")
        #expect(folder.mode(of: "a/b/state.json") == 0o600)
        #expect(folder.mode(of: "a/b") == 0o700)
        #expect(folder.names(in: "a/b") == ["state.json"])
    }

    @Test(arguments: [0o644, 0o400, 0o600, 0o755] as [mode_t])
    func keepsTheMode(mode: mode_t) throws {
        folder.write("old", to: "f", mode: mode)
        try AtomicWrite.write(Array("new".utf8).span.bytes, to: folder["f"], mode: 0o640)
        #expect(folder.text(of: "f") == "new")
        #expect(folder.mode(of: "f") == mode)
    }

    @Test func followsAChainOfLinks() throws {
        try Folder.create(folder["store"])
        folder.write("old", to: "store/real")
        symlink("real", folder["store/second"])
        symlink("store/second", folder["first"])
        try AtomicWrite.write(Array("new".utf8), to: folder["first"])
        #expect(folder.text(of: "store/real") == "new")
        #expect(folder.names(in: "store") == ["real", "second"])
        symlink("store/missing", folder["dangling"])
        try AtomicWrite.write(Array("made".utf8), to: folder["dangling"])
        #expect(folder.text(of: "store/missing") == "made")
        symlink("loop", folder["loop"])
        let error = #expect(throws: SystemError.self) { try AtomicWrite.write([], to: folder["loop"]) }
        #expect(error?.number == ELOOP)
    }

    /// Root could replace a device, and did.
    @Test func replacesNothingElseBehindALink() throws {
        mkfifo(folder["fifo"], 0o600)
        symlink("fifo", folder["link"])
        let error = #expect(throws: SystemError.self) { try AtomicWrite.write([], to: folder["link"]) }
        #expect(error?.number == EINVAL)
        #expect(folder.names() == ["fifo", "link"])
        // What is in our own folder itself is in the way only.
        try AtomicWrite.write(Array("new".utf8), to: folder["fifo"])
        #expect(folder.text(of: "fifo") == "new")
    }

    @Test func saysWhatFailedAndWhere() {
        folder.write("", to: "file")
        let error = #expect(throws: SystemError.self) { try AtomicWrite.write([], to: folder["file/x"]) }
        #expect(error?.description.contains("\(folder["file"])") == true)
        #expect(error?.description.contains("Not a directory") == true)
        let readOnly = SystemError("create a file beside", "/x/settings.json", EROFS)
        #expect(readOnly.description.hasPrefix("cannot create a file beside /x/settings.json: Read-only file system ("))
    }

    @Test func readsWithALimit() throws {
        folder.write("12345", to: "f")
        #expect(try FileContent(of: folder["f"], limit: 5)?.bytes.count == 5)
        #expect(throws: SystemError("read", folder["f"], EFBIG)) { try FileContent(of: folder["f"], limit: 4) }
        #expect(throws: SystemError("read", folder.path, EISDIR)) { try FileContent(of: folder.path, limit: 4) }
        #expect(try FileContent(of: folder["none"], limit: 5) == nil)
        mkfifo(folder["fifo"], 0o600)
        #expect(throws: SystemError("read", folder["fifo"], EINVAL)) { try FileContent(of: folder["fifo"], limit: 4) }
    }

    @Test(arguments: [(0o600, false), (0o644, false), (0o666, true), (0o602, true)] as [(mode_t, Bool)])
    func knowsWhoElseCanWrite(mode: mode_t, expected: Bool) throws {
        folder.write("", to: "f", mode: mode)
        #expect(try FileContent(of: folder["f"], limit: 5)?.isWritableByOthers == expected)
    }

    @Test func exchangesOnlyWithTheFileItWasMadeFrom() throws {
        folder.write("old", to: "f")
        folder.write("new", to: "new")
        let current = try FileContent(of: folder["f"], limit: 9)
        #expect(try FileSwap.put(folder["new"], at: folder["f"], over: current, limit: 9))
        #expect(folder.text(of: "f") == "new")
        #expect(folder.text(of: "new") == "old")
        // Somebody wrote after the comparison: their file stays, with the same inode.
        folder.write("theirs", to: "f")
        folder.write("newer", to: "new")
        let theirs = try FileContent(of: folder["f"], limit: 9)
        #expect(try !FileSwap.put(folder["new"], at: folder["f"], over: current, limit: 9))
        #expect(try FileContent(of: folder["f"], limit: 9) == theirs)
        #expect(folder.text(of: "new") == "newer")
        // Removed or created after the comparison.
        #expect(try !FileSwap.put(folder["new"], at: folder["gone"], over: current, limit: 9))
        #expect(try !FileSwap.put(folder["new"], at: folder["f"], over: nil, limit: 9))
        #expect(try FileContent(of: folder["f"], limit: 9) == theirs)
        #expect(try FileSwap.put(folder["new"], at: folder["made"], over: nil, limit: 9))
        #expect(folder.text(of: "made") == "newer")
    }
}
