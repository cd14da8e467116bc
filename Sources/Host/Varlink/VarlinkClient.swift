import CSystemd
import FoundationEssentials
import Glibc
import SessionHealth

/// A blocking Varlink client: one connection, one call after the other.
package final class VarlinkClient {
    private let socket: OwnedDescriptor
    private var input: [UInt8] = []

    package init(path: String) throws(SystemError) { socket = try UnixSocket.connect(to: path) }

    /// Connects to the daemon; nil if none runs. One that was started in another place has left a link.
    package static func connect(_ paths: Paths) throws(SystemError) -> VarlinkClient? {
        if let client = try connect(to: paths.controlSocket) { return client }
        return try connect(to: paths.controlLink)
    }

    /// Connects to the listener at the path; nil if there is none, or if there cannot be one.
    package static func connect(to path: String) throws(SystemError) -> VarlinkClient? {
        do {
            return try VarlinkClient(path: path)
        } catch {
            guard [ENOENT, ECONNREFUSED, ENOTDIR, ENAMETOOLONG].contains(error.number) else { throw error }
            return nil
        }
    }

    /// Whether a daemon listens, be it one that takes nobody.
    package static func hasDaemon(_ paths: Paths) -> Bool {
        listens(at: paths.controlSocket) || listens(at: paths.controlLink)
    }

    /// Whether somebody listens at the path, be it somebody who takes nobody.
    package static func listens(at path: String) -> Bool {
        do {
            return try connect(to: path) != nil
        } catch {
            return error.number == ETIMEDOUT
        }
    }

    /// How long to wait for each reply, in whole seconds; 0 waits forever.
    package func setTimeout(_ seconds: Int) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(socket.number, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Calls a method, and passes each reply's parameters, as JSON bytes, to the handler.
    /// - Throws: the service's `VarlinkError`, or `SystemError`.
    package func call(
        _ method: String, _ parameters: [String: String] = [:], more: Bool = false,
        each handler: ([UInt8]) throws -> Void
    ) throws {
        let request =
            Array(#"{"method":"\#(method)","parameters":"#.utf8) + VarlinkReply.object(parameters)
            + Array((more ? #","more":true}"# : "}").utf8) + [0]
        try send(request)
        while true {
            let message = try receive()
            let root = try JSONNode(parsing: message.span)
            let parameters = root.member("parameters", in: message.span).map { Array(message[$0.range]) }
            if let error = root.member("error", in: message.span)?.string(in: message.span) {
                throw VarlinkError(error, strings(parameters))
            }
            try handler(parameters ?? Array("{}".utf8))
            guard root.member("continues", in: message.span)?.bool == true else { return }
        }
    }

    /// Calls a method that has one reply.
    package func call(_ method: String, _ parameters: [String: String] = [:]) throws -> [UInt8] {
        var reply: [UInt8] = []
        try call(method, parameters) { reply = $0 }
        return reply
    }

    private func strings(_ parameters: [UInt8]?) -> [String: String] {
        guard let parameters, let root = try? JSONNode(parsing: parameters.span) else { return [:] }
        var strings: [String: String] = [:]
        for member in root.members {
            strings[member.name(in: parameters.span)] = member.value.string(in: parameters.span)
        }
        return strings
    }

    private func send(_ bytes: [UInt8]) throws(SystemError) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    socket.number, $0.baseAddress?.advanced(by: sent), $0.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError("write to", "the control socket") }
            sent += count
        }
    }

    private func receive() throws(SystemError) -> [UInt8] {
        while true {
            if let end = input.firstIndex(of: 0) {
                let message = Array(input[..<end])
                input.removeFirst(end + 1)
                return message
            }
            var count = 0
            input += [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, initialized in
                count = recv(socket.number, buffer.baseAddress, buffer.count, 0)
                initialized = max(0, count)
            }
            if count < 0, errno == EINTR { continue }
            guard count != 0 else { throw SystemError("read from", "the control socket", ECONNRESET) }
            // The timeout set by `setTimeout` is over.
            if count < 0, errno == EAGAIN { throw SystemError("read from", "the control socket", ETIMEDOUT) }
            guard count > 0 else { throw SystemError("read from", "the control socket") }
        }
    }
}
