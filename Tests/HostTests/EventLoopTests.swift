import CSystemd
import FoundationEssentials
import Glibc
import Host
import SessionHealth
import Testing

@Suite struct EventLoopTests {
    let driver: LoopDriver
    var loop: EventLoop { driver.loop }

    init() throws { driver = try LoopDriver() }

    @Test(arguments: [Host.Timer.Clock.realtime, .boottime])
    func timersFireOnceAndNeverEarly(clock: Host.Timer.Clock) throws {
        func now() -> TimeInterval {
            clock == .realtime ? EventLoop.now().wall.timeIntervalSince1970 : EventLoop.now().boot
        }
        var fired: [TimeInterval] = []
        let timer = try loop.timer(clock) { fired.append(now()) }
        driver.settle()
        #expect(fired.isEmpty)
        let due = now() + 0.1
        timer.arm(at: due)
        #expect(driver.run { !fired.isEmpty })
        #expect(fired[0] >= due)
        driver.settle()
        #expect(fired.count == 1)
        // A time in the past fires at once; nil never does.
        timer.arm(at: -5)
        #expect(driver.run { fired.count == 2 })
        timer.arm(at: now() - 1)
        timer.arm(at: nil)
        driver.settle()
        withExtendedLifetime(timer) { #expect(fired.count == 2) }
    }

    @Test func aReleasedSourceIsSilent() throws {
        var count = 0
        var timer: Host.Timer? = try loop.timer(.boottime) { count += 1 }
        timer?.arm(at: 0)
        timer = nil
        driver.settle()
        #expect(count == 0)
    }

    @Test func aSourceMayReleaseItself() throws {
        var source: EventSource?
        var count = 0
        source = try loop.later {
            count += 1
            source = nil
        }
        #expect(driver.run { count == 1 })
        #expect(source == nil)
    }

    @Test func laterRunsOnceForEachTimeItIsAskedFor() throws {
        var count = 0
        let source = try loop.later { count += 1 }
        driver.settle()
        #expect(count == 1)
        source.enableOnce()
        source.enableOnce()
        driver.settle()
        #expect(count == 2)
    }

    /// Sent to this thread: a signal to the process could be delivered to another thread.
    @Test func signals() throws {
        var heard: [String] = []
        let sources = [
            try loop.signal(SIGHUP) { heard.append("HUP") }, try loop.signal(SIGTERM) { heard.append("TERM") },
        ]
        pthread_kill(pthread_self(), SIGHUP)
        #expect(driver.run { heard == ["HUP"] })
        pthread_kill(pthread_self(), SIGTERM)
        withExtendedLifetime(sources) { #expect(driver.run { heard == ["HUP", "TERM"] }) }
    }

    @Test(
        arguments: [("exit 0", 0), ("exit 7", 7), ("kill -TERM $$", -15), ("kill -KILL $$", -9)] as [(String, Int32)])
    func children(script: String, expected: Int32) throws {
        var ended: [Int32] = []
        var pid: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = (["sh", "-c", script] as [String]).map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        try #require(posix_spawn(&pid, "/bin/sh", nil, &attributes, &arguments, nil) == 0)
        let source = try loop.child(pid) { ended.append($0) }
        withExtendedLifetime(source) {
            #expect(driver.run { !ended.isEmpty })
            driver.settle()
        }
        #expect(ended == [expected])
    }

    @Test func inotifyNamesWhatHappened() throws {
        let folder = TemporaryFolder()
        var heard: [(UInt32, String)] = []
        let source = try loop.inotify(folder.path, UInt32(IN_CREATE) | UInt32(IN_DELETE_SELF)) {
            heard.append(($0, $1))
        }
        folder.write("", to: "a name that is fairly long, and has ünïcode in it")
        #expect(driver.run { heard.count == 1 })
        #expect(heard.first?.0 == UInt32(IN_CREATE))
        #expect(heard.first?.1 == "a name that is fairly long, and has ünïcode in it")
        unlink(folder["a name that is fairly long, and has ünïcode in it"])
        rmdir(folder.path)
        withExtendedLifetime(source) { #expect(driver.run { heard.count > 1 }) }
        #expect(heard.last?.1 == "")
        let error = #expect(throws: SystemError.self) { try loop.inotify(folder["none"], 1) { _, _ in } }
        #expect(error?.number == ENOENT)
    }

    @Test func runsUntilExit() throws {
        let source = try loop.later { loop.exit(3) }
        withExtendedLifetime(source) { #expect(loop.run() == 3) }
    }
}
