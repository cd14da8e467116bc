import CSystemd
import Digest
import FoundationEssentials
import Glibc
import SessionHealth

/// A small HTTP server on a port of 127.0.0.1 that the system chooses: it hears GET requests and answers each with a
/// page. A browser may open connections and say nothing on them; those are dropped when there are too many.
package final class LoopbackServer {
    /// A request that waits for its answer.
    package final class Request {
        /// Path and query, as they came.
        package let target: String
        private let descriptor: OwnedDescriptor

        fileprivate init(target: String, _ descriptor: OwnedDescriptor) {
            self.target = target
            self.descriptor = descriptor
        }

        /// Sends a page and closes the connection. Whether it arrives is the browser's business.
        /// - Parameters:
        ///   - status: such as `200 OK`.
        ///   - script: what it may run; nothing else in it may.
        package func answer(_ status: String, html: String, script: String = "") {
            let html = script.isEmpty ? html : "\(html)<script>\(script)</script>\n"
            let hash = Data(Digest.sha256(Array(script.utf8).span)).base64EncodedString()
            let head = [
                "HTTP/1.1 \(status)", "Content-Type: text/html; charset=utf-8", "Content-Length: \(html.utf8.count)",
                "Cache-Control: no-store", "Referrer-Policy: no-referrer", "X-Content-Type-Options: nosniff",
                "Content-Security-Policy: default-src 'none'; script-src 'sha256-\(hash)'; style-src 'unsafe-inline';"
                    + " frame-ancestors 'none'; base-uri 'none'",
                "Connection: close", "", "",
            ].joined(separator: "\r\n")
            let bytes = Array((head + html).utf8)
            _ = bytes.withUnsafeBytes { send(descriptor.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            shutdown(descriptor.number, Int32(SHUT_WR))
        }
    }

    private struct Connection {
        var source: EventSource
        var bytes: [UInt8] = []
    }

    package let port: Int
    private let loop: EventLoop
    private let socket: OwnedDescriptor
    private let handler: (Request) -> Void
    private var accepting: EventSource?
    /// By descriptor; the oldest first.
    private var connections: [(number: Int32, connection: Connection)] = []

    private static let mostConnections = 16
    /// Bytes of a request's head.
    private static let longestHead = 16 * 1024

    /// - Parameter handler: gets each request for this host; it may answer later.
    package init(_ loop: EventLoop, handler: @escaping (Request) -> Void) throws(SystemError) {
        self.loop = loop
        self.handler = handler
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let number = Glibc.socket(AF_INET, Int32(kind), 0)
        guard number >= 0 else { throw SystemError("make a socket", "AF_INET") }
        socket = OwnedDescriptor(number)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard bind(number, address, length) == 0, listen(number, 16) == 0 else { return Int32(-1) }
                return getsockname(number, address, &length)
            }
        }
        guard code == 0 else { throw SystemError("listen on", "127.0.0.1") }
        port = Int(UInt16(bigEndian: address.sin_port))
        accepting = try loop.io(socket, EPOLLIN) { [unowned self] _ in self.accept() }
    }

    private func accept() {
        let number = host_accept(socket.number)
        guard number >= 0 else { return }
        let descriptor = OwnedDescriptor(number)
        if connections.count >= LoopbackServer.mostConnections { connections.removeFirst() }
        let source = try? loop.io(descriptor, EPOLLIN) { [unowned self] _ in self.read(descriptor) }
        guard let source else { return }
        connections.append((number, Connection(source: source)))
    }

    private func read(_ descriptor: OwnedDescriptor) {
        guard let index = connections.firstIndex(where: { $0.number == descriptor.number }) else { return }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor.number, &buffer, buffer.count, 0)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0 else { return _ = connections.remove(at: index) }
        connections[index].connection.bytes += buffer[..<count]
        let bytes = connections[index].connection.bytes
        guard let head = LoopbackServer.head(of: bytes) else {
            if bytes.count > LoopbackServer.longestHead { connections.remove(at: index) }
            return
        }
        connections.remove(at: index)
        hear(head, descriptor)
    }

    private func hear(_ head: String, _ descriptor: OwnedDescriptor) {
        let lines = head.split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ")
        let request = Request(target: words.count == 3 ? String(words[1]) : "", descriptor)
        let host = lines.first { $0.lowercased().hasPrefix("host:") }?.dropFirst(5).filter { $0 != " " }
        // Another name may have been made to lead here (DNS rebinding).
        guard words.count == 3, words[0] == "GET", host == "127.0.0.1:\(port)" else {
            return request.answer(
                "400 Bad Request", html: "<!doctype html><title>400</title>Not a request for this page.")
        }
        handler(request)
    }

    /// Up to the empty line; nil if it has not come yet.
    private static func head(of bytes: [UInt8]) -> String? {
        let end = bytes.firstRange(of: Array("\r\n\r\n".utf8))
        return end.map { String(decoding: bytes[..<$0.lowerBound], as: UTF8.self) }
    }
}
