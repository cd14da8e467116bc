import CSystemd
import Digest

/// Who is on a message bus.
extension Bus {
    /// The bus's own id, another one after it was started anew; nil until it has answered anything.
    var identity: String? {
        var id = sd_id128_t()
        guard sd_bus_is_ready(bus) > 0, sd_bus_get_bus_id(bus, &id) >= 0 else { return nil }
        return withUnsafeBytes(of: &id) { $0.hexadecimal }
    }

    /// Calls the handler with the unique name of each new owner of the name; an empty one when it has none any more.
    func matchOwner(of name: String, _ handler: @escaping (String) -> Void) throws(SystemError) -> BusMatch {
        let bus = "org.freedesktop.DBus"
        let rule =
            "type='signal',sender='\(bus)',path='/org/freedesktop/DBus',interface='\(bus)',"
            + "member='NameOwnerChanged',arg0='\(name)'"
        return try match(rule: rule) { message in
            message.skip("ss")
            if let owner = message.string() { handler(owner) }
        }
    }
}
