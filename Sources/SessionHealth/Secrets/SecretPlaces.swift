/// Where secrets are in a text, found by their keys. `SecretCover` overwrites them, `SecretMask` leaves them out.
enum SecretPlaces {
    // MARK: JSON

    /// The strings and numbers that are secret, in the order of the text. Variables of `env` are named by anybody; of
    /// those only what Claude Code and AWS know is none.
    /// - Parameter showsProxies: a password in the address of a proxy is none, for it is to be used.
    static func json(below root: JSONNode, in text: Span<UInt8>, showsProxies: Bool = false) -> [JSONNode] {
        var secrets: [JSONNode] = []
        collect(root, at: [], isSecret: false, showsProxies, in: text, into: &secrets)
        return secrets
    }

    private static func collect(
        _ node: JSONNode, at path: [String], isSecret: Bool, _ showsProxies: Bool, in text: Span<UInt8>,
        into secrets: inout [JSONNode]
    ) {
        switch node.kind {
        case .object(let members):
            for member in members {
                let name = member.name(in: text)
                // What we write is shown, whatever a profile is called.
                guard !SetupKey.all.contains(path + [name]) else { continue }
                if path.last == ClaudeKey.env, !isSecret, CountingEnvironment.counts(name) {
                    // A path, an address or a name. Proxies are also written without a scheme.
                    let isSafe = member.value.string(in: text).map { value in
                        let bytes = Array(value.utf8)
                        return !namesUser(bytes)
                            && !(name.lowercased().hasSuffix("proxy") && bytes.contains(UInt8(ascii: "@")))
                    }
                    if isSafe == false, !showsProxies { secrets.append(member.value) }
                    continue
                }
                // A plain call of the AWS CLI, or of ours, names a profile and no secret.
                if path.isEmpty, name == ClaudeKey.credentialExport, let line = member.value.string(in: text),
                    AWSCommandLine(line) != nil || CredentialExport(line) != nil,
                    ShellWords.split(line)?.first?.contains("=") == false
                {
                    continue
                }
                let isOfOthers = path.last == ClaudeKey.env && !isKnown(variable: name)
                collect(
                    member.value, at: path + [name], isSecret: isSecret || self.isSecret(name) || isOfOthers,
                    showsProxies, in: text, into: &secrets)
            }
        case .array(let elements):

            for element in elements {
                collect(element, at: path, isSecret: isSecret, showsProxies, in: text, into: &secrets)
            }
        case .string: if isSecret || node.string(in: text).map(holdsSecret) ?? true { secrets.append(node) }
        case .number: if isSecret { secrets.append(node) }
        case .bool, .null: break
        }
    }

    /// Whether a text may hold a secret: a command with one among its arguments, an address with a password.
    private static func holdsSecret(_ value: String) -> Bool {
        let text = Array(value.lowercased().utf8)
        return (words + ["bearer", "private key"]).contains { !text.places(of: $0).isEmpty } || namesUser(text)
    }

    /// Whether a text holds an address with a user in it.
    private static func namesUser(_ text: [UInt8]) -> Bool {
        text.places(of: "://").contains { place in
            text[(place + 3)...].prefix { $0 > 0x20 && $0 != UInt8(ascii: "/") }.contains(UInt8(ascii: "@"))
        }
    }

    // MARK: AWS configuration

    /// The values of secret keys, each line by itself. One that was taken out by a comment mark is one still, and what
    /// follows on indented lines belongs to it.
    /// - Parameters:
    ///   - isSecret: whether the value of this key is one; the key is in lower case and without blanks.
    ///   - coversNested: an indented line that looks like a setting of its own belongs to the value, too.
    static func configuration(
        _ text: [UInt8], coversNested: Bool, isSecret: (String) -> Bool
    ) -> [Range<Int>] {
        var places: [Range<Int>] = []
        var start = 0
        var isContinued = false
        while start < text.count {
            var end = start
            var mark: Int?
            while end < text.count, text[end] != UInt8(ascii: "\n"), text[end] != UInt8(ascii: "\r") {
                if mark == nil, text[end] == UInt8(ascii: "=") || text[end] == UInt8(ascii: ":") { mark = end }
                end += 1
            }
            let line = INIText.trimmedStart(text[start..<end])
            if let mark, isSecret(key(text[start..<mark])) {
                places.append(INIText.trimmedStart(text[(mark + 1)..<end]).startIndex..<end)
                isContinued = true
            } else if isContinued, line.startIndex > start, !line.isEmpty, mark == nil || coversNested {
                places.append(line.startIndex..<end)
            } else if !line.isEmpty {
                isContinued = false
            }
            start = end + 1
        }
        return places
    }

    private static func key(_ text: ArraySlice<UInt8>) -> String {
        String(decoding: text.filter { !" \t#;".utf8.contains($0) }, as: UTF8.self).lowercased()
    }

    // MARK: Names

    private static func isKnown(variable name: String) -> Bool {
        ["ANTHROPIC_", "AWS_", "CLAUDE_", "DISABLE_", "ENABLE_"].contains { name.hasPrefix($0) }
    }

    private static let words = [
        "token", "secret", "password", "passwd", "passphrase", "apikey", "api-key", "_key", "accesskey", "privatekey",
        "credential", "authorization", "headers", "cookie",
    ]

    /// Whether a key's value is not for showing, by what such keys are called. Proxies may name a user's password.
    static func isSecret(_ key: String) -> Bool {
        let name = key.lowercased()
        let bytes = Array(name.utf8)
        return words.contains { !bytes.places(of: $0).isEmpty } || name.hasSuffix("proxy")
    }
}

extension [UInt8] {
    /// Where a word begins. By bytes: a mark on a letter hides none, and of long texts `String` would take seconds.
    fileprivate func places(of word: String) -> [Int] {
        let word = Array(word.utf8)
        guard count >= word.count else { return [] }
        return (0...(count - word.count)).filter {
            self[$0] == word[0] && self[$0..<($0 + word.count)].elementsEqual(word)
        }
    }
}
