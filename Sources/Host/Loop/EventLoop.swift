import CSystemd
import FoundationEssentials
import Glibc
import SessionHealth

/// One thread's `sd_event` loop. Handlers run one after the other, on the thread that calls `run`.
///
/// The signals that it watches, and SIGCHLD, must be blocked (`blockSignals`) before any other thread exists.
package final class EventLoop {
    let event: OpaquePointer

    package init() throws(SystemError) {
        var event: OpaquePointer?
        let code = sd_event_new(&event)
        guard code >= 0, let event else { throw SystemError("start the event loop", "sd_event", -code) }
        self.event = event
    }

    deinit { sd_event_unref(event) }

    /// Blocks the signals that sd_event handles. Call it first in `main`.
    package static func blockSignals() {
        _ = BlockedSignals(BlockedSignals.endings + [SIGCHLD], ignoring: [SIGPIPE])
    }

    package static func now() -> Moment {
        var boot = timespec()
        clock_gettime(CLOCK_BOOTTIME, &boot)
        return Moment(wall: Date.now, boot: TimeInterval(boot.tv_sec) + TimeInterval(boot.tv_nsec) / 1e9)
    }

    /// Runs until `exit`.
    /// - Returns: the code given to `exit`, or a negative errno.
    package func run() -> Int32 { sd_event_loop(event) }

    package func exit(_ code: Int32) { sd_event_exit(event, code) }

    /// Handles one round of events; false when none came within the time.
    /// - Parameter timeout: microseconds.
    package func runOnce(timeout: UInt64) -> Bool { sd_event_run(event, timeout) > 0 }

    /// Pings the service manager's watchdog, if `WatchdogSec=` is set.
    package func watchdog() { sd_event_set_watchdog(event, 1) }

    /// Calls the handler when the descriptor is ready for any of the `EPOLL…` events.
    ///
    /// The source keeps the descriptor open. If it were closed before its removal from epoll, a child process that is
    /// just being started could still hold a duplicate; epoll would go on reporting events, and sd_event would call a
    /// freed source.
    package func io(_ descriptor: OwnedDescriptor, _ events: EPOLL_EVENTS, _ handler: @escaping (UInt32) -> Void)
        throws(SystemError) -> EventSource
    {
        let source = EventSource(.io(handler), keeping: descriptor)
        return try source.attached("watch descriptor", "\(descriptor.number)") { slot, context in
            sd_event_add_io(
                event, slot, descriptor.number, events.rawValue,
                { _, _, revents, context in EventSource.called(context) { $0.io(revents) } }, context)
        }
    }

    /// A timer, not yet armed.
    /// - Parameter accuracy: microseconds by which it may be late, so that wake-ups can be combined with those of other
    ///   programs; by default, what the clock's uses allow.
    package func timer(
        _ clock: Timer.Clock, accuracy: UInt64? = nil, _ handler: @escaping () -> Void
    ) throws(SystemError) -> Timer {
        let source = EventSource(.plain(handler))
        let attached = try source.attached("make a timer", "\(clock)") { slot, context in
            sd_event_add_time(
                event, slot, clock.number, UInt64.max, accuracy ?? clock.accuracy,
                { _, _, context in EventSource.called(context) { $0.plain() } }, context)
        }
        attached.disable()
        return Timer(attached)
    }

    package func signal(_ number: Int32, _ handler: @escaping () -> Void) throws(SystemError) -> EventSource {
        let source = EventSource(.plain(handler))
        return try source.attached("watch signal", "\(number)") { slot, context in
            sd_event_add_signal(
                event, slot, number, { _, _, context in EventSource.called(context) { $0.plain() } }, context)
        }
    }

    /// Calls the handler once, when the child has ended, with its exit code or the negated signal.
    package func child(_ pid: pid_t, _ handler: @escaping (Int32) -> Void) throws(SystemError) -> EventSource {
        let source = EventSource(.child(handler))
        return try source.attached("watch process", "\(pid)") { slot, context in
            sd_event_add_child(
                event, slot, pid, WEXITED,
                { _, info, context in
                    guard let info = info?.pointee else { return 0 }
                    let status = info._sifields._sigchld.si_status
                    return EventSource.called(context) { $0.child(info.si_code == CLD_EXITED ? status : -status) }
                }, context)
        }
    }

    /// Calls the handler with the mask and the name of each inotify event in the folder.
    ///
    /// All sources of one priority must have the same mask: libsystemd 252 loops forever on a queued event if all
    /// remaining sources of that folder and priority have other masks, e.g. because the matching source was just
    /// released.
    package func inotify(
        _ folder: String, _ mask: UInt32, priority: Int64 = 0, _ handler: @escaping (UInt32, String) -> Void
    ) throws(SystemError) -> EventSource {
        let source = EventSource(.inotify(handler))
        let attached = try source.attached("watch folder", folder) { slot, context in
            sd_event_add_inotify(
                event, slot, folder, mask,
                { _, change, context in
                    guard let change else { return 0 }
                    // `name` is a flexible array member: NUL-terminated, or absent if `len` is 0.
                    let name =
                        change.pointee.len == 0
                        ? ""
                        : String(
                            cString: UnsafeRawPointer(change).advanced(by: MemoryLayout<inotify_event>.size)
                                .assumingMemoryBound(to: CChar.self))
                    return EventSource.called(context) { $0.inotify(change.pointee.mask, name) }
                }, context)
        }
        // Each priority has its own inotify descriptor.
        let code = priority == 0 ? 0 : sd_event_source_set_priority(attached.source, priority)
        guard code >= 0 else { throw SystemError("watch folder", folder, -code) }
        return attached
    }

    /// Calls the handler once, after the events that are pending now.
    package func later(_ handler: @escaping () -> Void) throws(SystemError) -> EventSource {
        let source = EventSource(.plain(handler))
        return try source.attached("defer work", "sd_event") { slot, context in
            sd_event_add_defer(
                event, slot, { _, context in EventSource.called(context) { $0.plain() } }, context)
        }
    }
}

/// A registration with the event loop; it ends when released.
package final class EventSource {
    enum Handler {
        case plain(() -> Void)
        case io((UInt32) -> Void)
        case child((Int32) -> Void)
        case inotify((UInt32, String) -> Void)
    }

    private let handler: Handler
    private let descriptor: OwnedDescriptor?
    private(set) var source: OpaquePointer?

    init(_ handler: Handler, keeping descriptor: OwnedDescriptor? = nil) {
        self.handler = handler
        self.descriptor = descriptor
    }

    deinit { sd_event_source_disable_unref(source) }

    func attached(
        _ operation: String, _ subject: String,
        _ add: (UnsafeMutablePointer<OpaquePointer?>, UnsafeMutableRawPointer) -> Int32
    ) throws(SystemError) -> EventSource {
        let code = add(&source, Unmanaged.passUnretained(self).toOpaque())
        guard code >= 0 else { throw SystemError(operation, subject, -code) }
        return self
    }

    /// Stops calling the handler until enabled again.
    package func disable() { sd_event_source_set_enabled(source, Int32(SD_EVENT_OFF)) }

    /// Calls the handler again.
    package func enable() { sd_event_source_set_enabled(source, Int32(SD_EVENT_ON)) }

    /// Calls the handler once more, then disables it.
    package func enableOnce() { sd_event_source_set_enabled(source, Int32(SD_EVENT_ONESHOT)) }

    /// Changes which events an `io` source waits for.
    package func setEvents(_ events: EPOLL_EVENTS) { sd_event_source_set_io_events(source, events.rawValue) }

    /// Calls the source's handler from a C callback, and keeps the source alive meanwhile.
    static func called(_ context: UnsafeMutableRawPointer?, _ call: (EventSource) -> Void) -> Int32 {
        guard let context else { return 0 }
        call(Unmanaged<EventSource>.fromOpaque(context).takeUnretainedValue())
        return 0
    }

    func plain() { if case .plain(let handler) = handler { handler() } }
    func io(_ events: UInt32) { if case .io(let handler) = handler { handler(events) } }
    func child(_ status: Int32) { if case .child(let handler) = handler { handler(status) } }
    func inotify(_ mask: UInt32, _ name: String) { if case .inotify(let handler) = handler { handler(mask, name) } }
}

/// A timer on one of the two clocks.
package final class Timer {
    package enum Clock {
        /// Wall-clock time, for expiry: the timer fires at once after a suspend or a clock change past it.
        case realtime
        /// Elapsed time including sleep, for waiting.
        case boottime

        var number: clockid_t { self == .realtime ? CLOCK_REALTIME : CLOCK_BOOTTIME }
        /// Microseconds.
        var accuracy: UInt64 { self == .realtime ? 1_000_000 : 50_000 }
    }

    private let source: EventSource

    init(_ source: EventSource) { self.source = source }

    /// - Parameter instant: seconds on the timer's clock; nil disarms it.
    package func arm(at instant: TimeInterval?) {
        guard let instant else { return source.disable() }
        sd_event_source_set_time(source.source, UInt64((max(0, instant) * 1e6).rounded(.up)))
        source.enableOnce()
    }

    /// Only for a `boottime` timer.
    /// - Parameter span: seconds from now.
    package func arm(after span: TimeInterval) { arm(at: EventLoop.now().boot + span) }
}
