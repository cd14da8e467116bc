import CSystemd
import FoundationEssentials
import Glibc
import SessionHealth

/// One client: reads its calls, passes them on one at a time, and writes the replies in the same order.
final class VarlinkConnection {
    private unowned let server: VarlinkServer
    private let descriptor: OwnedDescriptor
    private var source: EventSource?
    private var input: [UInt8] = []
    private var output: [UInt8] = []
    private var newest: [UInt8]?
    private var exchange: VarlinkExchange?
    /// The bytes of the call that `exchange` is about.
    private var unanswered: [UInt8] = []
    /// The next call is one that an earlier daemon received and did not answer.
    private var isContinued = false
    private var isOpen = true
    private var isTakingCalls = false
    /// Calls that have come wait for their turn.
    private var isQueued = false
    private var clientHasFinished = false
    /// On the boot clock.
    private(set) var lastUsed: TimeInterval
    /// Since when (boot clock) an unfinished call or an unread reply has been waiting for the client without progress.
    private(set) var stuckSince: TimeInterval?

    /// The client's process.
    let process: pid_t
    /// Bytes that are kept for it, as the server knows.
    var held = 0

    var isIdle: Bool { exchange == nil && output.isEmpty && !isQueued }
    /// The cost of dropping this client: 0 if idle, 1 if it has more calls or does not read its reply, 2 if it waits for
    /// one.
    var worth: Int { isIdle ? 0 : exchange != nil && output.isEmpty ? 2 : 1 }

    init(_ server: VarlinkServer, _ descriptor: OwnedDescriptor, of process: pid_t) throws(SystemError) {
        self.server = server
        self.descriptor = descriptor
        self.process = process
        lastUsed = EventLoop.now().boot
        source = try server.loop.io(descriptor, EPOLLIN) { [weak self] events in self?.ready(events) }
    }

    /// What a later daemon needs to take over this connection; nil in the middle of a reply.
    var continuation: VarlinkContinuation? {
        guard isOpen, output.isEmpty, !clientHasFinished else { return nil }
        return VarlinkContinuation(descriptor: descriptor, input: (exchange == nil ? [] : unanswered + [0]) + input)
    }

    /// Continues where an earlier daemon stopped.
    func take(_ input: [UInt8]) {
        self.input = input
        isContinued = !input.isEmpty
        takeCalls()
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        source = nil
        let abandoned = exchange
        exchange = nil
        server.remove(self)
        abandoned?.onClose?()
    }

    private func ready(_ events: UInt32) {
        lastUsed = EventLoop.now().boot
        if events & EPOLLOUT.rawValue != 0 { flush() }
        if events & (EPOLLIN.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 { receive() }
        if !isQueued { takeCalls() }
        // A client that has closed only its sending side still waits for replies; one that is gone, for its calls.
        if clientHasFinished, isIdle || events & EPOLLHUP.rawValue != 0 && !isQueued { close() }
    }

    /// Its turn among those that have more calls has come.
    func takeTurn() {
        isQueued = false
        takeCalls()
    }

    /// The other clients come first.
    private func queueUp() {
        guard isOpen, !isQueued else { return }
        isQueued = true
        server.queue(self)
    }

    private func receive() {
        guard isOpen, !clientHasFinished else { return }
        var count = 0
        let room = 32 * 1024
        let bytes = [UInt8](unsafeUninitializedCapacity: room) { buffer, initialized in
            count = recv(descriptor.number, buffer.baseAddress, room, 0)
            initialized = max(0, count)
        }
        if count < 0 { return errno == EAGAIN || errno == EINTR ? () : close() }
        if count == 0 { clientHasFinished = true }
        input += bytes
    }

    /// Takes calls from the input until one waits for its reply, too much of the output is unread, or its turn is over.
    private func takeCalls() {
        guard isOpen, !isTakingCalls else { return }
        isTakingCalls = true
        let began = EventLoop.now().boot
        defer {
            isTakingCalls = false
            settle()
        }
        var start = 0
        while isOpen, exchange == nil, output.count <= server.limits.unread {
            guard let end = input[start...].firstIndex(of: 0) else { break }
            if start > 0, EventLoop.now().boot - began >= server.limits.turn {
                queueUp()
                break
            }
            let message = Array(input[start..<end])
            start = end + 1
            guard message.count <= server.limits.message, var call = try? VarlinkCall(parsing: message) else {
                // Earlier calls have been answered; send those replies first.
                flush()
                return close()
            }
            stuckSince = nil
            call.isContinued = isContinued
            isContinued = false
            unanswered = message
            let exchange = VarlinkExchange(self, isOneway: call.isOneway)
            self.exchange = exchange
            server.handler(call, exchange)
            // A one-way call gets no reply, so nothing has to wait for its end.
            if call.isOneway { (self.exchange, unanswered) = (nil, []) }
        }
        guard isOpen else { return }
        // An empty one gives its memory back.
        if start > 0 { input = start == input.count ? [] : Array(input[start...]) }
        flush()
        if exchange == nil, input.count > server.limits.message, input.firstIndex(of: 0) == nil { close() }
    }

    func finished(_ ended: VarlinkExchange) {
        guard exchange === ended else { return }
        exchange = nil
        newest = nil
        unanswered = []
        // Its next call is not taken within somebody else's: each would be answered within the one before it, without end.
        if input.isEmpty { takeCalls() } else if !isTakingCalls { queueUp() }
    }

    func send(_ bytes: [UInt8]) {
        guard isOpen else { return }
        output += bytes
        if !isTakingCalls {
            flush()
            settle()
        }
    }

    func sendNewest(_ bytes: [UInt8]) {
        guard isOpen else { return }
        if output.isEmpty { send(bytes) } else { newest = bytes }
    }

    private func flush() {
        guard isOpen, !output.isEmpty else { return }
        let count = output.withUnsafeBytes {
            Glibc.send(descriptor.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if count < 0 { return errno == EAGAIN || errno == EINTR ? () : close() }
        output = count == output.count ? [] : Array(output[count...])
        stuckSince = nil
        if output.isEmpty, let next = newest {
            newest = nil
            output = next
            flush()
        }
    }

    /// Waits for the events that can come next: input unless enough is buffered, and room for the output.
    private func settle() {
        guard isOpen else { return }
        if clientHasFinished, isIdle { return close() }
        let takesInput = !clientHasFinished && input.count <= server.limits.message
        let events = (takesInput ? EPOLLIN.rawValue : 0) | (output.isEmpty ? 0 : EPOLLOUT.rawValue)
        source?.setEvents(EPOLL_EVENTS(rawValue: events))
        server.weigh(self, input.count + unanswered.count + output.count + (newest?.count ?? 0))
        let isStuck = !output.isEmpty || (exchange == nil && !isQueued && !input.isEmpty)
        guard isStuck else { return stuckSince = nil }
        if stuckSince == nil { stuckSince = EventLoop.now().boot }
        server.expectProgress()
    }
}
