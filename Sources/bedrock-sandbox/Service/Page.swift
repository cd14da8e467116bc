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
        nextToken = end < all.count ? Data("from:\(end)".utf8).base64URL : nil
    }

    private static func offset(in token: String) -> Int? {
        let padded = token + String(repeating: "=", count: (4 - token.count % 4) % 4)
        guard let data = Data(base64Encoded: padded) else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        return text.hasPrefix("from:") ? Int(text.dropFirst(5)) : nil
    }
}
