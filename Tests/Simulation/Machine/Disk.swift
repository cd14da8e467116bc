import FoundationEssentials
import SessionHealth

/// Files by path: their current contents, and what would be left after a power cut.
final class Disk {
    struct File {
        var bytes: [UInt8]
        /// On the wall clock.
        var writtenAt: Date
        /// In simulation time.
        fileprivate var changedAt: TimeInterval = 0
        /// The synced content.
        fileprivate var synced: [UInt8]?
        /// The digest of the bytes.
        fileprivate(set) var fingerprint: String
        /// Parsed from the bytes on first use.
        fileprivate var token: TokenReading?
        fileprivate var document: TokenDocument??

        fileprivate init(bytes: [UInt8], writtenAt: Date) {
            self.bytes = bytes
            self.writtenAt = writtenAt
            var digest = Fingerprint()
            digest.mix(bytes)
            fingerprint = String(digest.value, radix: 16)
        }
    }

    private unowned let world: World
    private var files: [String: File] = [:]
    private lazy var dice = world.dice("disk")
    var isFull = false { didSet { world.healthChecks.hinders() } }
    /// Nobody can write in the folder of `state.json`.
    var stateIsLocked = false
    /// The next program that writes a file in place dies in the middle of that.
    var breaksNextWrite = false
    /// What a program is in the middle of writing in place.
    private(set) var unfinished: Set<String> = []
    /// Counts all changes except those of tokens.
    private(set) var changes = 0

    init(_ world: World) { self.world = world }

    func bytes(of path: String) -> [UInt8]? { files[path]?.bytes }

    /// What is between this beginning and end of a path, of each file that has both.
    func names(from beginning: String, to end: String) -> [String] {
        files.keys.filter { $0.hasPrefix(beginning) && $0.hasSuffix(end) }.sorted()
            .map { String($0.dropFirst(beginning.count).dropLast(end.count)) }
    }

    func token(_ path: String) -> TokenReading {
        guard let file = files[path] else { return .absent }
        if let token = file.token { return token }
        let token = TokenReading(parsing: file.bytes.span, writtenAt: file.writtenAt, fingerprint: file.fingerprint)
        files[path]?.token = token
        return token
    }

    /// With its secrets, as a program that refreshes reads it; nil if it is missing or half-written.
    func document(_ path: String) -> TokenDocument? {
        guard let file = files[path] else { return nil }
        if let document = file.document { return document }
        let document = try? TokenDocument(parsing: file.bytes)
        files[path]?.document = .some(document)
        return document
    }

    func lastChange(of path: String) -> TimeInterval { files[path]?.changedAt ?? 0 }

    // MARK: Writers

    /// Atomic and synced, as the agent writes.
    func replace(_ path: String, with bytes: [UInt8]) {
        put(path, bytes)
        files[path]?.synced = bytes
        world.daemon.fileChanged(path)
    }

    /// As other programs write: synced only after half a minute. With torn writes, readers may see, and be notified of,
    /// an empty or half-written file.
    /// - Parameter done: gets whether all was written.
    func write(_ path: String, _ bytes: [UInt8], then done: @escaping (Bool) -> Void = { _ in }) {
        // What is cut off stays cut off.
        let isBroken = (breaksNextWrite || isFull) && path.hasPrefix(Home.places.tokenCache)
        if isBroken { breaksNextWrite = false }
        guard world.climate.hasTornWrites, bytes.count > 2, dice.isBelow(0.5) || isBroken,
            isBroken || world.strikes(.torn)
        else {
            put(path, bytes)
            world.daemon.fileChanged(path)
            syncLater(path)
            return done(true)
        }
        let isTold = dice.isBelow(0.5)
        let boot = world.bootedAt
        unfinished.insert(path)
        put(path, [])
        if isTold { world.daemon.fileChanged(path) }
        let half = Array(bytes.prefix(Int(dice.between(1, Double(bytes.count - 1)))))
        world.after(dice.between(0.01, 0.3)) { [self] in
            guard world.bootedAt == boot else { return }
            put(path, half)
            if isTold { world.daemon.fileChanged(path) }
            world.after(dice.between(0.01, 0.5)) { [self] in
                guard world.bootedAt == boot else { return }
                unfinished.remove(path)
                if isBroken {
                    world.daemon.fileChanged(path)
                    return done(false)
                }
                put(path, bytes)
                world.daemon.fileChanged(path)
                syncLater(path)
                done(true)
            }
        }
    }

    /// As other programs replace a file by another one.
    func swap(_ path: String, _ bytes: [UInt8], isSynced: Bool) {
        guard !isFull else { return }
        if isSynced { return replace(path, with: bytes) }
        put(path, bytes)
        world.daemon.fileChanged(path)
        syncLater(path)
    }

    func remove(_ path: String) {
        guard files.removeValue(forKey: path) != nil else { return }
        world.healthChecks.changes(path)
        world.daemon.fileChanged(path)
    }

    /// - Returns: false if there is no such file.
    func rename(_ path: String, to other: String) -> Bool {
        guard let file = files.removeValue(forKey: path) else { return false }
        files[other] = file
        world.healthChecks.changes(path)
        world.daemon.fileChanged(path)
        return true
    }

    private func put(_ path: String, _ bytes: [UInt8]) {
        if !path.hasPrefix(Home.places.tokenCache) { changes += 1 }
        let synced = files[path]?.synced
        files[path] = File(bytes: bytes, writtenAt: world.now.wall)
        files[path]?.synced = synced
        files[path]?.changedAt = world.time
        world.healthChecks.changes(path)
    }

    private func syncLater(_ path: String) {
        let boot = world.bootedAt
        world.after(dice.between(5, 30)) { [self] in
            guard world.bootedAt == boot, let file = files[path] else { return }
            files[path]?.synced = file.bytes
        }
    }

    // MARK: Power

    func losePower() {
        unfinished = []
        for path in files.keys.sorted() {
            guard let file = files[path], file.synced != file.bytes else { continue }
            // A renamed file may be there without its content.
            let rest = file.synced ?? []
            put(path, rest)
            files[path]?.synced = rest
        }
    }
}
