// Measures how long a full plan of 1,000 sessions takes, including the status and its JSON. Prints the median in
// milliseconds.
import FoundationEssentials
import SessionHealth

let now = Moment(wall: Date(timeIntervalSince1970: 1_795_000_000), boot: 5000)
var facts = Facts()
facts.claude.subject = .session("corp-0")
for number in 0..<1000 {
    let name = "corp-\(number)"
    var session = SessionFacts(
        session: SSOSession(
            name: name, startURL: "https://\(name).awsapps.com/start", region: "us-west-2",
            scopes: ["sso:account:access"]),
        profiles: ["work-\(number)"])
    // Every tenth session cannot be refreshed, every hundredth waits after a failure: these take other paths through
    // the plan.
    session.token = .found(
        TokenClocks(
            expiresAt: now.wall + Double(1800 + number), registrationExpiresAt: now.wall + 80 * 86400,
            hasRefreshToken: number % 10 != 0, hasClient: true, writtenAt: now.wall - 1800,
            fingerprint: "token-\(number)"))
    session.command = .approved("aws sso login --profile work-\(number)")
    if number % 100 == 1 {
        session.lastTry = RefreshTry(
            at: now, outcome: .offline(reason: "no route"), fingerprint: "token-\(number)", failures: 3)
    }
    facts.sessions.append(session)
}

func milliseconds(_ work: () -> Void) -> Double {
    let clock = ContinuousClock()
    let times = (0..<201).map { _ in clock.measure(work) }.sorted()
    return times[times.count / 2] / .milliseconds(1)
}

var made = Plan()
let planning = milliseconds { made = plan(for: facts, at: now) }
let daemon = Status.Daemon(running: true, version: Version.current)
var status = Status(facts, made, at: now.wall, daemon: daemon)
let building = milliseconds { status = Status(facts, made, at: now.wall, daemon: daemon) }
let encoding = milliseconds { _ = status.json }
print(planning, building, encoding)
