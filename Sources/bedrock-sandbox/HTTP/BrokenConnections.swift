import FlyingFox
import FlyingSocks
import Foundation

/// Thrown instead of sending a response: FlyingFox then closes the connection.
private struct Broken: Error {}

extension HTTPBodySequence {
    /// Announces the whole body, sends half of it and closes the connection.
    static func truncated(_ body: Data) -> HTTPBodySequence {
        HTTPBodySequence(from: HalfBody(half: Array(body.prefix(body.count / 2))), count: body.count)
    }
}

private struct HalfBody: AsyncBufferedSequence {
    typealias Element = UInt8
    let half: [UInt8]

    func makeAsyncIterator() -> Iterator { Iterator(half: half) }

    struct Iterator: AsyncBufferedIteratorProtocol {
        var half: [UInt8]

        mutating func next() async throws -> UInt8? { throw Broken() }

        mutating func nextBuffer(suggested count: Int) async throws -> [UInt8]? {
            guard !half.isEmpty else { throw Broken() }
            defer { half = [] }
            return half
        }
    }
}

extension HTTPResponse {
    /// No response: closes the request's connection with a reset (RST).
    static func reset(_ request: HTTPRequest) -> HTTPResponse {
        if case .ip4(_, let port)? = request.remoteAddress { connection(fromPort: port)?.resetWhenClosed() }
        return HTTPResponse(webSocket: NoHandshake())
    }

    /// FlyingFox does not expose a request's socket, so it is looked up among our descriptors by the client's port.
    private static func connection(fromPort port: UInt16) -> Socket? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap(Int32.init).map { Socket(file: .init(rawValue: $0)) }.first { socket in
            guard case .ip4("127.0.0.1", port)? = try? socket.remotePeer() else { return false }
            return true
        }
    }
}

/// FlyingFox writes the first bytes of a WebSocket only after this, so throwing here means that nothing is written.
private struct NoHandshake: WSHandler {
    func makeFrames(for client: AsyncThrowingStream<WSFrame, any Error>) async throws -> AsyncStream<WSFrame> {
        throw Broken()
    }
}

extension Socket {
    /// `SO_LINGER` with a timeout of 0.
    fileprivate func resetWhenClosed() { try? setValue(linger(l_onoff: 1, l_linger: 0), for: LingerOption()) }
}

private struct LingerOption: SocketOption {
    let level = SOL_SOCKET
    let name = SO_LINGER

    func makeValue(from value: linger) -> linger { value }
    func makeSocketValue(from value: linger) -> linger { value }
}
