/// Why the AWS CLI rejects a whole configuration file. Never quotes a value: it may be a secret.
package struct INIError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        case notUTF8
        case byteOrderMark
        case textBeforeSection
        case duplicateSection(String, first: Int)
        case duplicateKey(String, section: String, first: Int)
        case noEqualsSign
        case noKey
        case nestedWithoutEqualsSign(under: String)
        /// Not the AWS CLI's reason but ours.
        case tooLong
    }

    package var reason: Reason
    package var place: ConfigPlace

    init(_ reason: Reason, _ place: ConfigPlace) {
        self.reason = reason
        self.place = place
    }

    package var description: String {
        let what =
            switch reason {
            case .notUTF8: "bytes that are not UTF-8"
            case .byteOrderMark: "the file begins with a byte order mark"
            case .textBeforeSection: "text before the first [section]"
            case .duplicateSection(let name, let first): "[\(name)] again, after line \(first)"
            case .duplicateKey(let key, let section, let first):
                "\(key) again in [\(section)], after line \(first) (case does not count)"
            case .noEqualsSign: "a line that is neither a [section], key = value, nor a comment"
            case .noKey: "a value without a key"
            case .nestedWithoutEqualsSign(let key): "a line without = in the block under \(key)"
            case .tooLong: "more than \(INIFile.longest) sections and keys in one file"
            }
        let who = reason == .tooLong ? "bedrock-agent reads no such file" : "the AWS CLI refuses the whole file"
        return "\(place): \(what); \(who)"
    }

    /// What to do about it.
    package var fix: String {
        switch reason {
        case .notUTF8: "Save \(place.path) as UTF-8."
        case .byteOrderMark: "Save \(place.path) as UTF-8 without a byte order mark."
        case .textBeforeSection: "Put a [profile NAME] line above line \(place.line), or remove it."
        case .duplicateSection(let name, let first):
            "Move the keys below line \(place.line) to [\(name)] at line \(first), and remove line \(place.line)."
        case .duplicateKey(_, _, let first): "Remove line \(first) or line \(place.line) of \(place.path)."
        case .tooLong: "Remove from \(place.path) what no profile needs."
        case .noEqualsSign, .noKey, .nestedWithoutEqualsSign:
            "Write line \(place.line) of \(place.path) as key = value, or put # before it."
        }
    }
}
