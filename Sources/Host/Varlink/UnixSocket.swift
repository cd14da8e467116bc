import CSystemd
import Glibc
import SessionHealth

/// Unix stream sockets by path.
package enum UnixSocket {
    /// Listens at the path (mode 0600), replacing a socket file that nobody listens on any more.
    package static func listen(at path: String) throws(SystemError) -> OwnedDescriptor {
        let socket = try make(nonblocking: true)
        unlink(path)
        // The file inherits the socket's mode; changing the umask would affect the whole process.
        guard fchmod(socket.number, 0o600) == 0 else { throw SystemError("make private", path) }
        try withAddress(path) { address, length in bind(socket.number, address, length) }
        guard Glibc.listen(socket.number, SOMAXCONN) == 0 else {
            throw SystemError("listen on socket", path)
        }
        return socket
    }

    /// Seconds for a listener whose queue is full to take somebody from it. Those who hung up stay in it, too.
    private static let patience = 5

    /// Connects to the listener at the path.
    /// - Throws: `ETIMEDOUT` if it takes nobody.
    package static func connect(to path: String) throws(SystemError) -> OwnedDescriptor {
        let socket = try make(nonblocking: false)
        var time = timeval(tv_sec: patience, tv_usec: 0)
        setsockopt(socket.number, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        do {
            try withAddress(path) { address, length in Glibc.connect(socket.number, address, length) }
        } catch {
            guard error.number == EAGAIN else { throw error }
            throw SystemError("connect to", path, ETIMEDOUT)
        }
        return socket
    }

    /// The process at the other end, and its user id.
    package static func peer(of socket: OwnedDescriptor) -> (process: pid_t, user: uid_t)? {
        var credentials = host_peer()
        var length = socklen_t(MemoryLayout<host_peer>.size)
        guard getsockopt(socket.number, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 else { return nil }
        return (credentials.pid, credentials.uid)
    }

    private static func make(nonblocking: Bool) throws(SystemError) -> OwnedDescriptor {
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | (nonblocking ? SOCK_NONBLOCK.rawValue : 0)
        let number = socket(AF_UNIX, Int32(kind), 0)
        guard number >= 0 else { throw SystemError("make a socket", "AF_UNIX") }
        return OwnedDescriptor(number)
    }

    private static func withAddress(_ path: String, _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32)
        throws(SystemError)
    {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8) + [0]
        guard bytes.count <= MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemError(
                "use a socket path of more than 107 bytes (set XDG_RUNTIME_DIR to a shorter one):", path,
                ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                call($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw SystemError("use socket", path) }
    }
}
