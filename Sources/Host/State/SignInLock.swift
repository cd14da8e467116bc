import CSystemd
import FoundationEssentials
import Glibc
import SessionHealth

/// Allows one sign-in per session at a time for this home, among `bedrock-agent login` processes that sign in
/// themselves, and the daemons of all machines that share it. The waiting ones show the note of the one that holds the
/// lock. A daemon's is another one: who can ask a daemon joins that.
package struct SignInLock {
    /// The longest sign-in, in seconds: Claude Code kills its command at 180 s, without a message.
    package static let longest: TimeInterval = 165

    private let lock: String
    private let daemons: String
    private let file: String
    private static let limit = 64 << 10

    package init(_ session: SSOSession, stateFolder: String) {
        self.init(name: session.name, stateFolder: stateFolder)
    }

    /// - Parameter name: the session's.
    package init(name: String, stateFolder: String) {
        let path = "\(stateFolder)/locks/sign-in-\(CacheName.token(key: name).dropLast(".json".count))"
        lock = "\(path).lock"
        daemons = "\(path).daemon.lock"
        file = "\(path).json"
    }

    /// A sign-in is in progress. A process that holds the lock for longer than the limit is hung or stopped, and is
    /// ignored.
    package var isTaken: Bool { SignInLock.isTaken(lock) }

    /// A daemon's sign-in is in progress.
    package var isTakenByDaemon: Bool { SignInLock.isTaken(daemons) }

    private static func isTaken(_ lock: String) -> Bool {
        FileLock.isTaken(lock) && (age(of: lock).map { abs($0) <= longest + 15 } ?? false)
    }

    /// Seconds since it was taken: by a clock that nobody sets, where this machine took it, or by the time of the file,
    /// which is all that another machine and an earlier version leave. The younger of the two counts.
    private static func age(of lock: String) -> TimeInterval? {
        let now = EventLoop.now()
        var ages: [TimeInterval] = []
        let words = (try? FileContent(of: lock, limit: limit))?.bytes.split(separator: UInt8(ascii: " ")) ?? []
        let told = words.map { String(decoding: $0, as: UTF8.self) }
        if told.count == 2, told[0] == Machine.boot, let taken = TimeInterval(told[1]) { ages.append(now.boot - taken) }
        var status = stat()
        if stat(lock, &status) == 0 {
            ages.append(now.wall.timeIntervalSince1970 - Double(status.st_mtim.tv_sec))
        }
        return ages.min { abs($0) < abs($1) }
    }

    /// Takes the lock; nil if another process holds it.
    package func take() throws(SystemError) -> FileLock? { try SignInLock.take(lock) }

    /// Takes the lock of the daemons; nil if another one holds it.
    package func takeAsDaemon() throws(SystemError) -> FileLock? { try SignInLock.take(daemons) }

    private static func take(_ lock: String) throws(SystemError) -> FileLock? {
        try Folder.create(Folder.holding(lock))
        do {
            let held = try FileLock(lock, .none)
            utimensat(AT_FDCWD, lock, nil, 0)
            held.write(Machine.boot.map { "\($0) \(EventLoop.now().boot)" } ?? "")
            return held
        } catch {
            guard error.number == EWOULDBLOCK else { throw error }
            return nil
        }
    }

    /// The last note; nil if there is none.
    package var note: SignInNote? {
        guard let file = try? FileContent(of: file, limit: SignInLock.limit) else { return nil }
        return try? JSONCoding.decode(SignInNote.self, from: file.bytes)
    }

    /// Writes the note (0600). A failure is ignored.
    package func tell(_ note: SignInNote) { try? AtomicWrite.write(JSONCoding.encode(note), to: file) }

    /// Removes the note.
    package func clear() { unlink(file) }
}

extension AgentState.RunningSignIn {
    /// Whether it is known to be running still, on this machine: its process by PID and start time, its unit by what the
    /// service manager says.
    package func isAlive(_ paths: Paths) -> Bool {
        guard machine == nil || machine == Machine.name else { return false }
        if let unit { return ServiceUnits.isActive(unit, paths) == true }
        guard let pid, let processStart else { return false }
        return ChildProcess.startTime(of: pid) == processStart
    }
}
