import CSystemd
import FoundationEssentials
import Glibc

/// Answers each message that ends with NUL with its start time, in one thread with `sd_event`.
func serve(at path: String, since: Date) {
    unlink(path)
    let number = unixSocket(at: path, bind)
    guard listen(number, SOMAXCONN) == 0 else { fail("listen") }
    var event: OpaquePointer?
    guard sd_event_new(&event) >= 0 else { fail("sd_event") }
    reply = Array("{\"parameters\":{\"since\":\(Int(since.timeIntervalSince1970))}}".utf8) + [0]
    let accepts: sd_event_io_handler_t = { source, number, _, _ in
        let client = accept(number, nil, nil)
        guard client >= 0 else { return 0 }
        return sd_event_add_io(sd_event_source_get_event(source), nil, client, EPOLLIN.rawValue, answers, nil)
    }
    guard sd_event_add_io(event, nil, number, EPOLLIN.rawValue, accepts, nil) >= 0 else { fail("sd_event") }
    sd_notify(0, "READY=1")
    sd_event_loop(event)
}

nonisolated(unsafe) private var reply: [UInt8] = []

private let answers: sd_event_io_handler_t = { source, number, _, _ in
    let calls = [UInt8](unsafeUninitializedCapacity: 32 * 1024) { buffer, count in
        count = max(0, recv(number, buffer.baseAddress, buffer.count, 0))
    }
    guard !calls.isEmpty else {
        sd_event_source_disable_unref(source)
        close(number)
        return 0
    }
    for byte in calls where byte == 0 { _ = send(number, reply, reply.count, Int32(MSG_NOSIGNAL)) }
    return 0
}
