import Glibc

/// A QR code from libqrencode, if that is installed. The library is loaded at run time, not linked.
package struct QRCode {
    /// Modules per side.
    package let width: Int
    /// Row by row.
    package let isDark: [Bool]

    private static let library = "libqrencode.so.4"
    private typealias Encode = @convention(c) (UnsafePointer<CChar>, CInt, CInt, CInt, CInt) -> UnsafeMutableRawPointer?
    private typealias Free = @convention(c) (UnsafeMutableRawPointer) -> Void

    /// Nil if the library is missing or the text is too long.
    package init?(of text: String) {
        guard let library = dlopen(QRCode.library, RTLD_NOW | RTLD_LOCAL) else { return nil }
        defer { dlclose(library) }
        guard let encode = dlsym(library, "QRcode_encodeString"), let free = dlsym(library, "QRcode_free") else {
            return nil
        }
        // Smallest version (0), error correction level L (0), 8-bit mode (2), case-sensitive (1).
        let code = text.withCString { unsafeBitCast(encode, to: Encode.self)($0, 0, 0, 2, 1) }
        guard let code else { return nil }
        defer { unsafeBitCast(free, to: Free.self)(code) }
        // struct { int version; int width; unsigned char *data; }: the lowest bit of each byte is the module's colour.
        width = Int(code.load(fromByteOffset: 4, as: CInt.self))
        guard let data = code.load(fromByteOffset: 8, as: UnsafePointer<UInt8>?.self) else { return nil }
        isDark = (0..<width * width).map { data[$0] & 1 == 1 }
    }
}
