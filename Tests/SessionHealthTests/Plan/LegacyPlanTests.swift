import FoundationEssentials
import SessionHealth
import Testing

/// Tokens that cannot be refreshed: a warning, an early sign-in that may not help, and the end.
@Suite struct LegacyPlanTests {
    private static let end = 8 * hour
    private static let early = end - 15 * minute
    /// `Policy.endMargin` later, the portal session has certainly ended.
    private static let over = end + 2
    private static let warning = "legacy-profile"

    /// The early sign-in was used up, but Identity Center issued a token that ends at `end` again.
    private static func spent(end newEnd: TimeInterval = end) -> Facts {
        .legacy.changed {
            $0.session.token = .found(.legacy(from: early + 60, until: newEnd, "t2"))
            $0.session.record.earlySignInFor = signedIn + end
        }
    }

    /// The early sign-in did not bring another token.
    private static let failedEarly = Facts.legacy.changed { $0.session.record.earlySignInFor = signedIn + end }

    /// A token whose whole lifetime is no longer than the lead time of the early sign-in.
    private static let short = Facts.legacy.changed { $0.session.token = .found(.legacy(until: 15 * minute)) }

    @Test(arguments: [
        Row("fresh", .legacy, at: 0, .nothing, .healthy, next: early, wake: wall(early), [warning]),
        Row("a second before", .legacy, at: early - 1, .nothing, .healthy, next: early, wake: wall(early), [warning]),
        Row(
            "15 minutes before the end", .legacy, at: early, .earlySignIn, .expiring, wake: wall(over),
            [warning, "sign-in-soon"]),
        Row("at its written end", .legacy, at: end, .nothing, .expiring, next: over, wake: wall(over), [warning]),
        Row("over", .legacy, at: over, .signIn, .signInNeeded, [warning, "sign-in-needed"]),
        Row("a day later", .legacy, at: end + day, .signIn, .signInNeeded, [warning, "sign-in-needed"]),
        Row(
            "a second before the end, spent", spent(), at: end - 1, .nothing, .expiring, next: over, wake: wall(over),
            [warning]),
        Row("over, spent", spent(), at: over, .signIn, .signInNeeded, [warning, "sign-in-needed"]),
        Row(
            "spent for an end within the tolerance", spent(end: end + 60), at: end, .nothing, .expiring,
            next: over + 60, wake: wall(over + 60), [warning]),
        Row(
            "spent for another end", spent(end: 2 * end), at: 2 * end - 15 * minute, .earlySignIn, .expiring,
            wake: wall(2 * end + 2), [warning, "sign-in-soon"]),
        Row(
            "the early one failed: it is not run again", failedEarly, at: early + 5 * minute, .nothing, .expiring,
            next: over, wake: wall(over), [warning]),
        Row(
            "nor announced for that time", failedEarly, at: 0, .nothing, .healthy, next: over, wake: wall(early),
            [warning]),
        Row(
            "for an end a minute later, too",
            failedEarly.changed { $0.session.token = .found(.legacy(until: end + 60)) },
            at: end, .nothing, .expiring, next: over + 60, wake: wall(over + 60), [warning]),
        Row(
            "but for one later still", failedEarly.changed { $0.session.token = .found(.legacy(until: end + 61)) },
            at: end, .earlySignIn, .expiring, wake: wall(over + 61), [warning, "sign-in-soon"]),
        Row(
            "a refresh is asked for, which there is none of", .legacy.changed { $0.session.refreshIsAsked = true },
            at: 0, .nothing, .healthy, next: early, wake: wall(early), [warning]),
        Row("short, on a clock set back", short, at: -10, .nothing, .healthy, next: 902, wake: wall(0), [warning]),
        Row("short: only at its end", short, at: 0, .nothing, .expiring, next: 902, wake: wall(902), [warning]),
        Row("short, over", short, at: 902, .signIn, .signInNeeded, [warning, "sign-in-needed"]),
        Row(
            "a second longer than short",
            .legacy.changed { $0.session.token = .found(.legacy(until: 901)) }, at: 1, .earlySignIn, .expiring,
            wake: wall(903), [warning, "sign-in-soon"]),
        Row(
            "away: soon", .legacy.changed { $0.presence = .away }, at: early, .nothing, .expiring, wake: wall(over),
            [warning, "sign-in-soon"]),
        Row(
            "away, over", .legacy.changed { $0.presence = .away }, at: over, .nothing, .signInNeeded,
            [warning, "sign-in-needed"]),
        Row(
            "signIn ask: nothing will happen by itself", .legacy.changed { $0.policy.signIn = .ask }, at: 0, .nothing,
            .healthy, wake: wall(early), [warning]),
        Row(
            "signIn never, early", .legacy.changed { $0.policy.signIn = .never }, at: early, .nothing, .expiring,
            wake: wall(over), [warning, "sign-in-soon"]),
        Row(
            "an early one is under way: the warning stays, so that it is told once",
            .legacy.changed {
                $0.signInBegan(
                    $0.session.session.name, isAutomatic: true, isEarly: true, at: moment(early).wall)
            },
            at: early + 1, .nothing, .signingIn, [warning]),
    ])
    func legacy(_ row: Row) { row.check() }

    private static func withoutRefreshToken(_ scopes: [String]?) -> Facts {
        .corp.changed {
            $0.session.session = SSOSession(
                name: "corp", startURL: "https://corp.awsapps.com/start", region: "us-west-2", scopes: scopes)
            $0.session.token = .found(.legacy())
        }
    }

    @Test(arguments: [nil, [], ["other:scope"]] as [[String]?])
    func aSessionWithoutTheScopeIsWarnedOfByItsName(_ scopes: [String]?) throws {
        let plan = plan(for: LegacyPlanTests.withoutRefreshToken(scopes), at: moment(0)).sessions[0]
        let finding = try #require(plan.findings.first)
        #expect(finding.codeName == "no-refresh-token" && finding.severity == .warning)
        #expect(finding.message.contains("[sso-session corp] lacks sso_registration_scopes = sso:account:access"))
        #expect(finding.fix == "bedrock-agent migrate --profile work-dev")
        #expect(plan.next == .init(action: "sign-in", at: signedIn + LegacyPlanTests.early))
    }

    @Test func aSessionWithTheScopeIsNotToldToAddIt() {
        let facts = LegacyPlanTests.withoutRefreshToken([SSOSession.accountScope])
        let finding = plan(for: facts, at: moment(0)).sessions[0].findings.first
        #expect(finding?.codeName == "no-refresh-token")
        #expect(finding?.message.contains("lacks") == false)
        #expect(finding?.fix == "bedrock-agent login --profile work-dev")
    }

    @Test func anEarlySignInThatWaitsForAPersonIsNoErrorYet() {
        let facts = Facts.legacy.changed { $0.presence = .away }
        func severity(_ seconds: TimeInterval) -> Finding.Severity? {
            plan(for: facts, at: moment(seconds)).findings.last?.severity
        }
        #expect(severity(LegacyPlanTests.early) == .warning && severity(LegacyPlanTests.over) == .error)
    }

    @Test func theWarningIsTheSameUntilTheNextSignIn() {
        let at = [0, 3600, LegacyPlanTests.early + 100].map { seconds in
            plan(for: LegacyPlanTests.spent(), at: moment(seconds)).sessions[0].findings.first
        }
        #expect(Set(at).count == 1)
    }
}
