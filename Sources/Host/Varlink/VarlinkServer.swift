import CSystemd
import FoundationEssentials
import Glibc
import SessionHealth

/// A Varlink service on a Unix socket, for this user only. A slow, greedy or faulty client does not affect the others:
/// they take turns, every buffer is limited, and a stuck client is disconnected.
package final class VarlinkServer {
    package struct Limits {
        /// Maximum size of a call, in bytes.
        package var message = 64 * 1024
        /// Unread output of a client, in bytes, at which no more of its calls are taken.
        package var unread = 256 * 1024
        package var connections = 256
        /// Bytes that are kept for all clients together: unfinished calls and unread replies.
        package var held = 16 << 20
        /// Seconds that a client may leave a call unfinished or a reply unread.
        package var patience: TimeInterval = 45
        /// Seconds after which the calls of other clients come first.
        package var turn: TimeInterval = 0.001
        /// Descriptors that clients leave to the daemon, beside those that it has before the first of them comes: for its
        /// files, programs and watches.
        package var reserve = 24

        package init() {}
    }

    package typealias Handler = (VarlinkCall, VarlinkExchange) -> Void

    let loop: EventLoop
    let limits: Limits
    let handler: Handler
    private let socket: OwnedDescriptor
    private var accepting: EventSource?
    private var sweep: Timer?
    private var sweepIsArmed = false
    /// Accepts again, after there was no descriptor left.
    private var recovery: Timer?
    private var turns: EventSource?
    /// Those that have more calls, in the order of their turns.
    private var queued: [VarlinkConnection] = []
    private var connections: [ObjectIdentifier: VarlinkConnection] = [:]
    /// Bytes that are kept for all of them.
    private var held = 0
    /// Descriptors that were open before the first of them came.
    private let taken = Folder.names(in: "/proc/self/fd").count

    /// Seconds.
    private static let pause: TimeInterval = 1

    package init(_ loop: EventLoop, socket: OwnedDescriptor, limits: Limits = Limits(), handler: @escaping Handler)
        throws(SystemError)
    {
        self.loop = loop
        self.limits = limits
        self.handler = handler
        self.socket = socket
        accepting = try loop.io(socket, EPOLLIN) { [unowned self] _ in self.accept() }
        sweep = try loop.timer(.boottime) { [unowned self] in self.dropStuck() }
        recovery = try loop.timer(.boottime) { [unowned self] in self.accepting?.enable() }
    }

    /// Stores the connections with the service manager for the next daemon; the others end with this one.
    package func handOver() {
        for connection in connections.values {
            guard let continuation = connection.continuation, let name = continuation.name else { continue }
            ServiceNotify.keep(continuation.descriptor, as: name)
        }
    }

    /// Continues the connections that an earlier daemon handed over.
    package func resume(_ passed: PassedDescriptors) {
        let taken = passed.takeAll { $0.hasPrefix(VarlinkContinuation.prefix) }
        // What stays stored would remain open after we close it, under its old name.
        for name in Set(taken.map(\.name)) { ServiceNotify.forget(name) }
        for (name, descriptor) in taken {
            guard let continuation = VarlinkContinuation(name: name, descriptor: descriptor),
                let peer = UnixSocket.peer(of: descriptor), peer.user == getuid(),
                let connection = try? VarlinkConnection(self, descriptor, of: peer.process)
            else { continue }
            connections[ObjectIdentifier(connection)] = connection
            connection.take(continuation.input)
        }
    }

    private func accept() {
        let number = host_accept(socket.number)
        guard number >= 0 else { return cannotAccept(errno) }
        let descriptor = OwnedDescriptor(number)
        guard let peer = UnixSocket.peer(of: descriptor), peer.user == getuid() else { return }
        // Drop another client, not the new one: otherwise many idle clients could lock everyone out.
        if connections.count >= room { mostDispensable()?.close() }
        guard let connection = try? VarlinkConnection(self, descriptor, of: peer.process) else { return }
        connections[ObjectIdentifier(connection)] = connection
    }

    /// One of the program that has most connections.
    private func mostDispensable() -> VarlinkConnection? {
        let counts = connections.values.reduce(into: [:]) { $0[$1.process, default: 0] += 1 }
        return connections.values.min {
            (-counts[$0.process, default: 0], $0.worth, $0.lastUsed)
                < (-counts[$1.process, default: 0], $1.worth, $1.lastUsed)
        }
    }

    /// How many clients there may be: some always, so that one is answered.
    private var room: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return limits.connections }
        return min(limits.connections, max(4, Int(clamping: limit.rlim_cur) - taken - limits.reserve))
    }

    /// The client that waits would wake the loop again and again.
    private func cannotAccept(_ number: Int32) {
        guard ![EAGAIN, EINTR, ECONNABORTED].contains(number) else { return }
        if let idle = connections.values.filter({ $0.worth == 0 }).min(by: { $0.lastUsed < $1.lastUsed }) {
            return idle.close()
        }
        accepting?.disable()
        recovery?.arm(after: VarlinkServer.pause)
    }

    func remove(_ connection: VarlinkConnection) {
        connections[ObjectIdentifier(connection)] = nil
        held -= connection.held
        connection.held = 0
    }

    /// The connection has more calls than its turn was long.
    func queue(_ connection: VarlinkConnection) {
        queued.append(connection)
        if queued.count == 1 { callNext() }
    }

    /// One at a time: whatever else has happened comes in between.
    ///
    /// By a new source each time: one that is enabled again stays the oldest of all that is pending, and comes first.
    private func callNext() {
        turns = try? loop.later { [unowned self] in
            let next = queued.removeFirst()
            if !queued.isEmpty { callNext() }
            next.takeTurn()
        }
    }

    /// So many bytes are kept for a connection now. If that is too much for all, who has most goes.
    func weigh(_ connection: VarlinkConnection, _ bytes: Int) {
        held += bytes - connection.held
        connection.held = bytes
        if held > limits.held { connections.values.max { $0.held < $1.held }?.close() }
    }

    /// A connection has begun to wait for its client.
    func expectProgress() {
        guard !sweepIsArmed else { return }
        sweepIsArmed = true
        sweep?.arm(at: EventLoop.now().boot + limits.patience)
    }

    private func dropStuck() {
        sweepIsArmed = false
        let now = EventLoop.now().boot
        for connection in connections.values {
            guard let since = connection.stuckSince else { continue }
            if now - since >= limits.patience { connection.close() } else { expectProgress() }
        }
    }
}

/// One call waiting for its reply.
package final class VarlinkExchange {
    private weak var connection: VarlinkConnection?
    /// Nobody waits for a reply.
    package let isOneway: Bool
    /// Called if the client disconnects before the last reply.
    package var onClose: (() -> Void)?

    init(_ connection: VarlinkConnection, isOneway: Bool) {
        self.connection = connection
        self.isOneway = isOneway
    }

    /// Replies with the bytes of a JSON object. The last reply has `continues` false and ends the call.
    package func reply(_ parameters: [UInt8], continues: Bool = false) {
        send(VarlinkReply.bytes(parameters, continues: continues), ends: !continues)
    }

    /// Sends a complete reply made earlier by `VarlinkReply.bytes`, and ends the call.
    package func reply(prepared: [UInt8]) { send(prepared, ends: true) }

    package func fail(_ error: VarlinkError) { send(VarlinkReply.bytes(error), ends: true) }

    /// Sends an intermediate reply. While the client is slow, only the newest one is kept for it.
    package func replyNewest(_ parameters: [UInt8]) {
        connection?.sendNewest(VarlinkReply.bytes(parameters, continues: true))
    }

    private func send(_ bytes: [UInt8], ends: Bool) {
        guard let connection else { return }
        if !isOneway { connection.send(bytes) }
        if ends { connection.finished(self) }
    }
}
