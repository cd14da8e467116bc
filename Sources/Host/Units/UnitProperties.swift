import FoundationEssentials
import Glibc

/// The properties of a transient unit: what each purpose needs, and as strict a sandbox as it allows.
struct UnitProperties {
    private let call: BusMessage

    init(_ call: BusMessage) { self.call = call }

    /// - Parameters:
    ///   - input: the reading end of a pipe; nil for empty input.
    ///   - output: the writing end of a pipe.
    ///   - hasNamespaces: the manager can create user namespaces, so the unit can have its own mounts.
    ///   - limit: seconds.
    func write(
        _ program: Program, _ variables: UnitState.Variables, input: OwnedDescriptor?, output: OwnedDescriptor?,
        hasNamespaces: Bool, limit: TimeInterval
    ) {
        call.array(of: "(sv)") {
            set("Description", program.summary)
            set("Type", "exec")
            command(program.command)
            set("Environment", variables.assignments + assignments(program.variables))
            files(variables.files)
            set("RuntimeMaxUSec", UInt64(limit * 1e6))
            set("LimitCORE", 0 as UInt64)
            if let input { set("StandardInputFileDescriptor", input) }
            if let output { set("StandardOutputFileDescriptor", output) }
            switch program.purpose {
            case .refresh:
                // A stop, e.g. at logout, must wait for AWS's answer: a refreshed token has to reach the disk.
                set("TimeoutStopUSec", 35_000_000 as UInt64)
                // Unexpected output on stderr goes to the journal, under this unit.
                set("StandardError", "journal")
                exchange()
                if hasNamespaces { ownMounts(program.files) }
            case .signIn, .notify, .setUp:
                set("TimeoutStopUSec", 2_000_000 as UInt64)
                if let output { set("StandardErrorFileDescriptor", output) }
                ofTheUser()
            }
        }
    }

    /// The service manager refuses a unit for a control character in one.
    private func assignments(_ variables: [String: String]) -> [String] {
        variables.filter { $0.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }.map { "\($0)=\($1)" }.sorted()
    }

    /// Everything that an HTTPS exchange can do without, it does without. Nothing here needs a namespace.
    private func exchange() {
        set("SyslogIdentifier", "bedrock-agent-net")
        set("UMask", 0o077 as UInt32)
        for name in [
            "NoNewPrivileges", "LockPersonality", "MemoryDenyWriteExecute", "RestrictRealtime", "RestrictSUIDSGID",
        ] { set(name, true) }
        // No namespaces of any type.
        set("RestrictNamespaces", 0 as UInt64)
        // AF_NETLINK: name resolution enumerates the local addresses.
        set("RestrictAddressFamilies", only: ["AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK"])
        set("SystemCallArchitectures", ["native"])
        set("SystemCallFilter", only: ["@system-service"])
        // Other system calls fail with EPERM instead of killing the process: an NSS module may try one.
        set("SystemCallErrorNumber", EPERM)
    }

    /// Makes file systems read-only, and hides home and runtime folders, which hold users' secrets and sockets, except
    /// for what the program needs: through a service manager's socket there it could start anything.
    private func ownMounts(_ files: Program.Files) {
        set("PrivateUsers", true)
        set("PrivateDevices", true)
        set("ProtectSystem", "strict")
        set("ProtectHome", "tmpfs")
        bind("BindPaths", files.written)
        set("ReadWritePaths", files.written.map(\.path))
        bind("BindReadOnlyPaths", files.read)
    }

    /// Nearly unrestricted: the command may start a browser, which has its own sandbox and setuid helpers and would
    /// inherit any restriction. The browser must also outlive the command, and so must a mail that is being sent.
    private func ofTheUser() {
        set("KillMode", "process")
        set("OOMPolicy", "continue")
        set("SendSIGKILL", false)
    }

    private func command(_ words: [String]) {
        property("ExecStartEx", "a(sasas)") {
            call.array(of: "(sasas)") {
                call.structure(of: "sasas") {
                    call.append(words.first ?? "")
                    call.append(words)
                    // `$` in a shell command line is for the shell to expand.
                    call.append(["no-env-expand"])
                }
            }
        }
    }

    private func files(_ files: [(path: String, isOptional: Bool)]) {
        property("EnvironmentFiles", "a(sb)") {
            call.array(of: "(sb)") {
                for file in files {
                    call.structure(of: "sb") {
                        call.append(file.path)
                        call.append(file.isOptional)
                    }
                }
            }
        }
    }

    private func bind(_ name: String, _ places: [Program.Place]) {
        property(name, "a(ssbt)") {
            call.array(of: "(ssbt)") {
                for place in places {
                    call.structure(of: "ssbt") {
                        call.append(place.real)
                        call.append(place.path)
                        call.append(false)
                        call.append(0 as UInt64)
                    }
                }
            }
        }
    }

    private func set(_ name: String, _ value: String) { property(name, "s") { call.append(value) } }
    private func set(_ name: String, _ value: Bool) { property(name, "b") { call.append(value) } }
    private func set(_ name: String, _ value: Int32) { property(name, "i") { call.append(value) } }
    private func set(_ name: String, _ value: UInt32) { property(name, "u") { call.append(value) } }
    private func set(_ name: String, _ value: UInt64) { property(name, "t") { call.append(value) } }
    private func set(_ name: String, _ value: [String]) { property(name, "as") { call.append(value) } }
    private func set(_ name: String, _ value: OwnedDescriptor) { property(name, "h") { call.append(value) } }

    /// An allow list.
    private func set(_ name: String, only values: [String]) {
        property(name, "(bas)") {
            call.structure(of: "bas") {
                call.append(true)
                call.append(values)
            }
        }
    }

    private func property(_ name: String, _ type: String, _ write: () -> Void) {
        call.structure(of: "sv") {
            call.append(name)
            call.variant(of: type, write)
        }
    }
}
