import Glibc

/// This machine, and who uses it.
package enum Machine {
    /// Its host name; empty if it has none.
    package static var name: String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return "" }
        return String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Another one after each start of the machine; nil where the kernel does not tell.
    static var boot: String? {
        (try? FileContent(of: "/proc/sys/kernel/random/boot_id", limit: 64)).map {
            String(decoding: $0.bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        }
    }

    /// The name of the user whose process this is; the number where it has no name.
    package static var user: String {
        guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return "\(getuid())" }
        return String(cString: name)
    }
}
