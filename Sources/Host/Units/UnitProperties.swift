import FoundationEssentials
import Glibc

/// The properties of a transient unit: what each purpose needs, and for the rest a closed door.
struct UnitProperties {
    private let call: BusMessage

    init(_ call: BusMessage) { self.call = call }

    /// - Parameters:
    ///   - output: the end of a pipe to write to.
    ///   - hasNamespaces: the manager can make user namespaces, so that mounts can be the unit's own.
    ///   - limit: seconds.
    func write(
        _ program: Program, _ variables: UnitState.Variables, output: OwnedDescriptor?, hasNamespaces: Bool,
        limit: TimeInterval
    ) {
        call.array(of: "(sv)") {
            set("Description", program.summary)
            set("Type", "exec")
            command(program.command)
            set("Environment", variables.assignments)
            files(variables.files)
            set("RuntimeMaxUSec", UInt64(limit * 1e6))
            set("LimitCORE", 0 as UInt64)
            if let output { set("StandardOutputFileDescriptor", output) }
            switch program.purpose {
            case .refresh:
                // Whoever stops it, at a logout, waits for the answer: what is granted must reach the disk.
                set("TimeoutStopUSec", 35_000_000 as UInt64)
                // What it should not say goes to the journal, as of its own unit.
                set("StandardError", "journal")
                exchange()
                if hasNamespaces { ownMounts(program.files) }
            case .signIn:
                set("TimeoutStopUSec", 2_000_000 as UInt64)
                if let output { set("StandardErrorFileDescriptor", output) }
                signIn()
            }
        }
    }

    /// Everything that an HTTPS exchange can do without, it does without. Nothing here needs a namespace.
    private func exchange() {
        set("SyslogIdentifier", "bedrock-agent-net")
        set("UMask", 0o077 as UInt32)
        for name in [
            "NoNewPrivileges", "LockPersonality", "MemoryDenyWriteExecute", "RestrictRealtime", "RestrictSUIDSGID",
        ] { set(name, true) }
        // No kind of namespace is left to make.
        set("RestrictNamespaces", 0 as UInt64)
        // AF_NETLINK: name resolution asks which addresses there are.
        set("RestrictAddressFamilies", only: ["AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK"])
        set("SystemCallArchitectures", ["native"])
        set("SystemCallFilter", only: ["@system-service"])
        // A module of the C library's that tries more is refused it, and the exchange goes on.
        set("SystemCallErrorNumber", EPERM)
    }

    /// File systems are there to read only, and of homes and runtime folders, where every user's secrets and sockets
    /// are, nothing but what it was given: from a manager's socket in there it could start anything.
    private func ownMounts(_ files: Program.Files) {
        set("PrivateUsers", true)
        set("PrivateDevices", true)
        set("ProtectSystem", "strict")
        set("ProtectHome", "tmpfs")
        bind("BindPaths", files.written)
        set("ReadWritePaths", files.written.map(\.path))
        bind("BindReadOnlyPaths", files.read)
    }

    /// A browser may descend from it, with a sandbox of its own and helpers that gain privileges: what would be taken
    /// from the command would be taken from the browser. It must also outlive the command.
    private func signIn() {
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
                    // A `$` in a shell command line is the shell's.
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

    /// A list of what is allowed.
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
