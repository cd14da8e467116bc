import Foundation

/// Creates secrets, and the short IDs that may be shown instead.
struct Mint: Sendable {
    private var counts: [String: Int] = [:]

    /// `rt-1`, `rt-2`, … for the kind `rt`.
    mutating func id(_ kind: String) -> String {
        counts[kind, default: 0] += 1
        return "\(kind)-\(counts[kind, default: 0])"
    }

    /// Random, base64url without padding: safe in URLs, headers and JSON.
    func secret(_ prefix: String = "", bytes: Int = 48) -> String {
        let random = Data((0..<bytes).map { _ in UInt8.random(in: .min ... .max) })
        return prefix + random.base64URL
    }

    /// A user code that is easy to read out: `ABCD-EFGH`, without vowels, so it never spells a word.
    func userCode() -> String {
        let letters = Array("BCDFGHJKLMNPQRSTVWXZ")
        let code = (0..<8).map { _ in letters[Int.random(in: letters.indices)] }
        return String(code[..<4]) + "-" + String(code[4...])
    }

    /// An access key ID as for temporary credentials: `ASIA` and 16 more characters.
    func accessKeyID() -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        return "ASIA" + String((0..<16).map { _ in letters[Int.random(in: letters.indices)] })
    }
}

extension Data {
    /// Base64 in the URL alphabet, without padding (RFC 4648 §5).
    var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
