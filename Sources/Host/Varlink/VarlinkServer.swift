import CSystemd
import FoundationEssentials
import Glibc
import SessionHealth

/// A Varlink service on a Unix socket, for this user only. A slow, greedy or faulty client does not affect the others:
/// every buffer is limited, and a stuck client is disconnected.
package final class VarlinkServer {
    package struct Limits {
        /// Maximum size of a call, in bytes.
        package var message = 64 * 1024
        /// Unread output of a client, in bytes, at which no more of its calls are taken.
        package var unread = 256 * 1024
        package var connections = 256
        /// Seconds that a client may leave a call unfinished or a reply unread.
        package var patience: TimeInterval = 45

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
    private var connections: [ObjectIdentifier: VarlinkConnection] = [:]

    package init(_ loop: EventLoop, socket: OwnedDescriptor, limits: Limits = Limits(), handler: @escaping Handler)
        throws(SystemError)
    {
        self.loop = loop
        self.limits = limits
        self.handler = handler
        self.socket = socket
        accepting = try loop.io(socket, EPOLLIN) { [unowned self] _ in self.accept() }
        sweep = try loop.timer(.boottime) { [unowned self] in self.dropStuck() }
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
                UnixSocket.peerUser(of: descriptor) == getuid(),
                let connection = try? VarlinkConnection(self, descriptor)
            else { continue }
            connections[ObjectIdentifier(connection)] = connection
            connection.take(continuation.input)
        }
    }

    private func accept() {
        let number = host_accept(socket.number)
        guard number >= 0 else { return }
        let descriptor = OwnedDescriptor(number)
        guard UnixSocket.peerUser(of: descriptor) == getuid() else { return }
        if connections.count >= limits.connections {
            // Drop another client, not the new one: otherwise many idle clients could lock everyone out.
            connections.values.min { ($0.worth, $0.lastUsed) < ($1.worth, $1.lastUsed) }?.close()
        }
        guard let connection = try? VarlinkConnection(self, descriptor) else { return }
        connections[ObjectIdentifier(connection)] = connection
    }

    func remove(_ connection: VarlinkConnection) { connections[ObjectIdentifier(connection)] = nil }

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
    private let isOneway: Bool
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
