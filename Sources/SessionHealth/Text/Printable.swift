extension String {
    /// The same on one line, with what a terminal would obey or reorder written out: `\u{1b}`. Settings and their
    /// commands come from others, and must not be able to look like something else.
    package var printable: String {
        guard !unicodeScalars.allSatisfy({ !$0.movesText }) else { return self }
        return unicodeScalars.map { $0.movesText ? "\\u{\(String($0.value, radix: 16))}" : String($0) }.joined()
    }
}

extension Unicode.Scalar {
    /// Controls, line separators, and marks of writing direction.
    fileprivate var movesText: Bool {
        switch value {
        case ..<0x20, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
