import CSystemd
import Glibc

/// What a program writes, as it comes.
final class OutputPipe {
    /// For the program; let go of it as soon as that has its copy.
    private(set) var writing: OwnedDescriptor?
    let reading: OwnedDescriptor
    private var source: EventSource?
    private let onOutput: ([UInt8]) -> Void

    /// A new pipe.
    /// - Parameters:
    ///   - name: the program's, for an error.
    ///   - outlivesUs: what writes to it, or what that leaves behind, goes on when nobody reads any more.
    init(
        _ loop: EventLoop, for name: String, outlivesUs: Bool = false, onOutput: @escaping ([UInt8]) -> Void
    ) throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard host_pipe(&ends) == 0 else { throw SystemError("make a pipe for", name) }
        reading = OwnedDescriptor(ends[0])
        let end = OwnedDescriptor(ends[1])
        // An end that can read, too, has a reader for as long as it is open: a browser that says something later is not
        // killed for it (SIGPIPE), nor held up when the pipe is full.
        let both = outlivesUs ? open("/proc/self/fd/\(end.number)", O_RDWR | O_NONBLOCK | O_CLOEXEC) : -1
        writing = both >= 0 ? OwnedDescriptor(both) : end
        self.onOutput = onOutput
        try listen(loop)
    }

    /// The reading end of a pipe that an earlier daemon made.
    init(_ loop: EventLoop, adopting reading: OwnedDescriptor, onOutput: @escaping ([UInt8]) -> Void)
        throws(SystemError)
    {
        self.reading = reading
        self.onOutput = onOutput
        try listen(loop)
    }

    private func listen(_ loop: EventLoop) throws(SystemError) {
        _ = fcntl(reading.number, F_SETFL, O_NONBLOCK)
        source = try loop.io(reading, EPOLLIN) { [weak self] _ in self?.drain() }
    }

    /// The program has its copy of the writing end.
    func handedOver() { writing = nil }

    /// Reads what a full pipe may hold, no more: a program that never stops writing must not keep the loop from the
    /// deadline and from everybody else. What is left is reported again.
    func drain() {
        for _ in 0..<256 {
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, initialized in
                count = read(reading.number, buffer.baseAddress, buffer.count)
                initialized = max(0, count)
            }
            if count < 0, errno == EINTR { continue }
            if count == 0 { source?.disable() }
            guard count > 0 else { return }
            onOutput(bytes)
        }
    }
}
