import SessionHealth

/// Passes events, with the time, to the core, and performs the resulting effects one after the other.
package final class CoreDriver {
    private var core: Core
    private let perform: (Effect) -> Void
    /// Events not yet passed to the core: performing an effect may cause an event immediately.
    private var happened: [Event] = []
    private var isTelling = false

    /// - Parameter perform: performs one effect, and may call `tell` with the result.
    package init(_ core: Core, perform: @escaping (Effect) -> Void) {
        self.core = core
        self.perform = perform
    }

    /// Passes an event, and all that follow from it at once, to the core before this returns.
    package func tell(_ event: Event) {
        happened.append(event)
        guard !isTelling else { return }
        isTelling = true
        defer { isTelling = false }
        while !happened.isEmpty { core.handle(happened.removeFirst(), at: EventLoop.now()).forEach(perform) }
    }

    /// The current status.
    /// - Parameter folder: of Claude Code's, of which it is to speak.
    /// - Throws: if that is not guarded.
    package func status(of folder: String?) throws(ControlError) -> Status {
        let now = EventLoop.now().wall
        return if let folder { try core.status(of: folder, at: now) } else { core.status(at: now) }
    }
}
