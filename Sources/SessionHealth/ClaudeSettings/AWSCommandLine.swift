/// A shell command line that is one call of the AWS CLI, as far as that can be told without running it.
package struct AWSCommandLine: Equatable, Sendable {
    /// As it was written: `aws`, or a path.
    package private(set) var program: String
    /// What follows it, without `--profile`.
    package private(set) var words: [String] = []
    /// By `--profile`, else by `AWS_PROFILE` in front of it; nil where it leaves that to its environment.
    package private(set) var profile: String?
    /// No other shell runs it, and no variable but `AWS_PROFILE` is set for it.
    private let isDirect: Bool

    /// Nil where it is anything else.
    package init?(_ line: String) {
        let bare = Self.withoutShell(line)
        guard var rest = Self.simple(bare)?[...] else { return nil }
        var profile: String?
        var isDirect = bare == line
        if let first = rest.first, first == "exec" || "/\(first)".hasSuffix("/env") { rest.removeFirst() }
        while let word = rest.first, let mark = word.firstIndex(of: "="), Self.isName(word[..<mark]) {
            let isProfile = word[..<mark] == AWSVariable.profile
            if isProfile { profile = String(word[word.index(after: mark)...]) } else { isDirect = false }
            rest.removeFirst()
        }
        self.isDirect = isDirect
        guard let program = rest.popFirst(), program.split(separator: "/").last == "aws" else { return nil }
        self.program = program
        while let word = rest.popFirst() {
            if word == "--profile" {
                profile = rest.popFirst() ?? profile
            } else if word.hasPrefix("--profile=") {
                profile = String(word.dropFirst("--profile=".count))
            } else {
                words.append(word)
            }
        }
        let isInherited = profile == "$\(AWSVariable.profile)" || profile == "${\(AWSVariable.profile)}"
        self.profile = isInherited ? nil : profile
    }

    package var isSignIn: Bool { words.starts(with: ["sso", "login"]) }

    /// A sign-in with nothing but options that `setup` might have written: as safe to run as its program is.
    package var isPlainSignIn: Bool {
        guard isDirect, isSignIn else { return false }
        var rest = words.dropFirst(2)
        while let word = rest.popFirst() {
            if word == "--sso-session" { rest = rest.dropFirst() }
            guard
                ["--sso-session", "--no-browser", Self.deviceCode, "--no-cli-pager"].contains(word)
                    || word.hasPrefix("--sso-session=")
            else { return false }
        }
        return true
    }

    /// Selects the device flow in the AWS CLI 2.22 and later; older ones have no other, and refuse it.
    package static let deviceCode = "--use-device-code"

    /// The value of an option other than `--profile`.
    package func value(of option: String) -> String? { Self.value(of: option, in: words) }

    static func value(of option: String, in words: [String]) -> String? {
        if let joined = words.first(where: { $0.hasPrefix(option + "=") }) {
            return String(joined.dropFirst(option.count + 1))
        }
        guard let index = words.firstIndex(of: option), index + 1 < words.count else { return nil }
        return words[index + 1]
    }

    /// The words of one command; nil where a shell makes more of the line than that.
    private static func simple(_ line: String) -> [String]? {
        guard let words = ShellWords.split(line) else { return nil }
        let redirections = ["2>/dev/null", ">/dev/null", "2>&1", ">&2", "1>&2"]
        let kept = words.filter { !redirections.contains($0) }
        let isPlain = kept.allSatisfy { word in !word.utf8.contains { "|;&<>`()\n".utf8.contains($0) } }
        return isPlain ? kept : nil
    }

    /// The line inside `bash -lc '…'` and the like; any other as it is.
    static func withoutShell(_ line: String) -> String {
        guard let words = ShellWords.split(line), words.count == 3, ["-c", "-lc"].contains(words[1]),
            let program = words[0].split(separator: "/").last, ["sh", "bash", "dash", "zsh"].contains(program)
        else { return line }
        return words[2]
    }

    private static func isName(_ text: Substring) -> Bool {
        text.first?.isNumber == false && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}
