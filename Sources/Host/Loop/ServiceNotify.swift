import CSystemd

/// Reports the daemon's state to the service manager (`sd_notify`); without one, it does nothing.
package enum ServiceNotify {
    package static func ready(status: String) { send("READY=1\nSTATUS=\(status)") }
    package static func status(_ status: String) { send("STATUS=\(status)") }
    package static func reloading() { send("RELOADING=1") }
    package static func stopping() { send("STOPPING=1") }

    /// Stores the descriptor with the service manager, which passes it to the next daemon, even after a crash.
    package static func keep(_ descriptor: OwnedDescriptor, as name: String) {
        var number = descriptor.number
        sd_pid_notify_with_fds(0, 0, "FDSTORE=1\nFDNAME=\(name)", &number, 1)
    }

    package static func forget(_ name: String) { send("FDSTOREREMOVE=1\nFDNAME=\(name)") }

    private static func send(_ state: String) { sd_notify(0, state) }
}
