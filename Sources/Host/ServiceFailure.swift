import FoundationEssentials

/// Why the service manager does not start the daemon any more, for commands that find none running.
package enum ServiceFailure {
    /// - Returns: the result that systemd names, such as `start-limit-hit` or `core-dump`; nil where the service has not
    ///   failed, or no manager can be asked.
    package static func result(runtimeFolder: String) -> String? {
        guard let loop = try? EventLoop(),
            let bus = try? Bus.direct(loop, to: runtimeFolder + "/systemd/private"),
            let call = try? bus.call(
                UserManager.name, UserManager.path(of: "bedrock-agent.service"), "org.freedesktop.DBus.Properties",
                "GetAll")
        else { return nil }
        call.append("")
        guard let reply = try? bus.sendAndWait(call, timeout: 2_000_000) else { return nil }
        let state = UnitState(reading: reply)
        return state.active == "failed" ? state.result : nil
    }
}
