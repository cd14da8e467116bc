import CSystemd

/// The number of terminal columns that a character takes, from the C library's table for the current locale.
package enum ScalarWidth {
    package static func columns(_ scalar: Unicode.Scalar) -> Int {
        scalar.isASCII ? 1 : max(0, Int(wcwidth(wchar_t(scalar.value))))
    }
}
