// Measures how many GetStatus calls per second one connection can carry: `flood SOCKET CALLS DEPTH`, with up to DEPTH
// pending calls. It parses nothing, so that it measures the service.
import Glibc

let arguments = CommandLine.arguments
guard arguments.count == 4, let calls = Int(arguments[2]), let depth = Int(arguments[3]), calls > 0, depth > 0 else {
    print("usage: flood SOCKET CALLS DEPTH")
    exit(64)
}

func fail(_ what: String) -> Never {
    perror(what)
    exit(1)
}

let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
var address = sockaddr_un()
address.sun_family = sa_family_t(AF_UNIX)
withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: arguments[1].utf8.prefix($0.count - 1)) }
let isConnected = withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
    }
}
guard isConnected == 0 else { fail(arguments[1]) }

let call = Array(#"{"method":"org.bedrockagent.Control.GetStatus"}"#.utf8) + [0]
let batch = Array(repeating: call, count: depth).flatMap(\.self)
let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 16)

/// Reads until this many answers have arrived.
func receive(_ wanted: Int, from number: Int32, into room: UnsafeMutableRawBufferPointer) {
    var left = wanted
    while left > 0 {
        let count = recv(number, room.baseAddress, room.count, 0)
        guard count > 0, var at = room.baseAddress else { fail("recv") }
        let end = at + count
        while let zero = memchr(at, 0, end - at) {
            left -= 1
            at = zero + 1
        }
    }
}

func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

let start = seconds()
for _ in 0..<(calls / depth) {
    guard send(number, batch, batch.count, Int32(MSG_NOSIGNAL)) == batch.count else { fail("send") }
    receive(depth, from: number, into: room)
}
print(Int(Double(calls / depth * depth) / (seconds() - start)))
