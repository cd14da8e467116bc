import Glibc
import SessionHealth

/// What `setup` found exported in its shell, and the daemon may not have: where AWS's files, services, proxies and
/// certificates are. Kept with mode 0600, in the form of Claude Code's settings, whose `env` says the same.
package struct KeptEnvironment {
    package let path: String

    private static let limit = 1 << 20
    /// `setup` writes these to the settings.
    private static let written = [AWSVariable.profile, AWSVariable.region, AWSVariable.defaultRegion]

    /// - Parameter settings: the settings that were set up.
    package init(for settings: String, stateFolder: String) {
        path = "\(stateFolder)/exported/\(SettingsName.name(for: settings))"
    }

    /// For the folder that the paths name.
    package init(_ paths: Paths) { self.init(for: paths.userSettings, stateFolder: paths.stateFolder) }

    /// - Parameter showsProxies: with the passwords that the addresses of proxies may hold.
    package func variables(showsProxies: Bool = false) -> [String: String] {
        (try? read(showsProxies: showsProxies)) ?? [:]
    }

    func read(showsProxies: Bool = false) throws(SystemError) -> [String: String] {
        let file = try FileContent(of: path, limit: KeptEnvironment.limit) {
            SecretCover.json(&$0, showsProxies: showsProxies)
        }
        guard let bytes = file?.bytes, let document = try? JSONDocument(parsing: bytes) else { return [:] }
        let members = document.node(at: [ClaudeKey.env])?.members ?? []
        let named = members.compactMap { member in
            member.value.string(in: bytes.span).map { (member.name(in: bytes.span), $0) }
        }
        return Dictionary(named) { $1 }.filter { CountingEnvironment.counts($0.key) }
    }

    /// What would be kept of a shell's environment, where that is not what is kept already; else nil.
    package func change(to shell: [String: String]) -> [String: String]? {
        let counting = shell.filter { name, value in
            CountingEnvironment.counts(name) && !KeptEnvironment.written.contains(name) && !value.isEmpty
        }
        return counting == variables(showsProxies: true) ? nil : counting
    }

    package func keep(_ counting: [String: String]) throws {
        guard !counting.isEmpty else { return try forget() }
        try Folder.makePrivate(Folder.holding(path))
        try AtomicWrite.write(JSONCoding.encode([ClaudeKey.env: counting], isPretty: true), to: path)
    }

    package func forget() throws(SystemError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw SystemError("remove", path) }
    }
}
