import CSystemd
import Digest
import FoundationEssentials
import Glibc
import SessionHealth

/// A D-Bus connection on the event loop, to a message bus or directly to one service. Nothing in it blocks, except
/// `ask`.
package final class Bus {
    /// A failed call: the D-Bus error name, and the error message.
    package struct CallError: Error, CustomStringConvertible {
        package let name: String
        package let message: String
        package var description: String { message.isEmpty ? name : message }

        /// No answer arrived; the other side may still carry out the call.
        package var isNoAnswer: Bool {
            ["NoReply", "Timeout", "TimedOut", "Disconnected"].contains { name == "org.freedesktop.DBus.Error.\($0)" }
        }
    }

    package typealias Reply = (Result<BusMessage, CallError>) -> Void

    /// Called once, when the other side has disconnected. All pending calls have failed by then.
    package var onDisconnect: (() -> Void)?
    let bus: OpaquePointer
    private var calls: [ObjectIdentifier: Pending] = [:]
    private var disconnected: BusMatch?

    /// How long to wait for a reply, in microseconds.
    private static let timeout: UInt64 = 10_000_000

    /// The system bus.
    package static func system(_ loop: EventLoop) throws(SystemError) -> Bus {
        var bus: OpaquePointer?
        let code = sd_bus_open_system(&bus)
        return try Bus(loop, opened: bus, code, "the system bus")
    }

    /// The user's session bus.
    package static func user(_ loop: EventLoop) throws(SystemError) -> Bus {
        var bus: OpaquePointer?
        let code = sd_bus_open_user(&bus)
        return try Bus(loop, opened: bus, code, "the user's message bus")
    }

    /// A service that speaks D-Bus on its own socket.
    package static func direct(_ loop: EventLoop, to path: String) throws(SystemError) -> Bus {
        var bus: OpaquePointer?
        var code = sd_bus_new(&bus)
        if code >= 0 { code = sd_bus_set_address(bus, "unix:path=" + escaped(path)) }
        if code >= 0 { code = sd_bus_start(bus) }
        return try Bus(loop, opened: bus, code, path)
    }

    private init(_ loop: EventLoop, opened bus: OpaquePointer?, _ code: Int32, _ name: String) throws(SystemError) {
        guard code >= 0, let bus else {
            sd_bus_unref(bus)
            throw SystemError("connect to", name, -code)
        }
        self.bus = bus
        let attached = sd_bus_attach_event(bus, loop.event, Int32(SD_EVENT_PRIORITY_NORMAL))
        guard attached >= 0 else { throw SystemError("watch", name, -attached) }
        let local = "org.freedesktop.DBus.Local"
        disconnected = try match(sender: local, path: "/org/freedesktop/DBus/Local", local, "Disconnected") {
            [weak self] _ in self?.onDisconnect?()
        }
    }

    deinit {
        calls = [:]
        disconnected = nil
        sd_bus_close_unref(bus)
    }

    package func call(_ destination: String, _ path: String, _ interface: String, _ method: String) throws(SystemError)
        -> BusMessage
    {
        var message: OpaquePointer?
        let code = sd_bus_message_new_method_call(bus, &message, destination, path, interface, method)
        guard code >= 0, let message else { throw SystemError("call", "\(interface).\(method)", -code) }
        return BusMessage(message)
    }

    /// Sends a call. The handler gets the reply, or the error, exactly once, from the event loop.
    package func send(_ call: BusMessage, _ reply: @escaping Reply) {
        let pending = Pending(reply)
        let code =
            call.failure < 0
            ? call.failure
            : sd_bus_call_async(
                bus, &pending.slot, call.message,
                { message, context, _ in
                    guard let message, let context else { return 0 }
                    let pending = Unmanaged<Pending>.fromOpaque(context).takeUnretainedValue()
                    pending.bus?.calls[ObjectIdentifier(pending)] = nil
                    pending.reply(Bus.result(of: message))
                    // Not 0: after a call that has timed out, libsystemd would go on with a connection that the handler
                    // may have closed, and abort.
                    return 1
                }, Unmanaged.passUnretained(pending).toOpaque(), Bus.timeout)
        guard code >= 0 else {
            let reason = String(cString: strerror(-code))
            return reply(.failure(CallError(name: "org.freedesktop.DBus.Error.Failed", message: reason)))
        }
        pending.bus = self
        calls[ObjectIdentifier(pending)] = pending
    }

    /// Calls a service on its own socket and blocks until the reply, on a separate event loop. Use it only before the
    /// daemon's loop runs, and in commands.
    /// - Parameter timeout: seconds.
    package static func ask(
        _ path: String, timeout: TimeInterval, _ write: (Bus) throws(SystemError) -> BusMessage
    ) throws -> BusMessage {
        let loop = try EventLoop()
        let bus = try direct(loop, to: path)
        var result: Result<BusMessage, CallError>?
        bus.send(try write(bus)) { result = $0 }
        let end = EventLoop.now().boot + timeout
        while result == nil, EventLoop.now().boot < end { _ = loop.runOnce(timeout: 100_000) }
        guard let result else { throw SystemError("get an answer from", path, ETIMEDOUT) }
        return try result.get()
    }

    /// Calls the handler for each matching signal, until the returned object is released.
    package func match(
        sender: String? = nil, path: String? = nil, _ interface: String?, _ member: String?,
        _ handler: @escaping (BusMessage) -> Void
    ) throws(SystemError) -> BusMatch {
        try add(member ?? "signals", handler) { slot, received, context in
            sd_bus_match_signal_async(bus, slot, sender, path, interface, member, received, nil, context)
        }
    }

    /// The same, for a match rule in D-Bus syntax.
    func match(rule: String, _ handler: @escaping (BusMessage) -> Void) throws(SystemError) -> BusMatch {
        try add(rule, handler) { sd_bus_add_match_async(bus, $0, rule, $1, nil, $2) }
    }

    private func add(
        _ what: String, _ handler: @escaping (BusMessage) -> Void,
        _ add: (UnsafeMutablePointer<OpaquePointer?>, sd_bus_message_handler_t, UnsafeMutableRawPointer) -> Int32
    ) throws(SystemError) -> BusMatch {
        let match = BusMatch(handler)
        let received: sd_bus_message_handler_t = { message, context, _ in
            guard let message, let context else { return 0 }
            let match = Unmanaged<BusMatch>.fromOpaque(context).takeUnretainedValue()
            match.handler(BusMessage(sd_bus_message_ref(message)))
            return 0
        }
        let code = add(&match.slot, received, Unmanaged.passUnretained(match).toOpaque())
        guard code >= 0 else { throw SystemError("listen for", what, -code) }
        return match
    }

    private static func result(of message: OpaquePointer) -> Result<BusMessage, CallError> {
        guard let error = sd_bus_message_get_error(message) else {
            return .success(BusMessage(sd_bus_message_ref(message)))
        }
        return .failure(
            CallError(
                name: error.pointee.name.map { String(cString: $0) } ?? "",
                message: error.pointee.message.map { String(cString: $0) } ?? ""))
    }

    /// Escapes a path for a D-Bus address: special characters become `%xx`.
    private static func escaped(_ path: String) -> String {
        path.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "/"),
                UInt8(ascii: "."):
                String(Unicode.Scalar(byte))
            default: "%" + [byte].hexadecimal
            }
        }.joined()
    }
}

/// A call that still waits for its reply.
private final class Pending {
    let reply: Bus.Reply
    var slot: OpaquePointer?
    weak var bus: Bus?

    init(_ reply: @escaping Bus.Reply) { self.reply = reply }

    deinit { sd_bus_slot_unref(slot) }
}

/// A subscription to signals; it ends when released.
package final class BusMatch {
    let handler: (BusMessage) -> Void
    var slot: OpaquePointer?

    init(_ handler: @escaping (BusMessage) -> Void) { self.handler = handler }

    deinit { sd_bus_slot_unref(slot) }
}
