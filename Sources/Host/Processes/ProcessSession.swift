import Glibc

/// The processes of one session (`setsid`), found in /proc, including those in other process groups.
package struct ProcessSession {
    private let id: pid_t

    package init(_ id: pid_t) { self.id = id }

    package var members: [pid_t] {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        var members: [pid_t] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let pid = pid_t(name), getsid(pid) == id else { continue }
            members.append(pid)
        }
        return members
    }

    package func signal(_ number: Int32) {
        for pid in members { kill(pid, number) }
    }
}
