import FoundationEssentials
import SessionHealth

/// The locks of our own processes, by their names, and what the one who signs in tells those who wait.
final class Locks {
    private unowned let world: World
    private var held: [String: Int] = [:]
    private var waiting: [String: [(Int) -> Void]] = [:]
    private var notes: [String: [UInt8]] = [:]
    private var lastHolder = 0

    init(_ world: World) { self.world = world }

    func isTaken(_ name: String) -> Bool { held[name] != nil }

    /// Takes it where it is free.
    /// - Returns: who holds it now; nil where somebody else does.
    func take(_ name: String) -> Int? {
        guard held[name] == nil else { return nil }
        lastHolder += 1
        held[name] = lastHolder
        return lastHolder
    }

    /// Takes it as soon as it is free.
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

    /// The processes are gone.
    func loseAll() {
        held = [:]
        waiting = [:]
    }
}
