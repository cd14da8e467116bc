import Host
import SessionHealth

extension VarlinkClient {
    /// The status that the daemon answers with, and its JSON as it came.
    func status() throws -> (status: Status, json: [UInt8]) {
        let reply = try call("org.bedrockagent.Control.GetStatus")
        let root = try JSONNode(parsing: reply.span)
        guard let member = root.member("status", in: reply.span) else {
            throw Failure("the daemon's answer contains no status: systemctl --user restart bedrock-agent")
        }
        let json = Array(reply[member.range])
        return (try Status(json: json), json)
    }
}
