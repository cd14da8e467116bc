import SessionHealth

/// Tells the core what happens, and when, and has done what it says, one effect after the other.
package final class CoreDriver {
    private var core: Core
    private let perform: (Effect) -> Void
    /// What has happened and was not told yet: an effect may have a result at once.
    private var happened: [Event] = []
    private var isTelling = false

    /// - Parameter perform: does one effect. It may tell what came of it.
    package init(_ core: Core, perform: @escaping (Effect) -> Void) {
        self.core = core
        self.perform = perform
    }

    /// Tells it, and all that follows at once, before this returns.
    package func tell(_ event: Event) {
        happened.append(event)
        guard !isTelling else { return }
        isTelling = true
        defer { isTelling = false }
        while !happened.isEmpty { core.handle(happened.removeFirst(), at: EventLoop.now()).forEach(perform) }
    }

    /// The current status.
    package func status() -> Status { core.status(at: EventLoop.now().wall) }
}
