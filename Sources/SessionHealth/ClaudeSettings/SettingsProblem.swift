/// A problem with one of Claude Code's settings files: where it is, and how to fix it.
package struct SettingsProblem: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Kind: Equatable, Sendable {
        // For these, Claude Code skips the whole file.
        case unreadable(UnreadableFile)
        case tooLarge
        case notJSON(JSONError)
        case notObject
        /// One value is not what it must be.
        case refused(key: String, expected: String, line: Int)
        /// Nothing but white space, or no value in any object of it.
        case empty(isJSON: Bool)

        // For these, Claude Code ignores one setting.
        case envNotObject(line: Int)
        case variableNotString(String, line: Int)
        case commandNotString(line: Int)

        // For these, the agent does not run the file's command.
        case wrongOwner
        /// The file, or a folder or a link on the way to it.
        case writableByOthers(OpenPlace)

        /// It is set, but does not apply to Bedrock; the value is where it is set.
        case apiKeyHelper(Provenance)
    }

    package let path: String
    package let kind: Kind
    private let layer: SettingsLayer.Kind
    private var isManaged: Bool { layer == .managed }

    /// One wrong value makes Claude Code ignore the whole file.
    package var isRefusal: Bool {
        guard case .refused = kind else { return false }
        return true
    }

    /// Claude Code does not start: it has to be able to read managed settings and its own state.
    package var stopsClaude: Bool {
        guard layer == .managed || layer == .state else { return false }
        switch kind {
        case .notJSON: return true
        case .notObject, .refused: return layer == .managed
        default: return false
        }
    }

    init(_ kind: Kind, in layer: SettingsLayer) {
        path = layer.path
        self.kind = kind
        self.layer = layer.kind
    }

    package var description: String {
        switch kind {
        case .unreadable(let file): "\(path) cannot be read: \(file.reason)"
        case .tooLarge: "\(path) is larger than 2 MiB, so Claude Code does not read it"
        case .notJSON(let error):
            "\(path) is not JSON, so Claude Code \(stopsClaude ? "does not start" : "skips the whole file"): \(error)"
        case .notObject:
            "\(path) is JSON but not an object, so Claude Code \(stopsClaude ? "does not start" : "skips it")"
        case .refused(let key, let expected, let line):
            "\(path), line \(line): \(key) must be \(expected), so Claude Code"
                + (stopsClaude ? " does not start" : " ignores the whole file")
        case .empty: "\(path) is empty: it sets nothing"
        case .envNotObject(let line): "\(path), line \(line): env is not an object"
        case .variableNotString(let name, let line):
            "\(path), line \(line): env.\(name) is neither a string nor a number or boolean"
        case .commandNotString(let line): "\(path), line \(line): awsAuthRefresh is not a string"
        case .wrongOwner:
            "\(path) is not owned by \(isManaged ? "root" : "you"), so its awsAuthRefresh and its AWS variables are not used"
        case .writableByOthers(let place):
            "\(place.path) can be \(place.kind == .linkOfOthers ? "replaced" : "written") by others, so"
                + (place.path == path ? " its" : " \(path) is not trusted: its")
                + " awsAuthRefresh and its AWS variables are not used"
        case .apiKeyHelper(let source):
            "apiKeyHelper (\(source)) does not apply to Bedrock: before 2.1.101 its header broke requests"
        }
    }

    /// What to do about it.
    package var fix: String {
        switch kind {
        case .unreadable(let file): file.fix
        case .tooLarge: "shorten \(path) to less than 2 MiB"
        case .notJSON(let error): "correct line \(error.line) of \(path)"
        case .notObject: "put the settings of \(path) between { and }"
        case .refused(let key, _, let line): "correct or remove \(key) in line \(line) of \(path)"
        // Sessions have been seen to leave `{}` or nothing behind: it is more often damage than a choice.
        case .empty: "bedrock-agent setup, or restore a backup of \(path)"
        case .envNotObject: "make env in \(path) an object"
        case .variableNotString(let name, _): "make env.\(name) in \(path) a string"
        case .commandNotString: "make awsAuthRefresh in \(path) a string"
        case .wrongOwner: "sudo chown \(isManaged ? "root" : "\"$(id -u)\"") \(ShellWords.quoted(path))"
        case .writableByOthers(let place): place.fix
        case .apiKeyHelper: "remove apiKeyHelper, or use Claude Code 2.1.101 or later"
        }
    }
}
