import CSystemd
import Digest

/// The bus's own ID, and who owns a name on it.
extension Bus {
    /// The bus's ID, which changes when the bus restarts; nil until the connection is ready.
    var identity: String? {
        var id = sd_id128_t()
        guard sd_bus_is_ready(bus) > 0, sd_bus_get_bus_id(bus, &id) >= 0 else { return nil }
        return withUnsafeBytes(of: &id) { $0.hexadecimal }
    }

    /// Calls the handler with the unique name of each new owner, or an empty string when the name has no owner any
    /// more.
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
