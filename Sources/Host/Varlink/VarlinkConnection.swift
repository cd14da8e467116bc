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
    private var clientHasFinished = false
    /// On the boot clock.
    private(set) var lastUsed: TimeInterval
    /// Since when (boot clock) an unfinished call or an unread reply has been waiting for the client without progress.
    private(set) var stuckSince: TimeInterval?

    var isIdle: Bool { exchange == nil && output.isEmpty }
    /// The cost of dropping this client: 0 if idle, 1 if it does not read its reply, 2 if it waits for one.
    var worth: Int { isIdle ? 0 : output.isEmpty ? 2 : 1 }

    init(_ server: VarlinkServer, _ descriptor: OwnedDescriptor) throws(SystemError) {
        self.server = server
        self.descriptor = descriptor
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
        takeCalls()
        // A client that has closed only its sending side still waits for replies.
        if clientHasFinished, isIdle || events & EPOLLHUP.rawValue != 0 { close() }
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

    /// Takes calls from the input until one waits for its reply, or too much of the output is unread.
    private func takeCalls() {
        guard !isTakingCalls else { return }
        isTakingCalls = true
        defer {
            isTakingCalls = false
            settle()
        }
        var start = 0
        while isOpen, exchange == nil, output.count <= server.limits.unread {
            guard let end = input[start...].firstIndex(of: 0) else { break }
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
            if call.isOneway { self.exchange = nil }
        }
        guard isOpen else { return }
        input.removeFirst(start)
        flush()
        if exchange == nil, input.count > server.limits.message, input.firstIndex(of: 0) == nil { close() }
    }

    func finished(_ ended: VarlinkExchange) {
        guard exchange === ended else { return }
        exchange = nil
        newest = nil
        takeCalls()
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
        output.removeFirst(count)
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
        let isStuck = !output.isEmpty || (exchange == nil && !input.isEmpty)
        guard isStuck else { return stuckSince = nil }
        if stuckSince == nil { stuckSince = EventLoop.now().boot }
        server.expectProgress()
    }
}
