import FoundationEssentials
import Glibc
import Host
import SessionHealth
import Testing

@Suite struct VarlinkTests {
    private func parse(_ text: String) throws(VarlinkMalformed) -> VarlinkCall {
        try VarlinkCall(parsing: Array(text.utf8))
    }

    @Test(arguments: [
        (#"{"method":"a.b.C"}"#, false, false),
        (#" { "method" : "a.b.C" , "parameters" : { } } "#, false, false),
        (#"{"method":"a.b.C","parameters":null,"oneway":null,"more":null,"upgrade":null}"#, false, false),
        (#"{"method":"a.b.C","oneway":true}"#, true, false),
        (#"{"method":"a.b.C","more":true,"oneway":false,"upgrade":false}"#, false, true),
        (#"{"method":"a.b.C","com.example.Trace":{"id":1}}"#, false, false),
        (#"{"\u006dethod":"a.b.\u0043"}"#, false, false),
    ])
    func calls(text: String, isOneway: Bool, wantsMore: Bool) throws {
        let call = try parse(text)
        #expect(call.method == "a.b.C")
        #expect(call.isOneway == isOneway)
        #expect(call.wantsMore == wantsMore)
    }

    @Test(arguments: [
        "", "{", "[]", "1", "null", #""a.b.C""#, "{}", #"{"parameters":{}}"#, #"{"method":null}"#, #"{"method":1}"#,
        #"{"method":"a.b.C"}{}"#, #"{"method":"a.b.C",}"#, #"{"method":"a.b.C","method":"a.b.C"}"#,
        #"{"method":"a.b.C","Method":"a.b.C"}"#, #"{"method":"a.b.C","id":1}"#, #"{"method":"a.b.C","oneway":1}"#,
        #"{"method":"a.b.C","more":"true"}"#, #"{"method":"a.b.C","oneway":true,"more":true}"#,
        #"{"method":"a.b.C","upgrade":true}"#, #"{"method":"a.b.C","parameters":[]}"#,
        #"{"method":"a.b.C","parameters":"x"}"#, #"{"method":"a.b.C","x.y":1,"x.y":2}"#,
    ])
    func notCalls(text: String) {
        let error = #expect(throws: VarlinkMalformed.self) { try parse(text) }
        #expect(error?.reason.isEmpty == false)
    }

    @Test func parameters() throws {
        let call = try parse(#"{"method":"a.b.C","parameters":{"s":"x\u00e9","n":null,"i":1}}"#)
        #expect(try call.string("s") == "xé")
        #expect(try call.string("n") == nil)
        #expect(try call.string("absent") == nil)
        #expect(throws: VarlinkError.invalidParameter("i")) { try call.string("i") }
        #expect(throws: VarlinkError.invalidParameter("n")) { try call.allow("s", "i") }
        try call.allow("s", "i", "n")
        try parse(#"{"method":"a.b.C"}"#).allow()
    }

    @Test func replies() {
        func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
        #expect(text(VarlinkReply.bytes(Array("{}".utf8), continues: false)) == "{\"parameters\":{}}\0")
        #expect(
            text(VarlinkReply.bytes(Array("{}".utf8), continues: true)) == "{\"parameters\":{},\"continues\":true}\0")
        #expect(
            text(VarlinkReply.bytes(VarlinkError("a.b.E", ["x": "\"\n", "a": "1"])))
                == "{\"error\":\"a.b.E\",\"parameters\":{\"a\":\"1\",\"x\":\"\\\"\\n\"}}\0")
    }
}

/// The time that the server waits for stuck clients: normally 45 s, shorter here.
@Suite struct VarlinkServerTests {
    let driver: LoopDriver
    let folder = TemporaryFolder()

    init() throws { driver = try LoopDriver() }

    private func server(_ limits: VarlinkServer.Limits) throws -> VarlinkServer {
        try VarlinkServer(driver.loop, socket: UnixSocket.listen(at: folder["s"]), limits: limits) { call, exchange in
            call.wantsMore ? exchange.replyNewest([0x7B, 0x7D]) : exchange.reply([0x7B, 0x7D])
        }
    }

    /// A client that never blocks; `receive` returns nil at the end of the connection.
    private final class Client {
        let socket: OwnedDescriptor

        init(_ path: String) throws {
            socket = try UnixSocket.connect(to: path)
            _ = fcntl(socket.number, F_SETFL, O_NONBLOCK)
        }

        func send(_ text: String) -> Bool {
            let bytes = Array(text.utf8)
            return Glibc.send(socket.number, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
        }

        func receive() -> [UInt8]? {
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, initialized in
                count = recv(socket.number, buffer.baseAddress, buffer.count, 0)
                initialized = max(0, count)
            }
            return count > 0 ? bytes : count < 0 && errno == EAGAIN ? [] : nil
        }
    }

    private let call = "{\"method\":\"a.b.C\"}\0"

    @Test func whoLeavesACallUnfinishedIsDropped() throws {
        var limits = VarlinkServer.Limits()
        limits.patience = 0.2
        let server = try server(limits)
        let (half, silent, monitor) = (try Client(folder["s"]), try Client(folder["s"]), try Client(folder["s"]))
        #expect(half.send("{\"method\""))
        #expect(monitor.send("{\"method\":\"a.b.C\",\"more\":true}\0"))
        #expect(driver.run { half.receive() == nil })
        // A client that has sent nothing, or that waits for updates, is not stuck.
        #expect(silent.receive() == [])
        #expect(monitor.receive()?.isEmpty == false)
        #expect(monitor.receive() == [])
        #expect(silent.send(call))
        #expect(driver.run { silent.receive()?.isEmpty == false })
        withExtendedLifetime(server) {}
    }

    @Test func whoNeverReadsIsDropped() throws {
        var limits = VarlinkServer.Limits()
        limits.patience = 0.2
        limits.unread = 4096
        let server = try server(limits)
        let lazy = try Client(folder["s"])
        var isGone = false
        #expect(
            driver.run {
                isGone = isGone || !lazy.send(call) && errno == EPIPE
                return isGone
            })
        withExtendedLifetime(server) {}
    }

    /// Each write ends in the middle of a call, so there is always an unfinished one.
    @Test func whoMakesProgressIsNotStuck() throws {
        var limits = VarlinkServer.Limits()
        limits.patience = 0.2
        let server = try server(limits)
        let busy = try Client(folder["s"])
        let end = EventLoop.now().boot + 5 * limits.patience
        #expect(busy.send("{"))
        var answers = 0
        var isOpen = true
        while isOpen, EventLoop.now().boot < end {
            isOpen = busy.send("\"method\":\"a.b.C\"}\0{")
            let before = answers
            isOpen =
                isOpen
                && driver.run {
                    guard let bytes = busy.receive() else { return true }
                    answers += bytes.count { $0 == 0 }
                    return answers > before
                } && answers > before
        }
        #expect(isOpen, "dropped after \(answers) answers")
        withExtendedLifetime(server) {}
    }

    @Test func aFullTableMakesRoom() throws {
        var limits = VarlinkServer.Limits()
        limits.connections = 3
        let server = try server(limits)
        let monitors = try (0..<5).map { _ in
            let monitor = try Client(folder["s"])
            #expect(monitor.send("{\"method\":\"a.b.C\",\"more\":true}\0"))
            #expect(driver.run { monitor.receive()?.isEmpty == false })
            return monitor
        }
        let ordinary = try Client(folder["s"])
        #expect(ordinary.send(call))
        #expect(driver.run { ordinary.receive()?.isEmpty == false })
        #expect(monitors.map { $0.receive() == nil } == [true, true, true, false, false])
        withExtendedLifetime(server) {}
    }
}
