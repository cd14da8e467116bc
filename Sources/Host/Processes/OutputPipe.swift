import CSystemd
import Glibc

/// A pipe for a program's output, which is read as it arrives.
final class OutputPipe {
    /// The program's end; closed here as soon as the program has its copy.
    private(set) var writing: OwnedDescriptor?
    let reading: OwnedDescriptor
    private var source: EventSource?
    private let onOutput: ([UInt8]) -> Void

    /// - Parameters:
    ///   - name: the program's name, for error messages.
    ///   - outlivesUs: the program, or a process it leaves behind, must keep running when nobody reads the pipe any
    ///     more.
    init(
        _ loop: EventLoop, for name: String, outlivesUs: Bool = false, onOutput: @escaping ([UInt8]) -> Void
    ) throws(SystemError) {
        let (reading, end) = try OwnedDescriptor.pipe(for: name)
        self.reading = reading
        // The program's end is opened for reading too, so the pipe always has a reader: a browser that writes later
        // gets no SIGPIPE, and does not block on a full pipe.
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

    /// Closes our copy of the writing end, as the program has its own.
    func handedOver() { writing = nil }

    /// Reads at most one full pipe: a program that never stops writing must not keep the loop from its other work, such
    /// as the time limit. The rest is reported again.
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
