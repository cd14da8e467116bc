import Host
import SessionHealth

extension ControlInterface {
    /// With what every Varlink service says of itself.
    static let service = VarlinkService(
        vendor: "bedrock-agent", product: "bedrock-agent", version: Version.current,
        url: "",
        interfaces: [name: description])
}
