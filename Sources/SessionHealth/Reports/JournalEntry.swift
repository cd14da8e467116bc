import FoundationEssentials

/// One entry of the agent as it is read back from the journal.
package struct JournalEntry: Equatable, Sendable {
    package var at: Date
    /// By the journal's names: `MESSAGE`, `PRIORITY`, `BEDROCK_SESSION` …
    package var fields: [String: String]

    package init(at: Date, fields: [String: String]) {
        self.at = at
        self.fields = fields
    }

    package var message: String { fields["MESSAGE"] ?? "" }
    package var messageID: String? { fields["MESSAGE_ID"] }
    /// nil for one that is none of ours.
    package var priority: JournalMessage.Priority? {
        fields["PRIORITY"].flatMap { Int($0) }.flatMap(JournalMessage.Priority.init)
    }

    /// One JSON object: `at`, `message`, `messageId`, `priority` in a word, and the `BEDROCK_…` fields, named as in
    /// `status --json`.
    package var json: [UInt8] {
        var object = ["at": Timestamp.format(at), "message": message]
        object["messageId"] = messageID
        object["priority"] = priority.map { "\($0)" }
        for (name, value) in fields {
            let words = name.split(separator: "_").map { $0.lowercased() }
            guard words.count > 1, words[0] == "bedrock" else { continue }
            object[words[1] + words[2...].map(\.asTitle).joined()] = value
        }
        return JSONCoding.encode(object)
    }
}

extension String {
    /// `expires` as `Expires`.
    fileprivate var asTitle: String { prefix(1).uppercased() + dropFirst() }
}
