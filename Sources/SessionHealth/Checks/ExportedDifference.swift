/// Whether what a shell exports leads a Claude Code that is started there to another session than the daemon guards,
/// which has an environment of its own.
package struct ExportedDifference {
    /// Variables that may lead it elsewhere where the settings do not set them.
    package static let names = [
        ClaudeVariable.useBedrock, ClaudeVariable.useMantle, AWSVariable.profile, AWSVariable.configFile,
        AWSVariable.credentialsFile,
    ]

    private let facts: Facts
    private let daemon: Status
    private let exported: [String]

    /// - Parameters:
    ///   - facts: what the files say in the shell's environment.
    ///   - daemon: what the daemon says of the same folder.
    ///   - exported: those of `names` that the shell exports.
    package init(facts: Facts, daemon: Status, exported: [String]) {
        self.facts = facts
        self.daemon = daemon
        self.exported = exported
    }

    package var finding: Finding? {
        guard case .session(let name) = facts.claude.subject, let here = facts.session(name),
            let profile = facts.claude.profile, !isSame(here, profile)
        else { return nil }
        let there = daemon.claude.usesBedrock ? "profile \(daemon.claude.profile ?? "default")" : "no Bedrock"
        let names = exported.joined(separator: " and ")
        return Finding(
            .environmentDiffers, .warning, subject: profile,
            message: "\(names) \(exported.count == 1 ? "is" : "are") exported here: a Claude Code started in this shell"
                + " uses profile \(profile) of session \(name), but the daemon, which has another environment, finds"
                + " \(there)",
            fix: "bedrock-agent setup --profile \(ShellWords.quoted(profile)), which keeps what is exported; or unset"
                + " \(exported.joined(separator: " "))")
    }

    private func isSame(_ here: SessionFacts, _ profile: String) -> Bool {
        guard daemon.claude.usesBedrock, daemon.claude.profile == profile else { return false }
        return daemon.sessions.contains {
            $0.name == here.session.name && $0.startUrl == here.session.startURL && $0.region == here.session.region
        }
    }
}

extension Facts {
    fileprivate func session(_ name: String) -> SessionFacts? { sessions.first { $0.session.name == name } }
}
