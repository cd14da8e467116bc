import FoundationEssentials
import Glibc
import Host
import Testing

/// Folders that cannot be watched, or not any more.
@Suite struct FolderWatchLimitsTests {
    let folder = TemporaryFolder()
    let driver: LoopDriver

    init() throws {
        driver = try LoopDriver()
        try Folder.create(folder["a/b"])
        folder.write("old", to: "a/b/f")
    }

    /// Returns the error that `watch` throws on a thread where the kernel refuses watches for any of these events.
    private func refusal(
        of number: Int32, for events: Int32, _ watch: FolderWatch, _ paths: Set<String>
    ) -> SystemError? {
        var refusal: SystemError?
        RefusedWatches.with(number, events: UInt32(events)) {
            do throws(SystemError) { try watch.watch(paths) } catch { refusal = error }
        }
        return refusal
    }

    @Test(arguments: [ENOSPC, EMFILE, ENOMEM])
    func whatTheKernelRefusesIsNamedAndTriedAgain(number: Int32) throws {
        let paths: Set = [folder["a/b/f"], folder["a/b/g"]]
        var seen: Set<String> = []
        let watch = FolderWatch(driver.loop) { seen.formUnion($0) }
        let error = SystemError("watch folder", folder["a/b"], number)
        #expect(refusal(of: number, for: IN_CREATE, watch, paths) == error)
        #expect(watch.unwatched == [folder["a/b/f"]: error, folder["a/b/g"]: error])
        #expect(try watch.watch(paths) == paths)
        #expect(watch.unwatched.isEmpty)
        folder.write("new", to: "a/b/g")
        #expect(driver.run { seen.contains(folder["a/b/g"]) })
    }

    @Test func theOthersAreWatchedAllTheSame() throws {
        var seen: Set<String> = []
        let watch = FolderWatch(driver.loop) { seen.formUnion($0) }
        // Parent folders are watched only for moves.
        #expect(refusal(of: ENOSPC, for: IN_CREATE, watch, [folder["a/b/f"]])?.number == ENOSPC)
        rename(folder["a"], folder["away"])
        #expect(driver.run { seen.contains(folder["a/b/f"]) })
        #expect(watch.unwatched.isEmpty, "a change tries again")
        seen = []
        rename(folder["away"], folder["a"])
        #expect(driver.run { seen.contains(folder["a/b/f"]) })
    }

    @Test func aFolderAboveThatIsNotWatchedMayBeMovedAway() throws {
        let watch = FolderWatch(driver.loop) { _ in }
        let file = folder["a/b/f"]
        RefusedWatches.with(ENOSPC, events: UInt32(IN_MOVE_SELF)) { _ = try? watch.watch([file]) }
        #expect(watch.unwatched.keys.map(\.self) == [file])
    }

    /// Root can read every folder, so the test acts as another user.
    @Test func aFolderThatMayBeUsedButNotRead() throws {
        let file = folder["a/b/f"]
        var seen: Set<String> = []
        let watch = FolderWatch(driver.loop) { seen.formUnion($0) }
        for name in [".", "a"] { chmod(folder[name], 0o755) }
        chmod(folder["a/b"], 0o311)
        try asNobody { #expect(throws: SystemError("watch folder", folder["a/b"], EACCES)) { try watch.watch([file]) } }
        #expect(watch.unwatched.keys.map(\.self) == [file])
        // A change of the permissions is noticed through the parent folder.
        chmod(folder["a/b"], 0o755)
        #expect(try asNobody { driver.run { seen.contains(file) } })
        #expect(watch.unwatched.isEmpty)
        seen = []
        folder.write("new", to: "a/b/f")
        #expect(driver.run { seen.contains(file) })
    }

    @Test func whatCannotBeUsedNeedNotBeWatched() throws {
        let watch = FolderWatch(driver.loop) { _ in }
        for name in [".", "a"] { chmod(folder[name], 0o755) }
        chmod(folder["a/b"], 0)
        try asNobody { #expect(throws: Never.self) { try watch.watch([folder["a/b/f"]]) } }
        chmod(folder["a/b"], 0o755)
    }

    /// If this thread is root's, it uses another user's file system permissions meanwhile.
    @discardableResult
    private func asNobody<Result>(_ work: () throws -> Result) throws -> Result {
        guard geteuid() == 0 else { return try work() }
        // Swift does not import `setfsuid`.
        typealias SetUser = @convention(c) (uid_t) -> CInt
        let setUser = unsafeBitCast(try #require(dlsym(nil, "setfsuid")), to: SetUser.self)
        _ = setUser(65534)
        defer { _ = setUser(0) }
        return try work()
    }

    /// The kernel's event queue overflows: then anything may have changed.
    @Test func moreThanTheKernelRemembers() throws {
        for name in ["x", "y"] { folder.write("", to: "a/b/\(name)") }
        let limit = try #require(try FileContent(of: "/proc/sys/fs/inotify/max_queued_events", limit: 64))
        let queued = try #require(Int(String(decoding: limit.bytes, as: UTF8.self).filter(\.isNumber)))
        var seen: Set<String> = []
        let watch = FolderWatch(driver.loop) { seen.formUnion($0) }
        try watch.watch([folder["a/b/f"]])
        driver.settle()
        // Two equal events in a row would be merged.
        for number in 0...queued { chmod(folder["a/b/\(number % 2 == 0 ? "x" : "y")"], 0o600) }
        folder.write("new", to: "a/b/f")
        #expect(driver.run { !seen.isEmpty })
        driver.settle()
        seen = []
        folder.write("newer", to: "a/b/f")
        #expect(driver.run { seen == [folder["a/b/f"]] })
    }
}
