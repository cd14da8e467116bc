import Glibc

/// Sends one GetStatus and prints the raw reply.
func ask(at path: String) {
    let number = unixSocket(at: path, connect)
    let call = Array(#"{"method":"org.bedrockagent.Control.GetStatus","parameters":{}}"#.utf8) + [0]
    guard send(number, call, call.count, Int32(MSG_NOSIGNAL)) == call.count else { fail("send") }
    var answer: [UInt8] = []
    while answer.last != 0 {
        answer += [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, count in
            count = max(0, recv(number, buffer.baseAddress, buffer.count, 0))
            if count == 0 { fail("recv") }
        }
    }
    _ = write(STDOUT_FILENO, answer, answer.count - 1)
}

/// Creates a stream socket, and calls `use` with it and the address of `path`.
func unixSocket(at path: String, _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            use(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
    guard number >= 0, result == 0 else { fail(path) }
    return number
}

func fail(_ what: String) -> Never {
    perror(what)
    exit(1)
}
