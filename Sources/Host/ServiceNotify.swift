import CSystemd

/// Tells the service manager how the daemon is (`sd_notify`); nothing where none listens.
package enum ServiceNotify {
    package static func ready(status: String) { send("READY=1\nSTATUS=\(status)") }
    package static func status(_ status: String) { send("STATUS=\(status)") }
    package static func reloading() { send("RELOADING=1") }
    package static func stopping() { send("STOPPING=1") }

    private static func send(_ state: String) { sd_notify(0, state) }
}
