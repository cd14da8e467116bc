import FoundationEssentials
import Glibc
import SessionHealth

/// One sign-in to a session at a time on this host, among those that `bedrock-agent login` runs by itself; and what
/// those who wait for it show meanwhile.
package struct SignInLock {
    /// Seconds that a sign-in takes at most: Claude Code ends what it runs at 180 s, without a word.
    package static let longest: TimeInterval = 165

    private let lock: String
    private let file: String
    private static let limit = 64 << 10

    package init(_ session: SSOSession, stateFolder: String) {
        lock = "\(stateFolder)/locks/sign-in-\(session.tokenKeyHash).lock"
        file = "\(stateFolder)/locks/sign-in-\(session.tokenKeyHash).json"
    }

    /// Somebody signs in, and is not done. Who has had the lock for longer than that takes hangs, or is stopped.
    package var isTaken: Bool {
        var status = stat()
        guard FileLock.isTaken(lock), stat(lock, &status) == 0 else { return false }
        let age = EventLoop.now().wall.timeIntervalSince1970 - Double(status.st_mtim.tv_sec)
        return abs(age) <= SignInLock.longest + 15
    }

    /// Takes it; nil where another process was faster.
    package func take() throws(SystemError) -> FileLock? {
        try Folder.create(Folder.holding(lock))
        do {
            let held = try FileLock(lock, waits: false)
            // Since when.
            utimensat(AT_FDCWD, lock, nil, 0)
            return held
        } catch {
            guard error.number == EWOULDBLOCK else { throw error }
            return nil
        }
    }

    /// What was told last; nil for nothing.
    package var note: SignInNote? {
        guard let file = try? FileContent(of: file, limit: SignInLock.limit) else { return nil }
        return try? JSONCoding.decode(SignInNote.self, from: file.bytes)
    }

    /// Tells it (0600). Nobody fails for want of it.
    package func tell(_ note: SignInNote) { try? AtomicWrite.write(JSONCoding.encode(note), to: file) }

    /// There is nothing to tell any more.
    package func clear() { unlink(file) }
}

extension AgentState.RunningSignIn {
    /// Whether it runs, as far as that can be told without the service manager: as the process that was started then.
    package var isAlive: Bool {
        guard let pid, let processStart else { return false }
        return ChildProcess.startTime(of: pid) == processStart
    }
}
