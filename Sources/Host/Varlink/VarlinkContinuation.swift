import FoundationEssentials

/// A connection handed from one daemon to the next through the service manager's file descriptor store.
///
/// Only a name can be stored with a descriptor, so the client's unanswered calls are encoded in the name.
struct VarlinkContinuation {
    static let prefix = "client."
    /// systemd's limit for a descriptor name.
    private static let longestName = 255

    let descriptor: OwnedDescriptor
    /// Calls, each followed by a NUL, and perhaps the beginning of another one.
    let input: [UInt8]

    init(descriptor: OwnedDescriptor, input: [UInt8]) {
        self.descriptor = descriptor
        self.input = input
    }

    init?(name: String, descriptor: OwnedDescriptor) {
        guard name.hasPrefix(VarlinkContinuation.prefix),
            let data = Data(base64Encoded: String(name.dropFirst(VarlinkContinuation.prefix.count)))
        else { return nil }
        self.init(descriptor: descriptor, input: Array(data))
    }

    /// Nil if the calls do not fit.
    var name: String? {
        let name = VarlinkContinuation.prefix + Data(input).base64EncodedString()
        return name.utf8.count <= VarlinkContinuation.longestName ? name : nil
    }
}
