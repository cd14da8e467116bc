/// Percent-encoding by RFC 3986, as Signature Version 4 asks for it.
enum PercentEncoding {
    /// One segment of a path, or one name or value of a query.
    static func encode(_ text: String) -> String { encode(text, keeping: "-._~") }

    /// A path that is encoded already, once more: this is what is signed.
    static func encodeAgain(path: String) -> String { encode(path, keeping: "-._~/") }

    /// The items in the order of their names, as they are signed.
    static func query(_ items: [(String, String)]) -> String {
        items.sorted { $0.0 < $1.0 }.map { "\(encode($0.0))=\(encode($0.1))" }.joined(separator: "&")
    }

    private static func encode(_ text: String, keeping plain: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: bytes.append(byte)
            case _ where plain.utf8.contains(byte): bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
