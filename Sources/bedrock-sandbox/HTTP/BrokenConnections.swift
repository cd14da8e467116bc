import FlyingFox
import FlyingSocks
import Foundation

/// An answer that cannot be given: FlyingFox closes the connection when it meets one.
private struct Broken: Error {}

extension HTTPBodySequence {
    /// Promises all of the body, sends half of it and then closes.
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
    /// No answer: closes the request's connection with a reset (RST) in place of an orderly end.
    static func reset(_ request: HTTPRequest) -> HTTPResponse {
        if case .ip4(_, let port)? = request.remoteAddress { connection(fromPort: port)?.resetWhenClosed() }
        return HTTPResponse(webSocket: NoHandshake())
    }

    /// FlyingFox does not hand out a request's socket, so it is found among our descriptors by its peer's port.
    private static func connection(fromPort port: UInt16) -> Socket? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap(Int32.init).map { Socket(file: .init(rawValue: $0)) }.first { socket in
            guard case .ip4("127.0.0.1", port)? = try? socket.remotePeer() else { return false }
            return true
        }
    }
}

/// FlyingFox writes a web socket's first bytes only after this: so by throwing, nothing is written at all.
private struct NoHandshake: WSHandler {
    func makeFrames(for client: AsyncThrowingStream<WSFrame, any Error>) async throws -> AsyncStream<WSFrame> {
        throw Broken()
    }
}

extension Socket {
    /// `SO_LINGER` of zero seconds.
    fileprivate func resetWhenClosed() { try? setValue(linger(l_onoff: 1, l_linger: 0), for: LingerOption()) }
}

private struct LingerOption: SocketOption {
    let level = SOL_SOCKET
    let name = SO_LINGER

    func makeValue(from value: linger) -> linger { value }
    func makeSocketValue(from value: linger) -> linger { value }
}
