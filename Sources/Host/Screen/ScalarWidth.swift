import CSystemd

/// How many columns of a terminal a character takes, by the C library's table for the locale that is set.
package enum ScalarWidth {
    package static func columns(_ scalar: Unicode.Scalar) -> Int {
        scalar.isASCII ? 1 : max(0, Int(wcwidth(wchar_t(scalar.value))))
    }
}
