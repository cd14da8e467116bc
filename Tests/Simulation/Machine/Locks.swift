import FoundationEssentials
import SessionHealth

/// The locks of our own processes, by name, and the notes that tell waiting terminals about a sign-in.
final class Locks {
    private unowned let world: World
    private var held: [String: Int] = [:]
    private var waiting: [String: [(Int) -> Void]] = [:]
    private var notes: [String: [UInt8]] = [:]
    private var lastHolder = 0

    init(_ world: World) { self.world = world }

    func isTaken(_ name: String) -> Bool { held[name] != nil }

    /// Takes the lock if it is free.
    /// - Returns: the new holder; nil if somebody else holds the lock.
    func take(_ name: String) -> Int? {
        guard held[name] == nil else { return nil }
        lastHolder += 1
        held[name] = lastHolder
        return lastHolder
    }

    /// Takes the lock as soon as it is free.
    func wait(_ name: String, then act: @escaping (Int) -> Void) {
        if let holder = take(name) { return act(holder) }
        waiting[name, default: []].append(act)
    }

    func release(_ name: String, by holder: Int) {
        guard held[name] == holder else { return }
        held[name] = nil
        guard let next = waiting[name]?.first else { return }
        waiting[name]?.removeFirst()
        wait(name, then: next)
    }

    // MARK: The sign-in's note

    func note(_ session: SSOSession) -> SignInNote? {
        notes[session.name].flatMap { try? JSONCoding.decode(SignInNote.self, from: $0) }
    }

    func tell(_ note: SignInNote?, for session: SSOSession) { notes[session.name] = note.map { JSONCoding.encode($0) } }

    /// All processes are gone.
    func loseAll() {
        held = [:]
        waiting = [:]
    }
}
