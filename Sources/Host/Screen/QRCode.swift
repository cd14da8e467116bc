import Glibc

/// A QR code, made by libqrencode where that is installed. It is loaded at the time of use: nothing links it.
package struct QRCode {
    /// Modules a side.
    package let width: Int
    /// Line by line.
    package let isDark: [Bool]

    private static let library = "libqrencode.so.4"
    private typealias Encode = @convention(c) (UnsafePointer<CChar>, CInt, CInt, CInt, CInt) -> UnsafeMutableRawPointer?
    private typealias Free = @convention(c) (UnsafeMutableRawPointer) -> Void

    /// Nil without the library, or for a text that is too long.
    package init?(of text: String) {
        guard let library = dlopen(QRCode.library, RTLD_NOW | RTLD_LOCAL) else { return nil }
        defer { dlclose(library) }
        guard let encode = dlsym(library, "QRcode_encodeString"), let free = dlsym(library, "QRcode_free") else {
            return nil
        }
        // The smallest that holds it, with the least error correction (L), of bytes (mode 8) in which case matters.
        let code = text.withCString { unsafeBitCast(encode, to: Encode.self)($0, 0, 0, 2, 1) }
        guard let code else { return nil }
        defer { unsafeBitCast(free, to: Free.self)(code) }
        // struct { int version; int width; unsigned char *data; }: the lowest bit of each byte is the module's colour.
        width = Int(code.load(fromByteOffset: 4, as: CInt.self))
        guard let data = code.load(fromByteOffset: 8, as: UnsafePointer<UInt8>?.self) else { return nil }
        isDark = (0..<width * width).map { data[$0] & 1 == 1 }
    }
}
