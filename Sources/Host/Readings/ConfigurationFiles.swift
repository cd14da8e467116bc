import FoundationEssentials
import Glibc
import SessionHealth

/// Reads the files that determine which sessions to guard.
extension ConfigurationReading {
    /// - Parameters:
    ///   - own: the folder that this process's own environment names.
    ///   - known: the other folders, where `config.json` or the record of `setup` cannot be read.
    package init(_ own: ClaudeFolder, folders known: [String] = []) {
        let paths = own.paths
        var unread: [UnreadableFile] = []
        let config = OwnConfigFiles(paths, &unread)
        var sound = SoundConfig()
        _ = sound.take(config, paths.places)
        let more = sound.config.values.claudeFolders + (sound.isWhole ? [] : known)
        // It says what is in each of the folders, and which there are.
        let record = reading(&unread) { try SetupRecord.readCovered(paths) }
        let folders = own.with(more, (try? record.get()) ?? nil, record.isUnread ? known : [])
        let readings = folders.map { ClaudeFolderReading($0, record, &unread) }
        let files = zip(folders, readings).map { $0.files(environment: $1.environment) }
        let approvals = reading(&unread) { try Approvals(path: paths.approvals).commands() }
        self.init(
            config: config, approvals: approvals, folders: readings,
            files: ConfigurationReading.shared(paths).union(files.joined()), unread: unread)
    }

    /// The files and folders that this depends on, as far as nothing has been read.
    package static func files(of own: ClaudeFolder) -> Set<String> {
        shared(own.paths).union(own.files(environment: own.environment))
    }

    /// Those that all folders have.
    private static func shared(_ paths: Paths) -> Set<String> {
        [
            paths.config, paths.managedConfig, paths.approvals, paths.managedFolder + "/managed-settings.json",
            paths.managedFolder + "/managed-settings.d",
        ]
    }
}

extension ClaudeFolderReading {
    /// - Parameter unread: gets what the next reading may bring.
    fileprivate init(
        _ folder: ClaudeFolder, _ record: Result<SetupRecord?, HostFailure>, _ unread: inout [UnreadableFile]
    ) {
        let shell = reading(&unread) { try folder.readEnvironment() }
        let given = (try? shell.get()) ?? folder.own
        let settings = SettingsOnDisk(folder, record: (try? record.get()) ?? nil, environment: given)
        unread += settings.unread.filter { !unread.contains($0) }
        let environment = given.merging(settings.settings.variables) { $1 }
        let aws = AWSFiles(environment: environment, home: folder.paths.home)
        let config = reading(&unread) { _ = try aws.config() }
        self.init(
            folder: folder.folder, path: folder.paths.userSettings, settings: settings, aws: aws,
            environment: environment,
            isWhole: !record.isUnread && !shell.isUnread && settings.unread.isEmpty && !config.isUnread)
    }
}

extension OwnConfigFiles {
    private static let limit = 1 << 20

    /// - Parameter unread: gets what the next reading may bring.
    fileprivate init(_ paths: Paths, _ unread: inout [UnreadableFile]) {
        let managed = reading(&unread) { try FileContent(of: paths.managedConfig, limit: OwnConfigFiles.limit) }
        let user = reading(&unread) { try FileContent(of: paths.config, limit: OwnConfigFiles.limit) }
        self.init(
            managed: managed.map { $0?.bytes },
            managedIsOpenAt: (try? managed.get())?.place(openTo: paths.managedOwners, paths.managedConfig),
            user: user.map { $0?.bytes }, userIsOpenAt: (try? user.get())?.place(openTo: nil, paths.config))
    }
}

extension SoundConfig {
    /// Our own configuration as it is on disk now, and what is wrong with it.
    package static func read(_ paths: Paths) -> (SoundConfig, findings: [Finding]) {
        var unread: [UnreadableFile] = []
        var sound = SoundConfig()
        let findings = sound.take(OwnConfigFiles(paths, &unread), paths.places)
        return (sound, findings + unread.map(\.finding))
    }
}

extension FileContent {
    /// What somebody other than its owners can write: the file, which is at this path, or a folder on the way to it.
    /// - Parameter owners: who may own it; nil for us and root.
    fileprivate func place(openTo owners: Set<UInt32>?, _ path: String) -> OpenPlace? {
        let isOfOthers = owners.map { !$0.contains(owner) } ?? ownership.isOfOthers
        return isOfOthers || isWritableByOthers
            ? OpenPlace(path, owners == nil ? ownership.kind : .insteadOfRoot)
            : FileOwnership.placeOfOthers(onTheWayTo: path, owners: owners)
    }
}

/// - Parameter unread: gets what the next reading may bring.
private func reading<Value>(_ unread: inout [UnreadableFile], _ read: () throws -> Value) -> Result<Value, HostFailure>
{
    do {
        return .success(try read())
    } catch {
        let file = error as? UnreadableFile ?? (error as? SystemError).map { UnreadableFile($0) }
        guard let file, file.isPassing else { return .failure(HostFailure("\(error)")) }
        if !unread.contains(file) { unread.append(file) }
        return .failure(HostFailure("\(file)", isPassing: true))
    }
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
    package init(reading path: String, covering: (inout [UInt8]) -> Void = { _ in }) throws(UnreadableFile) {
        do throws(SystemError) {
            let file = try FileContent(of: path, limit: AWSFiles.limit, covering: covering)
            self.init(path: path, bytes: file?.bytes)
        } catch  where [EINVAL, EISDIR, ENOTDIR, ELOOP].contains(error.number) {
            self.init(path: path, bytes: nil)
        } catch {
            throw UnreadableFile(error)
        }
    }
}

extension SettingsOnDisk {
    /// Reads all settings layers.
    /// - Parameters:
    ///   - record: of `setup`.
    ///   - user: bytes to use instead of the user's file on disk.
    ///   - environment: of the folder, if that is known.
    package init(
        _ folder: ClaudeFolder, record: SetupRecord?, user: [UInt8]?? = nil, environment: [String: String]? = nil
    ) {
        var layers = folder.settingsFiles.layers()
        if let user, let index = layers.firstIndex(where: { $0.kind == .user }) {
            layers[index].content = user.map { .bytes($0) } ?? .missing
        }
        let file = record?.settings(at: folder.paths.userSettings)
        self.init(
            layers: layers, environment: environment ?? folder.environment, written: file?.written ?? [],
            realPath: file?.path)
    }
}

extension Paths {
    /// The paths that the core needs.
    package var places: Places {
        Places(
            config: config, managedConfig: managedConfig, approvals: approvals, state: state, tokenCache: tokenCache)
    }
}
