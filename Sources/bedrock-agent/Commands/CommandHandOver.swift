import FoundationEssentials
import Host
import SessionHealth

/// Takes this program out of `awsAuthRefresh`, before it is removed: from then on the AWS CLI signs in, where there is
/// one that can; else nothing, and Claude Code says so. All else stays, and `reset` still undoes it.
struct CommandHandOver {
    let paths: Paths
    let environment: [String: String]

    /// - Parameter isAgreed: nothing is asked.
    func run(isAgreed: Bool, isDryRun: Bool, at now: Date) throws {
        let record = (try? SetupRecord(of: paths.setupRecord))?.files.filter { !$0.written.isEmpty }.map(\.name) ?? []
        var commands: [(path: String, command: String?)] = []
        for path in Set(record + [paths.userSettings]).sorted() {
            let bytes = try FileContent(of: path, limit: SettingsLayer.largest)?.bytes
            guard let bytes, let document = try? JSONDocument(parsing: bytes), runsUs(document) else { continue }
            commands.append((path, try instead(document)))
            showDiff(of: path, from: bytes, to: try edit(path, commands.last?.command)(bytes).bytes)
        }
        guard !commands.isEmpty else { return say("awsAuthRefresh does not run bedrock-agent: nothing to do") }
        if isDryRun { return say("dry run: nothing was changed") }
        try Dialogue.confirm("Change this?", yes: "Change", isAgreed: isAgreed)
        let edits = FileEdits(paths)
        for (path, command) in commands {
            if let command { try edits.approve(command) }
            _ = try edits.apply(to: path, limit: SettingsLayer.largest, at: now, edit(path, command))
        }
    }

    private func edit(_ path: String, _ command: String?) -> ([UInt8]?) throws -> SettingsEdit {
        { try SettingsEdit(of: $0 ?? [], path: path, command: command) }
    }

    private func runsUs(_ document: JSONDocument) -> Bool {
        guard let line = document.string(at: SetupKey.command) else { return false }
        let refresh = AuthRefresh(line)
        return refresh.callsOnUs
            || refresh.programs.contains { $0 == "bedrock-agent" || $0.hasSuffix("/bedrock-agent") }
    }

    /// Nil where the AWS CLI cannot sign in.
    /// - Throws: if the AWS files cannot be read now.
    private func instead(_ document: JSONDocument) throws -> String? {
        guard let profile = document.string(at: SetupKey.profile), (try? AWSCommand.find(environment)) != nil,
            let config = try config(), case .sso(let resolved)? = try? config.resolve(profile)
        else { return nil }
        return AuthRefresh.signIn(to: resolved)
    }

    /// Nil where it has faults.
    private func config() throws -> AWSConfig? {
        do {
            return try AWSFiles(environment: environment, home: paths.home).config()
        } catch is INIError {
            return nil
        }
    }
}
