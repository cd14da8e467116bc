import Host
import SessionHealth

/// Journal entries as lines for people.
struct LogText {
    let catalog: Catalog?
    let isColored: Bool
    /// What was explained already.
    private var explained: Set<String> = []

    init(catalog: Catalog?, isColored: Bool) {
        self.catalog = catalog
        self.isColored = isColored
    }

    /// The entry on a line, and what it means the first time that this kind of entry comes.
    mutating func lines(of entry: JournalEntry) -> String {
        var text = "\(LocalTime.full(entry.at))  \(colored(entry.message.printable, entry.priority))\n"
        guard let id = entry.messageID, let meaning = catalog?.texts[id], explained.insert(id).inserted else {
            return text
        }
        for line in meaning.lines(for: entry.fields) { text += line.isEmpty ? "\n" : "    \(line)\n" }
        return text + "\n"
    }

    private func colored(_ message: String, _ priority: JournalMessage.Priority?) -> String {
        guard isColored else { return message }
        return switch priority {
        case .error: "\u{1b}[31m\(message)\u{1b}[0m"
        case .warning: "\u{1b}[33m\(message)\u{1b}[0m"
        case .notice, .info, nil: message
        }
    }
}
