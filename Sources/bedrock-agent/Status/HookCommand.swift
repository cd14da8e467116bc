import ArgumentParser
import FoundationEssentials
import Host
import SessionHealth

/// What `setup --hooks` lets Claude Code run. It is in nobody's way: it says nothing where there is nothing to say, never
/// fails, and ends in time.
struct HookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hook", abstract: "Tell Claude Code, which runs this, what its user must know.",
        discussion: """
            "setup --hooks" lets Claude Code run it: session-start, stop-failure and file-changed. It takes the hook's input \
            and prints its output, if there is something to say.
            """, shouldDisplay: false)

    @Argument(help: "session-start, stop-failure or file-changed.")
    var event: String

    /// Seconds. Claude Code would wait longer.
    private static let mostSeconds = 1

    func run() {
        let now = EventLoop.now()
        SilentDeadline.set(seconds: Self.mostSeconds)
        let environment = ProcessInfo.processInfo.environment
        let paths = Paths(environment: environment)
        let input = HookInput(StandardInput.read(limit: HookInput.limit))
        let mark = FailureMark(paths)
        switch HooksSetting.event(named: event) {
        case .sessionStart:
            try? mark.prepare()
            say(sentence(environment, paths, at: now)?.text, watching: mark.path)
        case .stopFailure:
            guard ClaudeFailure.ofCredentials.contains(input.error ?? "") else { return }
            try? mark.set(input.session ?? "")
        case .fileChanged:
            let isOwn = input.session != nil && input.session == mark.session
            let sentence = sentence(environment, paths, at: now)
            say(isOwn ? sentence?.textAfterFailure : sentence?.text)
        case nil: return
        }
    }

    /// By the daemon's answer, else by what is on the disk.
    private func sentence(_ environment: [String: String], _ paths: Paths, at now: Moment) -> HookSentence? {
        var status: Status
        do {
            if let client = try VarlinkClient.connect(paths) {
                status = try client.status(of: paths.claudeFolder).status
            } else {
                let reader = FactsOnDisk(environment: environment, at: now)
                reader.readAll(at: now)
                status = reader.status(at: now)
                if let result = ServiceUnits.failure(paths) { status.findings.insert(.serviceFailed(result), at: 0) }
            }
        } catch {
            return nil
        }
        let other = otherProfile(environment, than: status.claude.profile)
        return HookSentence(status, otherProfile: other, now: now.wall) { LocalTime.text($0, now: now.wall) }
    }

    /// The profile that Claude Code has put into our environment, if that is another: a project's settings can say so. With
    /// `setup --separate`, what is there is its shell's.
    private func otherProfile(_ environment: [String: String], than profile: String?) -> String? {
        guard let named = environment[AWSVariable.profile], !named.isEmpty, named != profile else { return nil }
        let layers = ClaudeFolder(own: environment).settingsFiles.layers()
        guard case .profile = ClaudeSettings(layers: layers, environment: environment).credentials else { return nil }
        return named
    }

    /// One write: it is said whole or not at all.
    private func say(_ sentence: String?, watching path: String? = nil) {
        let output = HookOutput(
            systemMessage: sentence,
            hookSpecificOutput: path.map {
                .init(hookEventName: ClaudeHookEvent.sessionStart.rawValue, watchPaths: [$0])
            })
        guard sentence != nil || path != nil else { return }
        StandardOutput.write(JSONCoding.encode(output) + [UInt8(ascii: "\n")])
    }
}

/// The part of a hook's input that counts here.
private struct HookInput {
    let session: String?
    let error: String?

    /// Bytes. An answer of Claude's may be in it.
    static let limit = 4 << 20

    init(_ bytes: [UInt8]) {
        let root = try? JSONNode(parsing: bytes.span)
        func text(_ name: String) -> String? { root?.member(name, in: bytes.span)?.string(in: bytes.span) }
        session = text("session_id")
        error = text("error")
    }
}

/// What Claude Code reads of a hook's output.
private struct HookOutput: Encodable {
    struct OfEvent: Encodable {
        var hookEventName: String
        var watchPaths: [String]
    }

    /// It shows it.
    var systemMessage: String?
    var hookSpecificOutput: OfEvent?
}
