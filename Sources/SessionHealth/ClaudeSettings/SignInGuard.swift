/// A sign-in that a command line makes only where another call of the AWS CLI fails. That call works with cached role
/// credentials although the session has ended.
struct SignInGuard: Equatable {
    /// The other call, without its options.
    let check: String
    /// The sign-in behind it, where that is one that may be shown to anybody; nil where it takes a shell to tell.
    private let signIn: String?

    /// Nil where there is none.
    init?(_ line: String) {
        let text = AWSCommandLine.withoutShell(line)
        if let bar = text.firstRange(of: "||") {
            guard let check = Self.call(in: text[..<bar.lowerBound]) else { return nil }
            self.check = check
            let rest = String(text[bar.upperBound...]).trimmed(of: " \t\n(){};")
            let behind = AuthRefresh(rest)
            let isOurs = behind.callsOnUs && !rest.contains { ";&|`$()<>".contains($0) }
            signIn = behind.aws?.isPlainSignIn == true || isOurs ? rest : nil
            return
        }
        let mark = ["; then", ";then", "\nthen", "&& exit", "&& return"].lazy
            .compactMap { text.firstRange(of: $0) }.first
        guard let mark, text[mark.upperBound...].contains("login"), let check = Self.call(in: text[..<mark.lowerBound])
        else { return nil }
        self.check = check
        signIn = nil
    }

    /// The command without the guard.
    func instead(for profile: ResolvedProfile) -> String { signIn ?? AuthRefresh.signIn(to: profile) }

    /// The call of the AWS CLI for anything but its sign-in that a text is, without what surrounds it.
    private static func call(in text: Substring) -> String? {
        guard var words = ShellWords.split(String(text)) else { return nil }
        while let first = words.first, ["if", "!", "(", "{"].contains(first) { words.removeFirst() }
        guard let start = words.firstIndex(where: { $0.split(separator: "/").last == "aws" }) else { return nil }
        let call = words[start...].prefix { !$0.contains(">") && $0 != ";" && $0 != "|" && $0 != "&&" }
        let isOther =
            call.count > 1 && !call.contains("sso")
            && (!call.contains("configure") || call.contains("export-credentials"))
        return isOther ? call.prefix { !$0.hasPrefix("-") }.prefix(3).joined(separator: " ") : nil
    }
}

extension String {
    /// Without these characters at either end.
    fileprivate func trimmed(of characters: String) -> String {
        var text = Substring(self)
        while let first = text.first, characters.contains(first) { text.removeFirst() }
        while let last = text.last, characters.contains(last) { text.removeLast() }
        return String(text)
    }
}
