import FoundationEssentials
import Host
import SessionHealth

/// Takes this program out of `awsAuthRefresh` and `awsCredentialExport`, before it is removed: from then on the AWS CLI does
/// its part, where there is one that can; else nothing, and Claude Code says so. All else stays, and `reset` still undoes it.
struct CommandHandOver {
    let paths: Paths
    let environment: [String: String]

    /// - Parameter isAgreed: nothing is asked.
    func run(isAgreed: Bool, isDryRun: Bool, at now: Date) throws {
        let record = (try? SetupRecord(of: paths.setupRecord))?.files.filter { !$0.written.isEmpty }.map(\.name) ?? []
        var commands: [(path: String, values: [Value])] = []
        for path in Set(record + [paths.userSettings]).sorted() {
            let bytes = try FileContent(of: path, limit: SettingsLayer.largest)?.bytes
            guard let bytes, let document = try? JSONDocument(parsing: bytes) else { continue }
            let values = try values(document)
            guard !values.isEmpty else { continue }
            commands.append((path, values))
            showDiff(of: path, from: bytes, to: try edit(path, values)(bytes).bytes)
        }
        guard !commands.isEmpty else { return say("awsAuthRefresh does not run bedrock-agent: nothing to do") }
        if isDryRun { return say("dry run: nothing was changed") }
        try Dialogue.confirm("Change this?", yes: "Change", isAgreed: isAgreed)
        let edits = FileEdits(paths)
        for (path, values) in commands {
            if let command = values.first(where: { $0.key == SetupKey.command })?.value { try edits.approve(command) }
            _ = try edits.apply(to: path, limit: SettingsLayer.largest, at: now, edit(path, values))
        }
    }

    private typealias Value = (key: [String], value: String?)

    private func edit(_ path: String, _ values: [Value]) -> ([UInt8]?) throws -> SettingsEdit {
        { try SettingsEdit(of: $0 ?? [], path: path, values: values) }
    }

    /// What stands in place of each call of this program.
    private func values(_ document: JSONDocument) throws -> [Value] {
        let export = document.string(at: SetupKey.export).flatMap { CredentialExport($0) }
        var values: [Value] = []
        guard runsUs(document) || export != nil else { return [] }
        let profile = try profile(of: document, export)
        if runsUs(document) { values.append((SetupKey.command, profile.map { AuthRefresh.signIn(to: $0) })) }
        if export != nil {
            values.append(
                (
                    SetupKey.export,
                    profile.map {
                        "aws configure export-credentials --profile \(ShellWords.quoted($0.name)) --format process"
                    }
                ))
        }
        return values
    }

    private func runsUs(_ document: JSONDocument) -> Bool {
        guard let line = document.string(at: SetupKey.command) else { return false }
        let refresh = AuthRefresh(line)
        return refresh.callsOnUs
            || refresh.programs.contains { $0 == "bedrock-agent" || $0.hasSuffix("/bedrock-agent") }
    }

    /// Nil where the AWS CLI cannot sign in.
    /// - Throws: if the AWS files cannot be read now.
    private func profile(of document: JSONDocument, _ export: CredentialExport?) throws -> ResolvedProfile? {
        guard let profile = document.string(at: SetupKey.profile) ?? export?.profile,
            (try? AWSCommand.find(environment)) != nil,
            let config = try config(), case .sso(let resolved)? = try? config.resolve(profile)
        else { return nil }
        return resolved
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
