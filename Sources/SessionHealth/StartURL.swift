/// The address of an access portal, as people copy it from their browser.
package enum StartURL {
    /// What is wrong with it, as it follows the URL in a sentence; nil for one that can be signed in to.
    package static func problem(_ text: String) -> String? {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return "holds more than plain letters" }
        guard text.lowercased().hasPrefix("https://") else { return "does not begin with https://" }
        let host = host(text)
        guard host.contains("."), !host.contains("@") else { return "names no host" }
        return nil
    }

    /// A name for the session behind it: `corp` of `https://corp.awsapps.com/start`, made different from those taken.
    package static func sessionName(for text: String, taken: some Collection<String>) -> String {
        let label = host(text).prefix { $0 != "." }.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        let name = label.isEmpty ? "sso" : String(label).lowercased()
        guard taken.contains(name) else { return name }
        return (2...).lazy.map { "\(name)-\($0)" }.first { !taken.contains($0) } ?? name
    }

    private static func host(_ text: String) -> Substring {
        text.dropFirst("https://".count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    }
}
