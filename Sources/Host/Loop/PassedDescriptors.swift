import CSystemd
import Glibc

/// What the service manager passed to this process: the listening socket, and what an earlier daemon had it keep.
package final class PassedDescriptors {
    package private(set) var socket: OwnedDescriptor?
    private var kept: [(name: String, descriptor: OwnedDescriptor)] = []

    /// Takes all of them; a second time there are none.
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

    /// Takes all that were kept under such a name.
    package func takeAll(where isWanted: (String) -> Bool) -> [(name: String, descriptor: OwnedDescriptor)] {
        defer { kept.removeAll { isWanted($0.name) } }
        return kept.filter { isWanted($0.name) }
    }

    /// Takes one that was kept under this name.
    package func take(_ name: String) -> OwnedDescriptor? {
        kept.firstIndex { $0.name == name }.map { kept.remove(at: $0).descriptor }
    }
}
