import FoundationEssentials
import SessionHealth
import Testing

/// A refresh among programs that take no lock.
@Suite struct RefreshStepsTests {
    private let now = Moment(wall: Date(timeIntervalSince1970: 1_795_424_400), boot: 10)

    private func token(_ refresh: String, until seconds: TimeInterval = 60) throws -> TokenDocument {
        let text = """
            {"accessToken": "access", "expiresAt": "\(Timestamp.format(now.wall + seconds))", "clientId": "id",
             "clientSecret": "secret", "registrationExpiresAt": "2027-02-21T09:00:00Z", "refreshToken": "\(refresh)"}
            """
        return try TokenDocument(parsing: Array(text.utf8))
    }

    private func steps() -> RefreshSteps { RefreshSteps(path: "t", expiresAt: now.wall + 60) }

    /// Up to the service's response.
    private func asked(_ file: TokenDocument) -> RefreshSteps {
        var steps = steps()
        for outcome in [RefreshSteps.Outcome.locked, .recovered, .read(file), .reserved] {
            _ = steps.next(outcome, at: now)
        }
        return steps
    }

    @Test func locksRecoversReadsReservesAsksKeepsAndWrites() throws {
        let file = try token("first")
        var steps = steps()
        #expect(RefreshSteps.first == .lock)
        #expect(steps.next(.locked, at: now) == .recover)
        #expect(steps.next(.recovered, at: now) == .read)
        #expect(steps.next(.read(file), at: now) == .reserve)
        let grant = try #require(file.grant)
        #expect(steps.next(.reserved, at: now) == .ask(grant))
        let answer = TokenServiceAnswer.granted(accessToken: "new", expiresIn: 3600, refreshToken: "second")
        let written = try file.renewed(accessToken: "new", expiresAt: now.wall + 3600, refreshToken: "second")
        #expect(steps.next(.answered(answer), at: now) == .keep(written))
        #expect(steps.next(.kept, at: now) == .write(written, over: file.bytes))
        #expect(steps.next(.written(true), at: now) == .done(.refreshed(expiresAt: now.wall + 3600)))
    }

    /// The one that was sent is used up.
    @Test func aRefreshTokenWithoutAnAccessTokenIsKept() throws {
        let file = try token("first")
        var steps = asked(file)
        let written = try file.renewed(accessToken: nil, expiresAt: nil, refreshToken: "second")
        let kept = try TokenDocument(parsing: written)
        #expect((kept.accessToken, kept.expiresAt) == (file.accessToken, file.expiresAt))
        #expect(kept.grant?.refreshToken == "second")
        #expect(try kept.belongs(over: file, grantedFor: #require(file.grant?.fingerprint)))
        #expect(steps.next(.answered(.rotated(refreshToken: "second")), at: now) == .keep(written))
        #expect(steps.next(.kept, at: now) == .write(written, over: file.bytes))
        guard case .done(.offline) = steps.next(.written(true), at: now) else {
            Issue.record("it is not told")
            return
        }
    }

    /// The answer waited in the socket while the lid was closed: the token is as old as that.
    @Test func aSleepBeforeTheAnswerIsHeardDoesNotMakeTheTokenYounger() throws {
        let file = try token("first")
        var steps = asked(file)
        let later = Moment(wall: now.wall + 8 * 3600, boot: now.boot + 8 * 3600)
        let answer = TokenServiceAnswer.granted(accessToken: "new", expiresIn: 3600, refreshToken: "second")
        let written = try file.renewed(accessToken: "new", expiresAt: now.wall + 3600, refreshToken: "second")
        #expect(steps.next(.answered(answer), at: later) == .keep(written))
    }

    /// The file's times are by the clock as it is then.
    @Test func aClockThatIsSetInBetweenCounts() throws {
        let file = try token("first")
        var steps = asked(file)
        let later = Moment(wall: now.wall - 7200, boot: now.boot + 2)
        let answer = TokenServiceAnswer.granted(accessToken: "new", expiresIn: 3600, refreshToken: nil)
        let written = try file.renewed(accessToken: "new", expiresAt: later.wall - 2 + 3600, refreshToken: nil)
        #expect(steps.next(.answered(answer), at: later) == .keep(written))
    }

    @Test func whoWasFasterStands() throws {
        var steps = steps()
        _ = steps.next(.locked, at: now)
        _ = steps.next(.recovered, at: now)
        let theirs = try token("theirs", until: 3000)
        #expect(steps.next(.read(theirs), at: now) == .done(.adopted(expiresAt: now.wall + 3000)))
    }

    @Test func aWriteInBetweenIsNotLost() throws {
        let file = try token("first")
        var steps = asked(file)
        let answer = TokenServiceAnswer.granted(accessToken: "new", expiresIn: 3600, refreshToken: nil)
        _ = steps.next(.answered(answer), at: now)
        _ = steps.next(.kept, at: now)
        #expect(steps.next(.written(false), at: now) == .read)
        var newer = steps
        let theirs = try token("theirs", until: 3000)
        #expect(newer.next(.read(theirs), at: now) == .done(.adopted(expiresAt: now.wall + 3000)))
        // The same token with an additional byte in the file: ours replaces it.
        let touched = try TokenDocument(parsing: file.bytes + [0x0A])
        guard case .keep = steps.next(.read(touched), at: now),
            case .write(_, over: touched.bytes) = steps.next(.kept, at: now)
        else {
            Issue.record("it is not written")
            return
        }
    }

    @Test func aUsedUpTokenIsTriedAgainWithTheOneOfWhoWasFaster() throws {
        let file = try token("first")
        var steps = asked(file)
        #expect(steps.next(.answered(.sessionEnded(error: "invalid_grant")), at: now) == .read)
        let other = try token("second")
        let grant = try #require(other.grant)
        #expect(steps.next(.read(other), at: now) == .ask(grant))
        // Another program was faster twice: it keeps the session refreshed.
        _ = steps.next(.answered(.sessionEnded(error: "invalid_grant")), at: now)
        let third = try token("third")
        #expect(steps.next(.read(third), at: now) == .done(.adopted(expiresAt: third.expiresAt)))
    }

    @Test(arguments: ["first", "second"])
    func aLaterExpiryOfWhoWasFasterStandsAtOnce(_ refresh: String) throws {
        var steps = try asked(token("first"))
        _ = steps.next(.answered(.sessionEnded(error: "invalid_grant")), at: now)
        let theirs = try token(refresh, until: 61)
        #expect(steps.next(.read(theirs), at: now) == .done(.adopted(expiresAt: theirs.expiresAt)))
    }

    @Test func anEarlierExpiryWithAnotherRefreshTokenIsAskedWith() throws {
        var steps = try asked(token("first"))
        _ = steps.next(.answered(.sessionEnded(error: "invalid_grant")), at: now)
        let theirs = try token("second", until: 30)
        let grant = try #require(theirs.grant)
        #expect(steps.next(.read(theirs), at: now) == .ask(grant))
    }

    /// The expiry that is passed is in whole seconds.
    @Test(arguments: [(60, false), (61, true)] as [(TimeInterval, Bool)])
    func aFileOfASecondLaterWasRefreshed(_ end: TimeInterval, _ isAdopted: Bool) throws {
        var steps = steps()
        _ = steps.next(.locked, at: now)
        _ = steps.next(.recovered, at: now)
        let step = try steps.next(.read(token("first", until: end)), at: now)
        #expect(step == (isAdopted ? .done(.adopted(expiresAt: now.wall + end)) : .reserve))
    }

    @Test func threeSecondsAreWaitedForWhoWasFaster() throws {
        let file = try token("first")
        for (passed, isOver) in [(2.99, false), (3, true)] {
            var steps = asked(file)
            _ = steps.next(.answered(.sessionEnded(error: "invalid_grant")), at: now)
            let later = Moment(wall: now.wall + passed, boot: now.boot + passed)
            let step = steps.next(.read(file), at: later)
            #expect(step == (isOver ? .done(.sessionEnded(error: "invalid_grant")) : .pause(0.05)))
        }
    }

    @Test func theSessionHasEndedWhereNobodyWritesInTime() throws {
        let file = try token("first")
        var steps = asked(file)
        _ = steps.next(.answered(.sessionEnded(error: "invalid_grant")), at: now)
        guard case .pause = steps.next(.read(file), at: now) else {
            Issue.record("it does not wait")
            return
        }
        #expect(steps.next(.paused, at: now) == .read)
        var late = now
        late.boot += 3
        #expect(steps.next(.failed("torn"), at: late) == .done(.sessionEnded(error: "invalid_grant")))
    }

    @Test func whatCannotBeDoneIsSaid() {
        var steps = steps()
        #expect(steps.next(.failed("no such folder"), at: now) == .done(.failed(reason: "no such folder")))
    }
}
