import Glibc
import Host
import SessionHealth

/// The further settings files that Claude Code reads in a session started in this folder.
struct ProjectFiles {
    let here: [SettingsLayer]
    /// Those of the home folder, which are easily taken for the user's own.
    private let home: [SettingsLayer]

    init(_ paths: Paths) {
        func layers(in folder: String) -> [SettingsLayer] {
            ClaudeSettingsFiles.projectLayers(in: folder).filter { $0.path != paths.userSettings }
        }
        let current = getcwd(nil, 0)
        defer { free(current) }
        let folder = current.map { String(cString: $0) }
        here = folder.map(layers) ?? []
        home = folder == paths.home ? [] : layers(in: paths.home)
    }

    /// That only they turn Bedrock on.
    /// - Parameter guarded: profiles whose sessions are guarded all the same.
    func bedrock(
        over layers: [SettingsLayer], _ environment: [String: String], guarded: [String]
    ) -> [Finding] {
        [here, home].compactMap { files in
            guard let bedrock = ProjectBedrock(files, over: layers, environment: environment) else { return nil }
            return bedrock.profile.map(guarded.contains) == true ? nil : bedrock.finding
        }
    }

    /// A status with what this folder's files add to it.
    static func added(
        to answer: (status: Status, json: [UInt8]), _ environment: [String: String]
    ) -> (Status, [UInt8]) {
        guard !answer.status.claude.usesBedrock else { return answer }
        let folder = ClaudeFolder(own: environment)
        let found = ProjectFiles(folder.paths).bedrock(
            over: folder.settingsFiles.layers(), environment, guarded: answer.status.sessions.flatMap(\.profiles))
        guard !found.isEmpty else { return answer }
        var status = answer.status
        status.findings += found
        return (status, status.json)
    }
}
