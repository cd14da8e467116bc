import FoundationEssentials

/// A connection on its way from one daemon to the next, in the service manager's keeping.
///
/// Only a name is stored with a descriptor, so the client's unanswered calls are encoded in it.
struct VarlinkContinuation {
    static let prefix = "client."
    /// systemd's limit for a name.
    private static let longestName = 255

    let descriptor: OwnedDescriptor
    /// Calls, each with the NUL after it, and perhaps the beginning of one more.
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

    /// Nil where it does not fit.
    var name: String? {
        let name = VarlinkContinuation.prefix + Data(input).base64EncodedString()
        return name.utf8.count <= VarlinkContinuation.longestName ? name : nil
    }
}
