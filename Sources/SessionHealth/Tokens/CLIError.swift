/// An error in the output of the AWS CLI. Before 2.34 it was one line; since then `cli_error_format` chooses: lines with
/// details below the first, JSON, YAML, text or a table.
struct CLIError: Equatable, Sendable {
    /// The exceptions of the service, and their names in OAuth.
    static let unknownClient = [
        "InvalidClientException", "UnauthorizedClientException", "invalid_client", "unauthorized_client",
    ]

    /// The last line with a word in it.
    private var lastLine: String?
    /// The line that begins the error.
    private var opening: String?
    private var details: [String: String] = [:]

    /// In one line; nil without one.
    var reason: String? {
        let said = ["error_description", "Message"].lazy.compactMap { details[$0] }.first { !$0.isEmpty }
        if let opening { return opening.hasSuffix(":") ? said.map { "\(opening) \($0)" } ?? opening : opening }
        if let code = details["Code"] { return said.map { "\(code): \($0)" } ?? code }
        return lastLine
    }

    /// Takes the next line, without what is secret.
    mutating func append(_ line: String) {
        guard line.contains(where: { $0.isLetter || $0.isNumber || $0 == "…" }) else { return }
        lastLine = line
        if line.contains("An error occurred") {
            opening = line
            details = [:]
        }
        guard let colon = line.firstIndex(of: ":") else { return }
        let key = line[..<colon].filter { $0 != "\"" }
        guard ["Code", "Message", "error_description"].contains(key) else { return }
        details[key] = line[line.index(after: colon)...].trimmed(of: " ,\"'")
    }
}

extension Substring {
    fileprivate func trimmed(of characters: String) -> String {
        var text = self
        while let first = text.first, characters.contains(first) { text.removeFirst() }
        while let last = text.last, characters.contains(last) { text.removeLast() }
        return String(text)
    }
}
