/// Files as they may be shown: values that are secrets by their key, or look like one, are left out, everything else is
/// as it is.
enum SecretMask {
    private static let mark = Array("[…]".utf8)

    /// The text of a settings or configuration file without its secrets. It has the same lines.
    static func masked(_ bytes: [UInt8]) -> [UInt8] {
        if let root = try? JSONNode(parsing: bytes.span) {
            let mark = [UInt8(ascii: "\"")] + mark + [UInt8(ascii: "\"")]
            return replacing(SecretPlaces.json(below: root, in: bytes.span).map(\.range), in: bytes, with: mark)
        }
        let places = SecretPlaces.configuration(bytes, coversNested: true) { key in
            SecretPlaces.isSecret(key) || ConfigValue.isSecret(key)
        }
        return replacing(places.filter { !$0.isEmpty }, in: bytes, with: mark)
    }

    private static func replacing(_ places: [Range<Int>], in bytes: [UInt8], with mark: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        var start = 0
        for place in places {
            text += bytes[start..<place.lowerBound] + mark
            start = place.upperBound
        }
        return text + bytes[start...]
    }
}
