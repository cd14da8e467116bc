import FoundationEssentials
import Glibc
import Host
import Testing

@Suite struct FolderWatchTests {
    let folder = TemporaryFolder()
    let driver: LoopDriver

    init() throws { driver = try LoopDriver() }

    /// Starts a watch, performs each step, and expects it to be noticed.
    private func expectNoticed(
        _ names: Set<String>, _ steps: [(what: String, act: () -> Void)],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let paths = Set(names.map { folder[$0] })
        var seen: Set<String> = []
        let watch = FolderWatch(driver.loop) { seen.formUnion($0) }
        _ = try watch.watch(paths)
        driver.settle()
        for step in steps {
            seen = []
            step.act()
            let isNoticed = driver.run(seconds: 10) { !seen.isDisjoint(with: paths) }
            #expect(isNoticed, "\(step.what) was not noticed", sourceLocation: sourceLocation)
            driver.settle()
        }
        withExtendedLifetime(watch) {}
    }

    private func replace(_ name: String) {
        folder.write("new", to: name + ".tmp")
        rename(folder[name + ".tmp"], folder[name])
    }

    private func make(_ name: String) { try? Folder.create(folder[name]) }

    private func remove(_ name: String) { try? FileManager.default.removeItem(atPath: folder[name]) }

    @Test func whatHappensToAFile() throws {
        folder.write("old", to: "f")
        try expectNoticed(
            ["f"],
            [
                ("an atomic replacement", { replace("f") }),
                ("a write in place", { folder.write("in place", to: "f") }),
                ("a removal", { unlink(folder["f"]) }),
                ("a creation", { folder.write("again", to: "f") }),
                ("a new mode", { chmod(folder["f"], 0o600) }),
                ("a move away", { rename(folder["f"], folder["g"]) }),
                ("a move back", { rename(folder["g"], folder["f"]) }),
            ])
    }

    @Test func othersInTheFolderAreNotReported() throws {
        folder.write("old", to: "f")
        var seen: [Set<String>] = []
        let watch = FolderWatch(driver.loop) { seen.append($0) }
        #expect(try watch.watch([folder["f"]]) == [folder["f"]])
        #expect(try watch.watch([folder["f"]]) == [])
        folder.write("", to: "other")
        driver.settle()
        #expect(seen.isEmpty)
        replace("f")
        #expect(driver.run { !seen.isEmpty })
        #expect(Set(seen.joined()) == [folder["f"]])
        seen = []
        #expect(try watch.watch([]) == [])
        replace("f")
        driver.settle()
        #expect(seen.isEmpty)
    }

    @Test func foldersThatAreMissing() throws {
        try expectNoticed(
            ["a/b/c/f"],
            [
                ("the first level", { make("a") }),
                ("two more", { make("a/b/c") }),
                ("the file", { folder.write("", to: "a/b/c/f") }),
                ("its change", { replace("a/b/c/f") }),
                ("all gone", { remove("a") }),
                (
                    "all at once",
                    {
                        make("a/b/c")
                        folder.write("", to: "a/b/c/f")
                    }
                ),
                ("its change", { replace("a/b/c/f") }),
            ])
    }

    @Test func aFolderMovedAway() throws {
        make("a/b/c")
        folder.write("", to: "a/b/c/f")
        try expectNoticed(
            ["a/b/c/f"],
            [
                ("its own folder", { rename(folder["a/b/c"], folder["away"]) }),
                ("moved back", { rename(folder["away"], folder["a/b/c"]) }),
                ("its change", { replace("a/b/c/f") }),
                ("a folder above", { rename(folder["a"], folder["away"]) }),
                (
                    "another in its place",
                    {
                        make("a/b/c")
                        folder.write("", to: "a/b/c/f")
                    }
                ),
                ("its change", { replace("a/b/c/f") }),
                (
                    "a folder above, and another in its place at once",
                    {
                        rename(folder["a"], folder["away2"])
                        make("a/b/c")
                        folder.write("", to: "a/b/c/f")
                    }
                ),
                ("its change", { replace("a/b/c/f") }),
            ])
    }

    @Test func aFolderDeletedAndMadeAgainAtOnce() throws {
        make("a/b")
        folder.write("", to: "a/b/f")
        try expectNoticed(
            ["a/b/f", "a/b/g"],
            [
                (
                    "both at once",
                    {
                        remove("a")
                        make("a/b")
                        folder.write("", to: "a/b/f")
                    }
                ),
                ("its change", { replace("a/b/f") }),
                ("another file there", { folder.write("", to: "a/b/g") }),
            ])
    }

    @Test func aFileInThePlaceOfAFolder() throws {
        folder.write("", to: "a")
        try expectNoticed(
            ["a/b/f"],
            [
                (
                    "a folder after all",
                    {
                        unlink(folder["a"])
                        make("a/b")
                    }
                ),
                ("the file in it", { folder.write("", to: "a/b/f") }),
                ("a new mode of the folder", { chmod(folder["a/b"], 0o500) }),
                ("and another", { chmod(folder["a/b"], 0o700) }),
            ])
    }

    @Test func symbolicLinks() throws {
        make("one")
        make("two")
        make("links")
        folder.write("1", to: "one/f")
        folder.write("2", to: "two/f")
        symlink("../one/f", folder["links/f"])
        func point(_ link: String, at target: String) {
            symlink(target, folder[link + ".new"])
            rename(folder[link + ".new"], folder[link])
        }
        try expectNoticed(
            ["links/f"],
            [
                ("the file behind it", { replace("one/f") }),
                ("another target", { point("links/f", at: "../two/f") }),
                ("the file behind it now", { folder.write("3", to: "two/f") }),
                ("a chain", { point("links/f", at: "middle") }),
                ("its middle", { point("links/middle", at: folder["one/f"]) }),
                ("its end", { replace("one/f") }),
            ])
    }

    @Test func aSymlinkedFolder() throws {
        make("one")
        make("two")
        folder.write("1", to: "one/f")
        folder.write("2", to: "two/f")
        symlink("one", folder["dir"])
        try expectNoticed(
            ["dir/f"],
            [
                ("the file in it", { replace("one/f") }),
                (
                    "another folder",
                    {
                        unlink(folder["dir"])
                        symlink("two", folder["dir"])
                    }
                ),
                ("the file in that", { replace("two/f") }),
                (
                    "a link to nothing",
                    {
                        unlink(folder["dir"]); symlink("three", folder["dir"])
                    }
                ),
                ("which is made", { make("three") }),
                ("and filled", { folder.write("", to: "three/f") }),
            ])
    }

    @Test func aFolderCountsEveryEntry() throws {
        try expectNoticed(
            ["d"],
            [
                ("its creation", { make("d") }),
                ("a file in it", { folder.write("", to: "d/x") }),
                ("its change", { replace("d/x") }),
                ("its removal", { unlink(folder["d/x"]) }),
                ("the end of it", { rmdir(folder["d"]) }),
            ])
    }

    @Test func aCircleOfLinksIsSurvived() throws {
        symlink("b", folder["a"])
        symlink("a", folder["b"])
        try expectNoticed(
            ["a/f"],
            [
                (
                    "its end",
                    {
                        unlink(folder["b"])
                        make("b")
                        folder.write("", to: "b/f")
                    }
                )
            ])
    }
}
