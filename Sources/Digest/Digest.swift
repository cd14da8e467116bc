import CMD
import Glibc

/// Digests of bytes, and how they are written. What is left of the bytes in memory is wiped: they may be secrets.
package enum Digest {
    /// 20 bytes.
    package static func sha1(_ bytes: Span<UInt8>) -> [UInt8] {
        var context = SHA1_CTX()
        SHA1Init(&context)
        bytes.withUnsafeBufferPointer { SHA1Update(&context, $0.baseAddress, $0.count) }
        let digest = [UInt8](unsafeUninitializedCapacity: Int(SHA1_DIGEST_LENGTH)) { buffer, count in
            SHA1Final(buffer.baseAddress, &context)
            count = buffer.count
        }
        explicit_bzero(&context, MemoryLayout.size(ofValue: context))
        return digest
    }

    /// 24 hexadecimal digits of it: they tell two secrets apart without revealing them.
    package static func fingerprint(_ bytes: Span<UInt8>) -> String { sha1(bytes).prefix(12).hexadecimal }

    /// 32 bytes.
    package static func sha256(_ bytes: Span<UInt8>) -> [UInt8] {
        var context = SHA2_CTX()
        SHA256Init(&context)
        bytes.withUnsafeBufferPointer { SHA256Update(&context, $0.baseAddress, $0.count) }
        let digest = [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { buffer, count in
            SHA256Final(buffer.baseAddress, &context)
            count = buffer.count
        }
        explicit_bzero(&context, MemoryLayout.size(ofValue: context))
        return digest
    }

    /// HMAC-SHA-256 of a message (RFC 2104). Its key is not wiped.
    package static func hmacSHA256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        let length = Int(SHA256_BLOCK_LENGTH)
        var key = key.count > length ? sha256(key.span) : key
        key += Array(repeating: 0, count: length - key.count)
        let inner = sha256((key.map { $0 ^ 0x36 } + message).span)
        return sha256((key.map { $0 ^ 0x5C } + inner).span)
    }
}

extension Sequence<UInt8> {
    /// Two small hexadecimal digits for each byte.
    package var hexadecimal: String {
        func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * underestimatedCount)
        for byte in self {
            digits.append(digit(byte >> 4))
            digits.append(digit(byte & 15))
        }
        return String(decoding: digits, as: UTF8.self)
    }
}
