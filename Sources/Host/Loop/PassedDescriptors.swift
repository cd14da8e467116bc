import CSystemd
import Glibc

/// The descriptors from the service manager: the listening socket, and those that an earlier daemon stored
/// (`FDSTORE=1`).
package final class PassedDescriptors {
    package private(set) var socket: OwnedDescriptor?
    private var kept: [(name: String, descriptor: OwnedDescriptor)] = []

    /// Takes all descriptors; a second call finds none.
    package init() {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(1, &names)
        defer { free(names) }
        for index in 0..<max(0, Int(count)) {
            let descriptor = OwnedDescriptor(SD_LISTEN_FDS_START + Int32(index))
            let name = names?[index].map { String(cString: $0) } ?? ""
            free(names?[index])
            if socket == nil, sd_is_socket(descriptor.number, AF_UNIX, Int32(SOCK_STREAM.rawValue), 1) > 0 {
                _ = fcntl(descriptor.number, F_SETFL, O_NONBLOCK)
                socket = descriptor
            } else {
                kept.append((name, descriptor))
            }
        }
    }

    /// Takes all stored descriptors whose names match.
    package func takeAll(where isWanted: (String) -> Bool) -> [(name: String, descriptor: OwnedDescriptor)] {
        defer { kept.removeAll { isWanted($0.name) } }
        return kept.filter { isWanted($0.name) }
    }

    /// Takes one stored descriptor of this name.
    package func take(_ name: String) -> OwnedDescriptor? {
        kept.firstIndex { $0.name == name }.map { kept.remove(at: $0).descriptor }
    }
}
