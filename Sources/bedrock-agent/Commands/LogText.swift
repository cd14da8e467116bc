import Host
import SessionHealth

/// Journal entries as lines for people.
struct LogText {
    let catalog: Catalog?
    let style: Style
    /// What was explained already.
    private var explained: Set<String> = []

    init(catalog: Catalog?, style: Style) {
        self.catalog = catalog
        self.style = style
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
        switch priority {
        case .error: style(message, .red)
        case .warning: style(message, .yellow)
        case .notice, .info, nil: message
        }
    }
}
