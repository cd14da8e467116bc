/// The message catalogue: what each kind of journal entry means, and what to do.
///
/// The format is journald's: `-- ID`, header lines, an empty line, prose with `@FIELD@` in it.
package struct Catalog {
    /// What is said about one kind of entry.
    package struct Text: Equatable {
        package var headers: [String: String] = [:]
        package var prose: [String] = []

        /// The subject and the prose, with the fields of an entry in their places; one that the entry lacks stays as
        /// its name. Fields hold what others wrote, so they are made printable.
        package func lines(for fields: [String: String]) -> [String] {
            ([headers["Subject"] ?? "", ""] + prose).map { Text.fill(in: $0, fields) }
        }

        private static func fill(in line: String, _ fields: [String: String]) -> String {
            var filled = ""
            var rest = line[...]
            while let start = rest.firstIndex(of: "@") {
                let name = rest[rest.index(after: start)...].prefix { $0 != "@" }
                guard let value = fields[String(name)], name.endIndex < rest.endIndex else {
                    filled += rest[...start]
                    rest = rest[rest.index(after: start)...]
                    continue
                }
                filled += rest[..<start] + value.printable
                rest = rest[rest.index(after: name.endIndex)...]
            }
            return filled + rest
        }
    }

    /// By MESSAGE_ID.
    package private(set) var texts: [String: Text] = [:]

    package init(parsing bytes: [UInt8]) {
        var id: String?
        var inHeaders = false
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        for line in lines where !line.hasPrefix("#") {
            if line.hasPrefix("-- ") {
                id = String(line.dropFirst(3).prefix { $0 != " " })
                inHeaders = true
            } else if let id, inHeaders, let colon = line.firstIndex(of: ":") {
                let value = line[line.index(after: colon)...].drop { $0 == " " }
                texts[id, default: Text()].headers[String(line[..<colon])] = String(value)
            } else if inHeaders {
                inHeaders = !line.isEmpty
            } else if let id {
                texts[id, default: Text()].prose.append(String(line))
            }
        }
        for id in texts.keys {
            while texts[id]?.prose.last?.isEmpty == true { texts[id]?.prose.removeLast() }
        }
    }
}
