/// What is wrong with one of Claude Code's settings files: says where, and what to do.
package struct SettingsProblem: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Kind: Equatable, Sendable {
        // Claude Code skips the whole file.
        /// Why, in a few words.
        case unreadable(String)
        case tooLarge
        case notJSON(JSONError)
        case notObject
        /// Nothing but white space, or no value in any object of it.
        case empty(isJSON: Bool)

        // Claude Code passes over one setting, by its key in the file.
        case envNotObject(line: Int)
        case variableNotString(String, line: Int)
        case commandNotString(line: Int)

        // The agent does not run the command that is in it.
        case wrongOwner
        case writableByOthers

        /// It is set, and is not for Bedrock; where.
        case apiKeyHelper(Provenance)
    }

    package let path: String
    package let kind: Kind
    /// It is a managed file, and so root's.
    private let isManaged: Bool

    init(_ kind: Kind, in layer: SettingsLayer) {
        path = layer.path
        self.kind = kind
        isManaged = layer.kind == .managed
    }

    package var description: String {
        switch kind {
        case .unreadable(let reason): "\(path) cannot be read: \(reason)"
        case .tooLarge: "\(path) is larger than 2 MiB, so Claude Code does not read it"
        case .notJSON(let error): "\(path) is not JSON, so Claude Code skips the whole file: \(error)"
        case .notObject: "\(path) is JSON but not an object, so Claude Code skips it"
        case .empty: "\(path) is empty: it sets nothing"
        case .envNotObject(let line): "\(path), line \(line): env is not an object"
        case .variableNotString(let name, let line): "\(path), line \(line): env.\(name) is not a string"
        case .commandNotString(let line): "\(path), line \(line): awsAuthRefresh is not a string"
        case .wrongOwner:
            "\(path) is not owned by \(isManaged ? "root" : "you"), so its awsAuthRefresh is not run"
        case .writableByOthers: "\(path) can be written by others, so its awsAuthRefresh is not run"
        case .apiKeyHelper(let source):
            "apiKeyHelper (\(source)) does not apply to Bedrock: before 2.1.101 its header broke requests"
        }
    }

    /// What to do about it.
    package var fix: String {
        switch kind {
        case .unreadable: "make \(path) readable: chmod u+r"
        case .tooLarge: "shorten \(path) to less than 2 MiB"
        case .notJSON(let error): "correct line \(error.line) of \(path)"
        case .notObject: "put the settings of \(path) between { and }"
        // Sessions have been seen to leave `{}` or nothing behind: it is more often damage than a choice.
        case .empty: "bedrock-agent setup, or restore a backup of \(path)"
        case .envNotObject: "make env in \(path) an object"
        case .variableNotString(let name, _): "make env.\(name) in \(path) a string"
        case .commandNotString: "make awsAuthRefresh in \(path) a string"
        case .wrongOwner: "sudo chown \(isManaged ? "root" : "\"$(id -u)\"") \(ShellWords.quoted(path))"
        case .writableByOthers: "chmod go-w \(ShellWords.quoted(path))"
        case .apiKeyHelper: "remove apiKeyHelper, or use Claude Code 2.1.101 or later"
        }
    }
}
