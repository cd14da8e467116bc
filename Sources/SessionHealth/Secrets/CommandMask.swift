/// A command from settings as it may be shown to anybody: what could be a secret in it is left out. Nobody can tell what an
/// argument of some program is, so those that are known to be none are shown, and no others. Whoever is to approve it sees
/// it whole.
package struct CommandMask {
    private static let mark = "[…]"
    private static let operators = ["||", "&&", "|", ";", "&", "(", ")", "{", "}", "!"]
    /// What another command comes after.
    private static let prefixes = ["exec", "command", "nohup", "if", "then", "else", "fi", "do"]
    private static let words = [
        "sso", "login", "logout", "sts", "get-caller-identity", "configure", "export-credentials", "credentials",
        "cover", "true",
    ]
    /// Options and variables whose values name something.
    private static let naming = ["--profile", "--sso-session", "--region", "--format", "--output"]
    private static let variables = [AWSVariable.profile, AWSVariable.region, AWSVariable.defaultRegion]

    private var shown: [String] = []
    private var isProgramNext = true
    private var isNameNext = false

    package static func shown(_ line: String) -> String {
        guard let words = ShellWords.split(line) else { return mark }
        let inner = AWSCommandLine.withoutShell(line)
        if inner != line { return "\(words[0]) \(words[1]) \(ShellWords.quoted(shown(inner)))" }
        var mask = CommandMask()
        for word in words { mask.add(word) }
        let shown = mask.shown.joined(separator: " ")
        // With its quotes, if it is shown whole.
        return shown.contains(Self.mark) ? shown : line
    }

    /// The same for what is to be approved, with everything but ASCII written out.
    package static func spelledOut(_ line: String) -> String {
        shown(line).spelledOut.replacing(mark.spelledOut, with: mark)
    }

    private mutating func add(_ word: String) {
        if word.count > 1, word.hasSuffix(";") {
            add(String(word.dropLast()))
            shown[shown.count - 1] += ";"
            isProgramNext = true
        } else if Self.operators.contains(word) {
            shown.append(word)
            (isProgramNext, isNameNext) = (true, false)
        } else if word.hasPrefix(">") || word.hasPrefix("2>") {
            shown.append(["/dev/null", "&1", "&2"].contains { word.hasSuffix(">\($0)") } ? word : Self.mark)
        } else if isProgramNext {
            addProgram(word)
        } else {
            addArgument(word)
        }
    }

    private mutating func addProgram(_ word: String) {
        if let mark = word.firstIndex(of: "=") {
            let isNaming = Self.variables.contains(String(word[..<mark])) && Self.isName(word[mark...].dropFirst())
            shown.append(isNaming ? word : "\(word[...mark])\(Self.mark)")
        } else {
            shown.append(Self.isName(word[...]) ? word : Self.mark)
            isProgramNext = Self.prefixes.contains(word) || "/\(word)".hasSuffix("/env")
        }
    }

    private mutating func addArgument(_ word: String) {
        let isNamed = isNameNext
        isNameNext = false
        if isNamed || Self.words.contains(word) {
            shown.append(Self.isName(word[...]) ? word : Self.mark)
        } else if word.hasPrefix("-"), let mark = word.firstIndex(of: "=") {
            let isNaming = Self.naming.contains(String(word[..<mark])) && Self.isName(word[mark...].dropFirst())
            shown.append(isNaming ? word : "\(word[...mark])\(Self.mark)")
        } else if word.hasPrefix("--") {
            shown.append(word)
            isNameNext = Self.naming.contains(word)
        } else {
            shown.append(Self.mark)
        }
    }

    /// Neither an address nor something that a shell makes more of.
    private static func isName(_ text: Substring) -> Bool {
        !text.utf8.contains { "@|;&<>`()\n".utf8.contains($0) } && !text.contains("://")
    }
}
