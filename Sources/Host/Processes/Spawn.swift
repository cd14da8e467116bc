import CSystemd
import Glibc

/// Starts programs. A command is a path, or a name in `PATH`, and arguments: never a secret.
enum Spawn {
    /// Starts a program in a new session: no signals blocked or ignored; stdin (empty without one), stdout and stderr as
    /// given.
    /// - Parameter lock: a lock that is held until the program, too, has ended.
    static func apart(
        _ command: [String], environment: [String: String], input: OwnedDescriptor? = nil, output: OwnedDescriptor?,
        errors: OwnedDescriptor?,
        holding lock: FileLock? = nil
    ) throws(SystemError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        for (descriptor, number) in [(input, STDIN_FILENO), (output, STDOUT_FILENO), (errors, STDERR_FILENO)] {
            guard let descriptor else { continue }
            posix_spawn_file_actions_adddup2(&actions, descriptor.number, number)
        }
        // Our own descriptors are close-on-exec; those inherited from our parent may not be.
        var others = STDERR_FILENO + 1
        if let lock {
            posix_spawn_file_actions_adddup2(&actions, lock.descriptor, others)
            others += 1
        }
        posix_spawn_file_actions_addclosefrom_np(&actions, others)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var every = sigset_t()
        sigfillset(&every)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &every)
        let flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF) | Int32(HOST_SPAWN_SETSID)
        posix_spawnattr_setflags(&attributes, Int16(flags))

        // What ends in the middle would say something else.
        let whole = environment.map { "\($0.key)=\($0.value)" }.filter { !$0.utf8.contains(0) }
        var variables = whole.map { strdup($0) } + [nil]
        defer { variables.forEach { free($0) } }
        return try start(command, &actions, &attributes, &variables)
    }

    /// Starts a program with this process's terminal, signal mask and environment.
    static func here(_ command: [String]) throws(SystemError) -> pid_t { try start(command, nil, nil, environ) }

    private static func start(
        _ command: [String], _ actions: UnsafePointer<posix_spawn_file_actions_t>?,
        _ attributes: UnsafePointer<posix_spawnattr_t>?,
        _ variables: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    ) throws(SystemError) -> pid_t {
        let name = command.first ?? ""
        // It would be another command from there on.
        guard !command.contains(where: { $0.utf8.contains(0) }) else { throw SystemError("run", name, EINVAL) }
        var arguments = command.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, name, actions, attributes, &arguments, variables)
        guard code == 0 else { throw SystemError("run", name, code) }
        return pid
    }
}
