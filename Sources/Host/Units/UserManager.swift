import CSystemd
import FoundationEssentials
import Glibc
import SessionHealth

/// The user's service manager, on its private socket, which works even without a message bus.
///
/// Connected only while one of our units runs: a direct connection gets the signals of every unit, and each would wake
/// us.
package final class UserManager {
    static let name = "org.freedesktop.systemd1"
    static let path = "/org/freedesktop/systemd1"
    static let interface = "org.freedesktop.systemd1.Manager"

    let loop: EventLoop
    /// After two units in a row that could not get namespaces, later ones do not ask for them.
    var hasNamespaces: Bool { namespaceFailures < 2 }
    private var namespaceFailures = 0
    private let socket: String
    private let ownUnit: String
    private var connection: Bus?
    private var closing: EventSource?
    private var retry: Timer?
    private var pause: TimeInterval = UserManager.shortestPause
    private var units: [ObjectIdentifier: Weak] = [:]
    private var ownVariables: UnitState.Variables?
    /// Calls that have to be answered before the connection is closed.
    private var resets = 0

    private static let shortestPause: TimeInterval = 0.1
    private static let longestPause: TimeInterval = 5

    private struct Weak { weak var unit: TransientUnit? }

    /// - Returns: nil unless this process is itself a service of a user manager that can be reached.
    package init?(_ loop: EventLoop, environment: [String: String]) {
        guard environment["SYSTEMD_EXEC_PID"] == "\(getpid())", environment["MANAGERPID"] != nil,
            let runtime = environment["XDG_RUNTIME_DIR"]
        else { return nil }
        var unit: UnsafeMutablePointer<CChar>?
        guard sd_pid_get_user_unit(0, &unit) >= 0, let unit else { return nil }
        defer { free(unit) }
        self.loop = loop
        ownUnit = String(cString: unit)
        socket = Self.socket(in: runtime)
        guard access(socket, W_OK) == 0 else { return nil }
    }

    /// Whether one runs for this user: not in most containers, nor in WSL without systemd.
    package static func runs(_ paths: Paths) -> Bool {
        paths.userRuntime.map { access(socket(in: $0), W_OK) == 0 } ?? false
    }

    /// Its own, which needs no message bus.
    static func socket(in runtime: String) -> String { runtime + "/systemd/private" }

    func namespaces(failed: Bool) { namespaceFailures = failed ? namespaceFailures + 1 : 0 }

    static func path(of unit: String) -> String {
        var path: UnsafeMutablePointer<CChar>?
        guard sd_bus_path_encode(UserManager.path + "/unit", unit, &path) >= 0, let path else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }

    // MARK: The connection

    func bus() throws(SystemError) -> Bus {
        if let connection { return connection }
        let bus = try Bus.direct(loop, to: socket)
        bus.onDisconnect = { [weak self] in self?.disconnected() }
        connection = bus
        return bus
    }

    func add(_ unit: TransientUnit) { units[ObjectIdentifier(unit)] = Weak(unit: unit) }

    func remove(_ unit: TransientUnit) {
        units[ObjectIdentifier(unit)] = nil
        closeSoon()
    }

    /// Deferred, because a reply on this connection may still be being handled.
    private func closeSoon() {
        guard units.isEmpty, resets == 0 else { return }
        closing = try? loop.later { [weak self] in
            guard let self, self.units.isEmpty, self.resets == 0 else { return }
            self.disconnect()
        }
    }

    /// The manager has probably re-executed itself. Our units keep running, and are queried again.
    private func disconnected() {
        closing = try? loop.later { [weak self] in
            self?.disconnect()
            self?.askAgain()
        }
    }

    private func disconnect() {
        connection = nil
        ownVariables = nil
        resets = 0
    }

    /// Queries every unit after a pause, which doubles each time there is no answer.
    func askAgain() {
        guard !units.isEmpty else { return }
        if retry == nil { retry = try? loop.timer(.boottime) { [weak self] in self?.resume() } }
        retry?.arm(at: EventLoop.now().boot + pause)
        pause = min(pause * 2, UserManager.longestPause)
    }

    private func resume() {
        guard (try? bus()) != nil else { return askAgain() }
        for unit in units.values.compactMap(\.unit) { unit.resume() }
    }

    func answered() { pause = UserManager.shortestPause }

    // MARK: Queries

    /// The state of a unit; nil if it cannot be determined.
    func state(of unit: String, _ found: @escaping (UnitState?) -> Void) {
        do {
            let bus = try bus()
            bus.send(try UserManager.state(of: unit, on: bus)) { result in
                guard case .success(let reply) = result else { return found(nil) }
                found(UnitState(reading: reply))
            }
        } catch {
            found(nil)
        }
    }

    /// The call that queries what `UnitState` reads.
    static func state(of unit: String, on bus: Bus) throws(SystemError) -> BusMessage {
        try properties(of: path(of: unit), on: bus)
    }

    /// The call that queries all properties of the manager, or of one of its units.
    static func properties(of object: String, on bus: Bus) throws(SystemError) -> BusMessage {
        let call = try bus.call(name, object, "org.freedesktop.DBus.Properties", "GetAll")
        // An empty name selects all interfaces.
        call.append("")
        return call
    }

    /// What our own unit adds to the manager's environment; nil if the manager does not answer.
    ///
    /// Queried again on each connection, also because a call that passes a descriptor has to wait until the connection
    /// is ready: this call passes none, and comes first.
    func variables(_ found: @escaping (UnitState.Variables?) -> Void) {
        if let ownVariables { return found(ownVariables) }
        state(of: ownUnit) { [self] state in
            ownVariables = state?.variables
            found(state?.variables)
        }
    }

    /// The running units that match the patterns, by name; failed ones are reset. Blocks until the answer: use it only
    /// before the loop runs.
    package func running(_ patterns: [String]) throws -> [String] {
        let reply = try Bus.ask(socket, timeout: 2) { bus throws(SystemError) in
            let call = try bus.call(UserManager.name, UserManager.path, UserManager.interface, "ListUnitsByPatterns")
            call.append(["active", "activating", "deactivating", "reloading", "failed"])
            call.append(patterns)
            return call
        }
        let found = reply.elements(of: "(ssssssouso)") {
            reply.enter("r", of: "ssssssouso") { () -> (name: String, state: String) in
                let name = reply.string() ?? ""
                reply.skip("ss")
                return (name, reply.string() ?? "")
            }
        }
        for unit in found where unit.state == "failed" {
            _ = try? Bus.ask(socket, timeout: 2) { bus throws(SystemError) in
                try UserManager.reset(unit.name, on: bus)
            }
        }
        return found.filter { $0.state != "failed" }.map(\.name)
    }

    /// Resets a failed unit, so that it does not stay in the list of units.
    func reset(_ unit: String) {
        guard let bus = try? bus(), let call = try? UserManager.reset(unit, on: bus) else { return }
        resets += 1
        bus.send(call) { [weak self] _ in
            guard let self else { return }
            self.resets = max(0, self.resets - 1)
            self.closeSoon()
        }
    }

    private static func reset(_ unit: String, on bus: Bus) throws(SystemError) -> BusMessage {
        let call = try bus.call(name, path, interface, "ResetFailedUnit")
        call.append(unit)
        return call
    }
}
