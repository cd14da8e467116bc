import Host
import SessionHealth

/// One message of a Varlink client, and the replies to it.
enum VarlinkSubject {
    static func check(_ input: Input) throws(Violation) {
        let bytes = input.text(0)
        try replies(input.string(1), input.string(2))
        let document = try? JSONDocument(parsing: bytes)
        let call: VarlinkCall
        do {
            call = try VarlinkCall(parsing: bytes)
        } catch {
            try require(error.reason.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "the message in its error")
            guard let members = document.map({ JSONModel($0.root, in: bytes).members }) else { return }
            try require(!isPlainCall(members), "a plain call is refused: \(error.reason)")
            return
        }
        try requireEqual(call.method, document?.string(at: ["method"]), "another method")
        try requireEqual(call.isOneway, document?.node(at: ["oneway"])?.bool ?? false, "oneway")
        try requireEqual(call.wantsMore, document?.node(at: ["more"])?.bool ?? false, "more")
        let parameters = document?.node(at: ["parameters"])?.members ?? []
        for member in parameters {
            let name = member.name(in: bytes.span)
            try parameter(name, of: call, as: document?.string(at: ["parameters", name]))
        }
        let refusal = refusal { () throws(VarlinkError) in try call.allow("session") }
        let isKnown = parameters.allSatisfy { $0.name(in: bytes.span) == "session" }
        try requireEqual(refusal == nil, isKnown, "whether other parameters are allowed")
    }

    private static func parameter(_ name: String, of call: VarlinkCall, as wanted: String?) throws(Violation) {
        var value: String?
        if let error = refusal({ () throws(VarlinkError) in value = try call.string(name) }) {
            try requireEqual(error, .invalidParameter(name), "another error")
            try replies(error.name, error.parameters["parameter"] ?? "")
        }
        try same(value, wanted, name)
    }

    private static func refusal(_ body: () throws(VarlinkError) -> Void) -> VarlinkError? {
        do throws(VarlinkError) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    private static func same(_ left: String?, _ right: String?, _ name: String) throws(Violation) {
        try require(left.map { Array($0.utf8) } == right.map { Array($0.utf8) }, "another value of \(name)")
    }

    private static func isPlainCall(_ members: [JSONModel.Member]) -> Bool {
        guard members.count == 2, members[0].name == Array("method".utf8), case .string = members[0].value,
            members[1].name == Array("parameters".utf8), case .object = members[1].value
        else { return false }
        return true
    }

    /// A reply has one NUL, at its end, and says what was to be said.
    private static func replies(_ name: String, _ value: String) throws(Violation) {
        let error = VarlinkError(
            "org.bedrockagent.Control.\(name)", ["the reason": value].merging([name: value]) { $1 })
        for reply in [
            VarlinkReply.bytes(error), VarlinkReply.bytes(VarlinkReply.object([name: value]), continues: !name.isEmpty),
        ] {
            try requireEqual(reply.firstIndex(of: 0), reply.count - 1, "a NUL within a reply")
            let document = try? JSONDocument(parsing: Array(reply.dropLast()))
            try same(document?.string(at: ["parameters", name]), value, name)
        }
    }
}
