import Host
import SessionHealth

extension VarlinkClient {
    /// The daemon's status, and its JSON as it came.
    /// - Parameter folder: of Claude Code's, of which it is to speak; without one, it speaks of all.
    func status(of folder: String? = nil) throws -> (status: Status, json: [UInt8]) {
        let method = "org.bedrockagent.Control.GetStatus"
        let reply = try call(method, folder.map { ["claudeFolder": $0] } ?? [:])
        let root = try JSONNode(parsing: reply.span)
        guard let member = root.member("status", in: reply.span) else {
            throw Failure("the daemon's answer contains no status: systemctl --user restart bedrock-agent")
        }
        let json = Array(reply[member.range])
        return (try Status(json: json), json)
    }
}

/// What the daemon says about the folder of Claude Code that this process's environment names.
enum DaemonStatus {
    /// Nil where no daemon listens.
    /// - Parameter patience: seconds for each answer.
    static func ask(_ environment: [String: String], patience: Int, at now: Moment) throws -> (Status, [UInt8])? {
        let paths = Paths(environment: environment)
        guard let client = try VarlinkClient.connect(paths) else { return nil }
        client.setTimeout(patience)
        var status: Status
        let json: [UInt8]
        do {
            (status, json) = try client.status(of: paths.claudeFolder)
        } catch let error as VarlinkError where error.name.hasSuffix(".Unguarded") {
            let reader = FactsOnDisk(environment: environment, at: now)
            reader.readAll(at: now)
            status = reader.status(daemon: try client.status().status.daemon, at: now)
            if status.claude.usesBedrock { status.findings.insert(.folderUnguarded(paths.claudeFolder), at: 0) }
            return (status, status.json)
        } catch let error as VarlinkError where error.name.hasSuffix(".InvalidParameter") {
            // It is of a version that knows one folder.
            return try client.status()
        }
        guard let finding = difference(from: status, in: environment, at: now) else { return (status, json) }
        status.findings.append(finding)
        return (status, status.json)
    }

    /// What this shell exports may lead a Claude Code that is started in it elsewhere than the daemon looks.
    private static func difference(from daemon: Status, in shell: [String: String], at now: Moment) -> Finding? {
        let names = ExportedDifference.names.filter { shell[$0]?.isEmpty == false }
        guard !names.isEmpty else { return nil }
        let reader = FactsOnDisk(environment: shell, at: now)
        reader.readConfiguration(at: now)
        return ExportedDifference(facts: reader.facts, daemon: daemon, exported: names).finding
    }
}

extension Finding {
    fileprivate static func folderUnguarded(_ folder: String) -> Finding {
        Finding(
            .folderUnguarded, .error, subject: folder,
            message: "the daemon does not guard \(folder), which \(ClaudeVariable.configFolder) names here",
            fix: "\(ClaudeVariable.configFolder)=\(ShellWords.quoted(folder)) bedrock-agent setup")
    }
}
