import SessionHealth
import Testing

@Suite struct OIDCReplyTests {
    /// Also where what follows it would, for `String`, be part of its last letter.
    @Test(arguments: ["", " b", "\u{301}", "\u{FE0F} b", "\u{200D}"])
    func namesNoSecret(behind: String) {
        let secret = "not-a-secret"
        let text = "a \(secret)\(behind)"
        let body = Array(#"{"error": "odd", "error_description": "\#(text)"}"#.utf8)
        let reply = OIDCReply(status: 400, body: body, secrets: [secret])
        let shown = Array("\(reply)".utf8)
        #expect(!shown.indices.contains { shown[$0...].starts(with: secret.utf8) })
        #expect("\(reply)".unicodeScalars.contains("…"))
    }
}
