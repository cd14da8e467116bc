import FoundationEssentials
import Host
import SessionHealth

/// What every step of `setup` works with.
struct SetupContext {
    /// With what `config.json` gives.
    var flags: SetupFlags
    /// What `config.json` gives, as far as it counts here and is more than a flag says: lists, and what a new profile is
    /// to have.
    var given = SetupDefaults()
    let own: SoundConfig
    /// What is wrong with `config.json`.
    let wrong: [Finding]
    let clock = Stopwatch()
    /// What the shell exports.
    let shell: [String: String]
    /// The same as Claude Code would have it.
    let environment: [String: String]
    let folder: ClaudeFolder
    let paths: Paths
    let reader: FactsOnDisk
    let files: AWSFiles
    /// Nil where nobody is asked.
    let dialogue: Dialogue?
    let style: Style
    /// Claude Code alone has the profile.
    let hasSeparate: Bool
    /// What Claude Code shows of ours now; nil where the user's settings cannot be read.
    let shown: ShownInClaude?
    /// Claude Code alone is to have the profile, or has it so.
    var isSeparate: Bool { flags.separate ?? hasSeparate }

    /// - Throws: a `Failure` where the AWS CLI is to sign in, and bedrock-agent has to.
    func refuseTwoSignIns() throws {
        guard isSeparate, flags.coalesce == false, given.coalesce == nil else { return }
        let place = own.config.lockPlace(of: .separate)
        throw Failure(
            "--no-coalesce: Claude Code alone has the profile, so bedrock-agent signs in"
                + (place.map { " (\(SetupKeyName.separate.name) is true in \($0))" }
                    ?? ". To let the AWS CLI sign in: bedrock-agent setup --no-separate --no-coalesce"))
    }

    init(_ flags: SetupFlags) {
        self.flags = flags
        shell = ProcessInfo.processInfo.environment
        folder = ClaudeFolder(own: shell)
        paths = folder.paths
        environment = ClaudeEnvironment(folder).merged
        reader = FactsOnDisk(environment: environment, at: clock.start)
        reader.readAll(at: clock.start)
        files = AWSFiles(environment: environment, home: paths.home)
        dialogue = flags.yes || flags.json ? nil : Dialogue(environment: environment)
        style = Style(for: 1, environment: environment)
        let settings = (try? FileContent(of: paths.userSettings, limit: SettingsLayer.largest))?.bytes
        let document = settings.flatMap { try? JSONDocument(parsing: $0) }
        hasSeparate = document?.string(at: SetupKey.export).flatMap { CredentialExport($0) } != nil
        shown = ShownInClaude(folder.settingsFiles.layers())
        (own, wrong) = SoundConfig.read(paths)
    }

    /// The profile that Claude Code uses before this setup; nil without one.
    var currentProfile: String? {
        let claude = reader.facts.claude
        return claude.usesBedrock || claude.profile != "default" ? claude.profile : nil
    }

    /// The path of the AWS config file.
    var configPath: String { files.paths[0] }

    /// The person has gone back: what comes before that question has been said.
    private var isRepeating: Bool { dialogue?.answers.isRepeating ?? false }

    /// What was found or decided.
    func tell(_ label: String, _ text: String) {
        guard !isRepeating else { return }
        say("\(style(Columns.pad(label, to: 12), .dim)) \(Columns.wrap(text.printable, indent: 13))")
    }

    func warn(_ text: String) {
        guard !isRepeating else { return }
        say(style(String(repeating: " ", count: 13) + Columns.wrap(text.printable, indent: 13), .yellow))
    }

    /// Both files of the AWS configuration as they are; a config file with these bytes instead, where some are given.
    func awsFiles(config bytes: [UInt8]? = nil) throws -> (config: ConfigFile, credentials: ConfigFile) {
        let config = ConfigFile(path: configPath, bytes: try bytes ?? configBytes())
        return (config, try ConfigFile(reading: files.paths[1]))
    }

    /// Root's `config.json` names the folder that is set up.
    var isFolderGuardedByRoot: Bool { own.config.managed.claudeFolders.containsSpelled(paths.claudeFolder) }

    /// Our own `config.json` as it will be: it names each guarded folder of Claude Code's but the usual one.
    func guardsFolder(_ bytes: [UInt8]?) throws -> OwnListEdit {
        try OwnListEdit(
            .claudeFolders, of: bytes, path: paths.config, name: paths.claudeFolder, isGuarded: true)
    }

    /// The config file as it is; nil without one.
    func configBytes() throws -> [UInt8]? { try FileContent(of: configPath, limit: AWSFiles.limit)?.bytes }

    /// The config as it is.
    /// - Throws: a `Failure` with what to do.
    func config() throws -> AWSConfig {
        do {
            return try files.config()
        } catch let error as INIError {
            throw Failure("\(error). \(error.fix)")
        }
    }

    /// - Throws: a `Failure` with what to do.
    func resolve(_ name: String, in config: AWSConfig) throws -> ProfileKind {
        do {
            return try config.resolve(name)
        } catch {
            throw Failure("\(error). \(error.fix)")
        }
    }
}
