import CSystemd
import Glibc

/// Notices, through rtnetlink, that the network may be back: a new route to another network.
///
/// Addresses and links are ignored: containers and virtual machines create and remove them all the time.
package final class NetworkWatch {
    private let socket: OwnedDescriptor
    private var source: EventSource?
    private let onReturn: () -> Void

    package init(_ loop: EventLoop, onReturn: @escaping () -> Void) throws(SystemError) {
        let kind = Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let number = Glibc.socket(AF_NETLINK, kind, NETLINK_ROUTE)
        guard number >= 0 else { throw SystemError("make a socket", "AF_NETLINK") }
        socket = OwnedDescriptor(number)
        self.onReturn = onReturn
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        address.nl_groups = UInt32(RTMGRP_IPV4_ROUTE) | UInt32(RTMGRP_IPV6_ROUTE)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
            }
        }
        guard result == 0 else { throw SystemError("listen to", "rtnetlink") }
        source = try loop.io(socket, EPOLLIN) { [weak self] _ in self?.read() }
    }

    private func read() {
        var returned = false
        while true {
            let bytes = [UInt8](unsafeUninitializedCapacity: 16384) { buffer, count in
                count = max(0, recv(socket.number, buffer.baseAddress, buffer.count, 0))
            }
            if bytes.isEmpty {
                // Messages were lost; one may have been a new route.
                if errno == ENOBUFS { returned = true }
                break
            }
            returned = returned || bytes.withUnsafeBytes(NetworkWatch.hasNewRoute)
        }
        if returned { onReturn() }
    }

    /// Whether one of the messages is a new route in the main table that leads beyond the local link.
    private static func hasNewRoute(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var offset = 0
        let header = MemoryLayout<nlmsghdr>.size
        while offset + header <= bytes.count {
            let message = bytes.loadUnaligned(fromByteOffset: offset, as: nlmsghdr.self)
            guard message.nlmsg_len >= header, offset + Int(message.nlmsg_len) <= bytes.count else { return false }
            // A route that replaces an equal one, as after each router advertisement, does not mean that the network is
            // back.
            let isNew = message.nlmsg_type == RTM_NEWROUTE && Int32(message.nlmsg_flags) & NLM_F_REPLACE == 0
            if isNew, Int(message.nlmsg_len) >= header + MemoryLayout<rtmsg>.size {
                let route = bytes.loadUnaligned(fromByteOffset: offset + header, as: rtmsg.self)
                let isMain = route.rtm_table == RT_TABLE_MAIN.rawValue && route.rtm_type == RTN_UNICAST
                if isMain, route.rtm_scope == RT_SCOPE_UNIVERSE.rawValue, route.rtm_protocol != RTPROT_KERNEL {
                    return true
                }
            }
            offset += (Int(message.nlmsg_len) + 3) & ~3
        }
        return false
    }
}
