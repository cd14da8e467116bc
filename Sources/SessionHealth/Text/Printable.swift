extension String {
    /// The same on one line, with what a terminal would obey or reorder, and what nobody sees, written out: `\u{1b}`.
    /// Settings and their commands come from others, and must not be able to look like something else.
    package var printable: String { written { $0.isShownAsItIs } }

    /// The same of each line.
    package var printableLines: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }.joined(separator: "\n")
    }

    /// The same with everything but ASCII written out. For what is to be approved: a letter of another alphabet, or the
    /// Greek `;`, looks like ours.
    package var spelledOut: String { written { $0.isShownAsItIs && $0.isASCII } }

    private func written(asItIs: (Unicode.Scalar) -> Bool) -> String {
        guard !unicodeScalars.allSatisfy(asItIs) else { return self }
        return unicodeScalars.map { asItIs($0) ? String($0) : "\\u{\(String($0.value, radix: 16))}" }.joined()
    }
}

extension Unicode.Scalar {
    fileprivate var isShownAsItIs: Bool {
        guard value > 0x7E else { return value >= 0x20 }
        // Accents that are characters of their own, and what Unicode holds to be the same as `;`, `` ` `` and `K`.
        if (0x0300...0x036F).contains(value) || [0x037E, 0x1FEF, 0x212A].contains(value) { return false }
        return switch properties.generalCategory {
        // Controls, marks of writing direction, what joins or separates without being seen, other spaces.
        case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .surrogate, .privateUse,
            .unassigned:
            false
        default: !properties.isDefaultIgnorableCodePoint
        }
    }
}
