import FoundationEssentials
import Glibc
import SessionHealth

/// Reads the files that determine which sessions to guard.
extension ConfigurationReading {
    private static let configLimit = 1 << 20

    /// - Parameters:
    ///   - own: the folder that this process's own environment names.
    ///   - known: the other folders, where `config.json` cannot be read.
    package init(_ own: ClaudeFolder, folders known: [String] = []) {
        let paths = own.paths
        let file = reading { try FileContent(of: paths.config, limit: ConfigurationReading.configLimit) }
        let config = file.map { $0?.bytes }
        let more =
            switch config {
            case .success(nil): [String]()
            case .success(let bytes?): (try? AgentConfig(parsing: bytes.span))?.claudeFolders ?? known
            case .failure: known
            }
        let record = SetupRecord.covered(paths)
        let folders = own.with(more, record)
        let readings = folders.map { ClaudeFolderReading($0, record) }
        let files = zip(folders, readings).map { $0.files(environment: $1.environment) }
        self.init(
            config: config, configIsOpenAt: (try? file.get()).flatMap { $0.place(openToOthers: paths.config) },
            approvals: reading { try Approvals(path: paths.approvals).commands() }, folders: readings,
            files: ConfigurationReading.shared(paths).union(files.joined()))
    }

    /// The files and folders that this depends on, as far as nothing has been read.
    package static func files(of own: ClaudeFolder) -> Set<String> {
        shared(own.paths).union(own.files(environment: own.environment))
    }

    /// Those that all folders have.
    private static func shared(_ paths: Paths) -> Set<String> {
        [
            paths.config, paths.approvals, paths.managedFolder + "/managed-settings.json",
            paths.managedFolder + "/managed-settings.d",
        ]
    }
}

extension ClaudeFolderReading {
    fileprivate init(_ folder: ClaudeFolder, _ record: SetupRecord?) {
        let settings = SettingsOnDisk(folder, record: record)
        let environment = folder.environment.merging(settings.settings.variables) { $1 }
        self.init(
            folder: folder.folder, path: folder.paths.userSettings, settings: settings,
            aws: AWSFiles(environment: environment, home: folder.paths.home), environment: environment)
    }
}

extension FileContent {
    /// What somebody other than us and root can write: the file, which is at this path, or a folder on the way to it.
    fileprivate func place(openToOthers path: String) -> OpenPlace? {
        let isOfOthers = owner != geteuid() && owner != 0
        if isOfOthers || isWritableByOthers { return OpenPlace(path, isOfOthers: isOfOthers) }
        return FileOwnership.folderOfOthers(onTheWayTo: path).map { folder in
            OpenPlace(folder, isOfOthers: (try? FileOwnership(of: folder))?.isOfOthers ?? false)
        }
    }
}

private func reading<Value>(_ read: () throws -> Value) -> Result<Value, HostFailure> {
    Result { try read() }.mapError { HostFailure("\($0)") }
}

extension AWSFiles {
    package static let limit = 16 << 20

    /// Reads both AWS files; secrets are covered.
    package init(environment: [String: String], home: String) {
        self.init(environment: environment, home: home) { path in
            try ConfigFile(reading: path) { SecretCover.configuration(&$0) }
        }
    }
}

extension ConfigFile {
    /// Reads one of the AWS files. What is no regular file, such as `/dev/null` or a link to itself, counts as none, as
    /// for the AWS CLI, boto3 and Claude Code.
    package init(reading path: String, covering: (inout [UInt8]) -> Void = { _ in }) throws(SystemError) {
        do throws(SystemError) {
            let file = try FileContent(of: path, limit: AWSFiles.limit, covering: covering)
            self.init(path: path, bytes: file?.bytes)
        } catch  where [EINVAL, EISDIR, ENOTDIR, ELOOP].contains(error.number) {
            self.init(path: path, bytes: nil)
        }
    }
}

extension SettingsOnDisk {
    /// Reads all settings layers.
    /// - Parameters:
    ///   - record: of `setup`.
    ///   - user: bytes to use instead of the user's file on disk.
    package init(_ folder: ClaudeFolder, record: SetupRecord?, user: [UInt8]?? = nil) {
        var layers = folder.settingsFiles.layers()
        if let user, let index = layers.firstIndex(where: { $0.kind == .user }) {
            layers[index].content = user.map { .bytes($0) } ?? .missing
        }
        let file = record?.settings(at: folder.paths.userSettings)
        self.init(
            layers: layers, environment: folder.environment, written: file?.written ?? [], realPath: file?.path)
    }
}

extension Paths {
    /// The paths that the core needs.
    package var places: Places {
        Places(
            config: config, approvals: approvals, state: state, tokenCache: tokenCache)
    }
}
