import CSystemd
import FoundationEssentials
import Glibc
import SessionHealth

/// One client: reads its calls, hands them over one at a time, and writes what is answered, in that order.
final class VarlinkConnection {
    private unowned let server: VarlinkServer
    private let descriptor: OwnedDescriptor
    private var source: EventSource?
    private var input: [UInt8] = []
    private var output: [UInt8] = []
    private var newest: [UInt8]?
    private var exchange: VarlinkExchange?
    /// The call that `exchange` is about, as it came.
    private var unanswered: [UInt8] = []
    /// A call that an earlier daemon took and did not answer is the first that comes.
    private var isContinued = false
    private var isOpen = true
    private var isTakingCalls = false
    private var clientHasFinished = false
    /// On the boot clock.
    private(set) var lastUsed: TimeInterval
    /// Since when an unfinished call or an unread answer waits for the client, and nothing moves, on the boot clock.
    private(set) var stuckSince: TimeInterval?

    var isIdle: Bool { exchange == nil && output.isEmpty }
    /// What it costs the client to be dropped: nothing, what it does not read anyway, or what it waits for.
    var worth: Int { isIdle ? 0 : output.isEmpty ? 2 : 1 }

    init(_ server: VarlinkServer, _ descriptor: OwnedDescriptor) throws(SystemError) {
        self.server = server
        self.descriptor = descriptor
        lastUsed = EventLoop.now().boot
        source = try server.loop.io(descriptor, EPOLLIN) { [weak self] events in self?.ready(events) }
    }

    /// What a later daemon needs to go on in the place of this one; nil in the middle of an answer.
    var continuation: VarlinkContinuation? {
        guard isOpen, output.isEmpty, !clientHasFinished else { return nil }
        return VarlinkContinuation(descriptor: descriptor, input: (exchange == nil ? [] : unanswered + [0]) + input)
    }

    /// Goes on where an earlier daemon left off.
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
        // A client that closed only its sending side still waits for what it asked.
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

    /// Takes calls out of the input until one waits for its answer, or too much of what was answered is unread.
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
                // What was asked before has its answer.
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
            // Nobody waits for the end of a call without an answer.
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

    /// Waits for what can come next: more input unless there is enough of it, and room for the output.
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
