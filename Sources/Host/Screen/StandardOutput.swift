import Glibc

/// What a command prints. Who closed the other end has seen enough: that is no error.
package enum StandardOutput {
    /// - Returns: false when nobody reads it.
    @discardableResult
    package static func write(_ bytes: [UInt8]) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(STDOUT_FILENO, $0.baseAddress?.advanced(by: written), $0.count - written)
            }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }
}
