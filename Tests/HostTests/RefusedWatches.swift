import Glibc

/// A separate thread on which the kernel refuses inotify watches.
enum RefusedWatches {
    /// Runs `work` on that thread, and waits for it.
    /// - Parameters:
    ///   - number: the error of `inotify_add_watch`.
    ///   - events: only watches for any of these events are refused.
    static func with(_ number: Int32, events: UInt32, _ work: @escaping () -> Void) {
        let job = Unmanaged.passRetained(Job(number: number, events: events, work: work))
        defer { job.release() }
        var thread = pthread_t()
        precondition(pthread_create(&thread, nil, run, job.toOpaque()) == 0, "no thread")
        _ = pthread_join(thread, nil)
    }

    private final class Job {
        let number: Int32
        let events: UInt32
        let work: () -> Void

        init(number: Int32, events: UInt32, work: @escaping () -> Void) {
            (self.number, self.events, self.work) = (number, events, work)
        }
    }

    private static let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
        guard let context else { return nil }
        let job = Unmanaged<Job>.fromOpaque(context).takeUnretainedValue()
        precondition(refuse(job.number, job.events), "this kernel has no seccomp filters")
        job.work()
        return nil
    }

    #if arch(x86_64)
        private static let addWatch: UInt32 = 254
    #else
        private static let addWatch: UInt32 = 27
    #endif

    /// `struct sock_filter`
    private struct Instruction {
        var code: UInt16
        var ifTrue: UInt8 = 0
        var ifFalse: UInt8 = 0
        var value: UInt32
    }

    /// `struct sock_fprog`
    private struct Filter {
        var count: UInt16
        var instructions: UnsafeMutablePointer<Instruction>?
    }

    /// Installs a seccomp filter for this thread only, until the thread ends.
    private static func refuse(_ number: Int32, _ events: UInt32) -> Bool {
        var program = [
            // The system call number.
            Instruction(code: 0x20, value: 0),
            Instruction(code: 0x15, ifFalse: 3, value: addWatch),
            // The lower half of the third argument.
            Instruction(code: 0x20, value: 32),
            Instruction(code: 0x45, ifFalse: 1, value: events),
            Instruction(code: 0x06, value: 0x0005_0000 | UInt32(number)),
            Instruction(code: 0x06, value: 0x7FFF_0000),
        ]
        // `prctl` is variadic, so Swift does not import it.
        typealias Call = @convention(c) (CInt, CUnsignedLong, UnsafeRawPointer?, CUnsignedLong, CUnsignedLong) -> CInt
        guard let symbol = dlsym(nil, "prctl") else { return false }
        let prctl = unsafeBitCast(symbol, to: Call.self)
        let noNewPrivileges: CInt = 38
        let setSeccomp: CInt = 22
        return program.withUnsafeMutableBufferPointer { instructions in
            var filter = Filter(count: UInt16(instructions.count), instructions: instructions.baseAddress)
            return prctl(noNewPrivileges, 1, nil, 0, 0) == 0 && prctl(setSeccomp, 2, &filter, 0, 0) == 0
        }
    }
}
