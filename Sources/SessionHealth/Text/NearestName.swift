/// Suggestions for a name that does not exist.
package enum NearestName {
    /// The candidates within so many single-letter changes, nearest first, at most three.
    /// - Parameter limit: by default a third of the name's length, at least 2.
    package static func suggestions(
        for name: String, among candidates: some Sequence<String>, within limit: Int? = nil
    ) -> [String] {
        let wanted = Array(name.lowercased().unicodeScalars)
        let limit = limit ?? self.limit(for: name)
        // Nobody mistypes so long a name, and the work grows with the square of its length.
        guard wanted.count <= longest else { return [] }
        return
            candidates
            .filter { $0.utf8.count <= 4 * (longest + limit) }
            .map { (name: $0, distance: distance(wanted, Array($0.lowercased().unicodeScalars))) }
            .filter { $0.distance <= limit }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
            .prefix(3).map(\.name)
    }

    private static let longest = 200

    /// A slip or two of the fingers: names that share a long part, as `old-profile` and `new-profile`, are further apart.
    package static let slips = 2

    /// How many single-letter changes away another name is still similar.
    static func limit(for name: String) -> Int { max(2, name.unicodeScalars.count / 3) }

    /// The Levenshtein distance between two names.
    static func distance(_ left: String, _ right: String) -> Int {
        distance(Array(left.lowercased().unicodeScalars), Array(right.lowercased().unicodeScalars))
    }

    /// The Levenshtein distance: letters to insert, remove or replace.
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}
