import ArgumentParser
import FoundationEssentials
import Host
import SessionHealth

struct Cover: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make sure that the session lasts, by signing in anew while you are there.",
        discussion: """
            Signing in again during a session does not make it last longer; ending it first does. Where the session is not \
            known to last as long as you want, this ends it and signs in anew, so that it lasts as long as it can. Nothing is \
            ended before the new sign-in is ready for you.

            Exit status: 0 it lasts; 1 it does not; 2 it is not known how long it lasts. Made for \
            "bedrock-agent cover --check 8h && claude -p …".
            """)

    @Argument(help: "How long it is to last, such as 9h or \"7h 30min\".")
    var duration: String?

    @Option(help: ArgumentHelp("Until when it is to last instead, such as 09:00.", valueName: "time"))
    var until: String?

    @Option(
        help: "The profile whose session it is; by default the one that Claude Code uses.",
        completion: Completions.ofProfiles)
    var profile: String?

    @Flag(help: "Only say whether it lasts, and change nothing.")
    var check = false

    @Flag(help: "Sign in anew without asking.")
    var yes = false

    private static let notCovered = ExitCode(1)
    private static let notKnown = ExitCode(2)

    func validate() throws {
        guard (duration == nil) != (until == nil) else {
            throw ValidationError("say how long: bedrock-agent cover 9h, or bedrock-agent cover --until 09:00")
        }
        if check, yes { throw ValidationError("--check changes nothing, so there is nothing to say --yes to") }
        if let duration {
            do {
                guard try TimeSpan.parse(duration) > .zero else {
                    throw ValidationError("\(duration) is no time at all")
                }
            } catch let error as TimeSpanError {
                throw ValidationError("\(error)")
            }
        }
        if let until, ClockTime(until) == nil {
            throw ValidationError("\"\(until.printable)\" is not a time: write it as 09:00")
        }
    }

    func run() throws {
        let now = EventLoop.now()
        let watch = Stopwatch()
        let environment = ProcessInfo.processInfo.environment
        let reader = FactsOnDisk(environment: environment, at: now)
        reader.readConfiguration(at: now)
        let resolved = try Login.resolve(profile, reader)
        let name = resolved.session.name
        let wanted = try wanted(at: now.wall)
        func local(_ date: Date) -> String { LocalTime.text(date, now: now.wall) }

        let coverage = Coverage(of: reader.facts(of: resolved.session, at: now), at: now.wall)
        let answer = coverage.answer(until: wanted)
        say(coverage.sentence(for: name, until: wanted, local: local).printable)
        if answer == .covered { return }
        let reach = coverage.learned.map { now.wall + $0 }
        if let reach, reach < wanted {
            say(
                "Even a new session would end at about \(local(reach)): how long it lasts is set by an administrator"
                    + " of IAM Identity Center.")
        }
        let refusal = answer == .notKnown ? Cover.notKnown : Cover.notCovered
        if check { throw refusal }
        if let reach, let earliest = coverage.earliest, reach.timeIntervalSince(earliest) < Cover.leastGain {
            throw refusal
        }
        try Dialogue.confirm(
            coverage.isOver ? "Sign in?" : "End the session and sign in anew?", yes: "Sign in now", isAgreed: yes)
        let renewal = SessionRenewal(resolved, environment, asked: watch)
        try renewal.run(endsSession: !coverage.isOver)

        let (facts, end) = renewal.facts
        let renewed = Coverage(of: facts, at: end)
        if let earliest = renewed.earliest {
            say("signed in to \(name.printable), until at least \(LocalTime.text(earliest, now: end))")
        } else {
            say(
                "signed in to \(name.printable), for as long as a session can last; how long that is will be learned when"
                    + " it ends")
        }
        switch renewed.answer(until: wanted) {
        case .covered: return
        case .notCovered: throw Cover.notCovered
        case .notKnown: throw Cover.notKnown
        }
    }

    /// Seconds that a new session must last longer, to be worth a sign-in.
    private static let leastGain: TimeInterval = 600

    private func wanted(at now: Date) throws -> Date {
        if let until, let time = ClockTime(until) { return LocalTime.next(time, after: now) }
        return now + TimeInterval(try TimeSpan.parse(duration ?? "").components.seconds)
    }
}
