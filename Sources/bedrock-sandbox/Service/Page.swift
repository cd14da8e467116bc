import Foundation

/// One page of a list, and the token for the next page.
struct Page<Item: Sendable>: Sendable {
    let items: [Item]
    /// Nil on the last page.
    let nextToken: String?

    /// Returns one page of the list, with at most `most` items. Nil for a size outside `sizes` or an unknown token.
    init?(of all: [Item], size: String?, token: String?, sizes: ClosedRange<Int>, most: Int) {
        var count = sizes.upperBound
        if let size {
            guard let number = Int(size), sizes.contains(number) else { return nil }
            count = number
        }
        var start = 0
        if let token {
            guard let offset = Self.offset(in: token), all.indices.contains(offset) else { return nil }
            start = offset
        }
        let end = min(start + min(count, most), all.count)
        items = Array(all[start..<end])
        nextToken = end < all.count ? Self.token(for: end) : nil
    }

    /// As AWS's can be: with `+`, `/` and `=` in it.
    private static func token(for offset: Int) -> String {
        var bytes = mark + Data("from:\(offset)".utf8)
        while bytes.count % 3 != 1 { bytes.append(UInt8(ascii: " ")) }
        return bytes.base64EncodedString()
    }

    /// `+//+` in base64.
    private static var mark: Data { Data([0xFB, 0xFF, 0xFE]) }

    private static func offset(in token: String) -> Int? {
        guard let data = Data(base64Encoded: token), data.starts(with: mark) else { return nil }
        let text = String(decoding: data.dropFirst(mark.count), as: UTF8.self)
        return text.hasPrefix("from:") ? Int(text.dropFirst(5).trimmingCharacters(in: .whitespaces)) : nil
    }
}
