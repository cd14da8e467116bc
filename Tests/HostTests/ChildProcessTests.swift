import FoundationEssentials
import Glibc
import Host
import SessionHealth
import Testing

@Suite struct ChildProcessTests {
    let driver: LoopDriver
    let folder = TemporaryFolder()

    init() throws { driver = try LoopDriver() }

    private final class Result {
        var output: [UInt8] = []
        var endings: [ProgramEnding] = []
        var text: String { String(decoding: output, as: UTF8.self) }
    }

    private func start(_ command: [String], timeout: TimeInterval = 20) throws -> (ChildProcess, Result) {
        let result = Result()
        let child = try ChildProcess(
            driver.loop, command, environment: ["PATH": "/usr/bin:/bin", "GIVEN": "a b"], timeout: timeout,
            onOutput: { result.output += $0 }, onEnd: { result.endings.append($0) })
        return (child, result)
    }

    private func run(_ script: String, timeout: TimeInterval = 20) throws -> (pid: pid_t, result: Result) {
        let (child, result) = try start(["/bin/sh", "-c", script], timeout: timeout)
        #expect(driver.run { !result.endings.isEmpty })
        driver.settle()
        #expect(result.endings.count == 1)
        return (child.pid, result)
    }

    private func pid(in name: String) -> pid_t? {
        folder.text(of: name).flatMap { pid_t($0.split(separator: "\n").first ?? "") }
    }

    /// Not there, or a zombie that its new parent has not yet reaped.
    private func isGone(_ pid: pid_t) -> Bool {
        guard let stat = try? FileContent(of: "/proc/\(pid)/stat", limit: 4096) else { return true }
        let fields = String(decoding: stat.bytes, as: UTF8.self).split(separator: ")").last ?? ""
        return fields.hasPrefix(" Z") || fields.hasPrefix(" X")
    }

    @Test func output() throws {
        let result = try run("echo out; echo err >&2; printf %s \"$GIVEN\"; cat").result
        #expect(result.text == "out\nerr\na b")
        #expect(result.endings == [.exited(0)])
        #expect(try run("head -c 1000000 /dev/zero").result.output.count == 1_000_000)
    }

    @Test(arguments: [("exit 3", 3), ("kill -INT $$", -2), ("kill -KILL $$", -9)] as [(String, Int32)])
    func endings(script: String, status: Int32) throws {
        #expect(try run(script).result.endings == [.exited(status)])
    }

    @Test func aMissingProgramIsAnError() throws {
        let error = #expect(throws: SystemError.self) { try start(["no-such-program-here"]) }
        #expect(error?.description.contains("cannot run no-such-program-here") == true)
    }

    @Test func hasASessionOfItsOwnAndNoSignalsBlocked() throws {
        let (pid, result) = try run("cut -d' ' -f 6 /proc/$$/stat; exec grep -E 'Sig(Blk|Ign)' /proc/self/status")
        let lines = result.text.split(separator: "\n")
        #expect(lines.first.map(String.init) == "\(pid)")
        // Ignore the real-time signals: the C library uses the first two itself.
        let masks = lines.dropFirst().compactMap { $0.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } }
        #expect(masks.map { $0 & 0x7FFF_FFFF } == [0, 0], "\(lines)")
    }

    @Test func inheritsNothingButItsThreeStreams() throws {
        // Descriptors without close-on-exec, as a careless parent may leave them open.
        let careless = open("/dev/null", O_RDONLY)
        let other = fcntl(careless, F_DUPFD, 200)
        defer {
            close(careless)
            close(other)
        }
        let result = try run("ls /proc/$$/fd; readlink /proc/$$/fd/0").result
        #expect(result.text == "0\n1\n2\n/dev/null\n")
    }

    /// The leader ends on SIGTERM; its child, in its own process group, ignores that signal.
    @Test func theTimeLimitEndsTheWholeSession() throws {
        let script = """
            set -m
            sh -c 'trap "" TERM HUP INT; echo $$ > \(folder["grandchild"]); while :; do sleep 0.05; done' &
            set +m
            while :; do sleep 0.05; done
            """
        let (child, result) = try start(["/bin/bash", "-c", script], timeout: 1)
        #expect(driver.run { pid(in: "grandchild") != nil })
        let grandchild = try #require(pid(in: "grandchild"))
        #expect(getsid(grandchild) == child.pid)
        #expect(getpgid(grandchild) != child.pid)
        #expect(driver.run { !result.endings.isEmpty })
        #expect(result.endings == [.timedOut])
        #expect(driver.run { isGone(grandchild) })
    }

    @Test func whoIgnoresTheRequestIsKilled() throws {
        let result = try run("trap '' TERM; while :; do sleep 0.05; done", timeout: 0.5).result
        #expect(result.endings == [.timedOut])
    }

    /// A browser started by a sign-in leaves the session like this.
    @Test func whoLeftTheSessionSurvives() throws {
        let script = """
            setsid sh -c 'echo $$ > \(folder["browser"]); exec sleep 60' &
            while :; do sleep 0.05; done
            """
        let (child, result) = try start(["/bin/sh", "-c", script], timeout: 1)
        #expect(driver.run { pid(in: "browser") != nil })
        let browser = try #require(pid(in: "browser"))
        defer { kill(browser, SIGKILL) }
        #expect(driver.run { !result.endings.isEmpty })
        #expect(result.endings == [.timedOut])
        #expect(driver.run { ProcessSession(child.pid).members.allSatisfy(isGone) })
        #expect(!isGone(browser))
    }

    /// The remaining output is not read, and the browser is not waited for.
    @Test func aBrowserThatKeepsTheOutputOpenHoldsNothingUp() throws {
        let script = "echo before; setsid sh -c 'echo $$ > \(folder["browser"]); exec sleep 60' & exit 4"
        let result = try run(script).result
        #expect(result.endings == [.exited(4)])
        #expect(result.text == "before\n")
        #expect(driver.run { pid(in: "browser") != nil })
        if let browser = pid(in: "browser") { kill(browser, SIGKILL) }
    }

    /// Nobody reads its output. If it may outlive us, it must not be killed by SIGPIPE.
    @Test(arguments: [true, false]) func aBrowserThatTalksLater(outlivesUs: Bool) throws {
        folder.write(
            """
            echo $$ > '\(folder["browser"])'
            until [ -e '\(folder["go"])' ]; do sleep 0.02; done
            echo "a warning"
            echo . > '\(folder["talked"])'
            """, to: "script")
        let result = Result()
        var child: ChildProcess? = try ChildProcess(
            driver.loop, ["/bin/sh", "-c", "setsid /bin/sh '\(folder["script"])' & exit 0"],
            environment: ["PATH": "/usr/bin:/bin"], timeout: 20, outlivesUs: outlivesUs,
            onOutput: { result.output += $0 }, onEnd: { result.endings.append($0) })
        #expect(driver.run { !result.endings.isEmpty && pid(in: "browser") != nil })
        let browser = try #require(pid(in: "browser"))
        #expect(child != nil)
        child = nil
        folder.write("", to: "go")
        #expect(driver.run { isGone(browser) })
        #expect((folder.text(of: "talked") != nil) == outlivesUs)
    }

    @Test func terminate() throws {
        let (child, result) = try start(["sleep", "60"])
        child.terminate()
        #expect(driver.run { !result.endings.isEmpty })
        #expect(result.endings == [.timedOut])
    }

    // MARK: A sign-in that outlives the daemon

    private func adopt(_ record: AgentState.RunningSignIn, timeLeft: TimeInterval) throws -> (AdoptedProcess, Result) {
        let result = Result()
        let adopted = try AdoptedProcess(driver.loop, record, timeLeft: timeLeft) { result.endings.append($0) }
        return (adopted, result)
    }

    private func record(of child: ChildProcess) -> AgentState.RunningSignIn {
        var record = AgentState.RunningSignIn(session: "corp", startedAt: .now, isAutomatic: true)
        child.note(in: &record)
        return record
    }

    @Test func aSignInIsAdopted() throws {
        let script = "n=0; until [ -e '\(folder["go"])' ] || [ $n = 1000 ]; do n=$((n + 1)); sleep 0.02; done"
        let (child, own) = try start(["/bin/sh", "-c", script])
        let record = record(of: child)
        #expect(record.pid == child.pid)
        #expect(record.processStart ?? 0 > 0)
        let (adopted, result) = try adopt(record, timeLeft: 20)
        driver.settle()
        #expect(result.endings.isEmpty)
        folder.write("", to: "go")
        #expect(driver.run { !result.endings.isEmpty && !own.endings.isEmpty })
        #expect(result.endings == [.unknown])
        #expect(own.endings == [.exited(0)])
        withExtendedLifetime((adopted, child)) {}
        #expect(driver.run { isGone(child.pid) })
        let error = #expect(throws: SystemError.self) { try adopt(record, timeLeft: 20) }
        #expect(error?.number == ESRCH)
    }

    @Test func anotherProcessOfTheSameNumberIsNotAdopted() throws {
        var record = AgentState.RunningSignIn(session: "corp", startedAt: .now, isAutomatic: true)
        #expect(throws: SystemError.self) { try adopt(record, timeLeft: 1) }
        (record.pid, record.processStart) = (getpid(), 1)
        #expect(throws: SystemError.self) { try adopt(record, timeLeft: 1) }
        (record.pid, record.processStart) = (0, 0)
        #expect(throws: SystemError.self) { try adopt(record, timeLeft: 1) }
    }

    @Test func anAdoptedSignInEndsWhenItsTimeIsOver() throws {
        let (child, own) = try start(["/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"], timeout: 60)
        let (adopted, result) = try adopt(record(of: child), timeLeft: -3)
        #expect(driver.run { !result.endings.isEmpty && !own.endings.isEmpty })
        #expect(result.endings == [.timedOut])
        #expect(own.endings == [.exited(-9)])
        withExtendedLifetime(adopted) {}
    }
}
