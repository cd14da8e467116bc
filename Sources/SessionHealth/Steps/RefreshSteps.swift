import FoundationEssentials

/// How one token is refreshed, as steps without I/O: lock, recover, read, adopt a newer token, ask, keep, write, or read
/// again. Other programs take no lock, so at each step another one may have been faster.
package struct RefreshSteps: Steps, Sendable {
    package enum Step: Equatable, Sendable {
        /// Takes the lock shared by our own processes, waiting for it.
        case lock
        /// Puts in place what an earlier refresh was granted and could not write.
        case recover
        /// Reads the token file; again, while another program is writing it.
        case read
        /// Makes a file, with space, to keep a new token in: a token that was issued must not be lost.
        case reserve
        /// Asks the service. A refresh token that was sent may be used up.
        case ask(TokenDocument.Grant)
        /// Waits for this many seconds.
        case pause(TimeInterval)
        /// Writes these bytes to that file, and to the disk; if that fails, elsewhere. It never fails: without it, the
        /// token file itself is all there is.
        case keep([UInt8])
        /// Puts these bytes in the place of those, if the file still holds them.
        case write([UInt8], over: [UInt8])
        case done(RefreshOutcome)
    }

    package enum Outcome: Sendable {
        case locked
        case recovered
        /// The file is complete and contains this.
        case read(TokenDocument)
        case reserved
        case answered(TokenServiceAnswer)
        case paused
        case kept
        /// False if the file no longer contained those bytes: nothing was changed then.
        case written(Bool)
        /// The step failed, for this reason.
        case failed(String)
    }

    private enum State: Sendable {
        case locking, recovering, reading, reserving, asking
        /// The refresh token was used up; another program may be about to write.
        case lookingForOthers(error: String, until: TimeInterval)
        case keeping(Granted, [UInt8], over: [UInt8])
        case writing(Granted)
        /// Another program wrote in between.
        case readingAgain(Granted)
    }

    private struct Granted: Sendable {
        /// Nil where only a refresh token came.
        var access: (token: String, expiresAt: Date)?
        var refreshToken: String?

        /// How the refresh ends when it is written.
        var outcome: RefreshOutcome {
            access.map { .refreshed(expiresAt: $0.expiresAt) }
                ?? .offline(reason: "an answer with a refresh token, and without an access token that can be used")
        }
    }

    private let planned: Date
    /// The file, for messages.
    private let path: String
    private var state = State.locking
    /// The file as it was when its refresh token was sent.
    private var file: TokenDocument?
    /// When that was.
    private var askedAt: Moment?
    /// The service has already been asked with another program's token.
    private var isRetry = false

    /// Seconds for another program to write the token it got for the refresh token that we found used up.
    private static let patience: TimeInterval = 3
    /// Seconds between two reads of the file.
    private static let pause: TimeInterval = 0.05

    /// - Parameters:
    ///   - path: the file, for messages.
    ///   - expiresAt: the known expiry; a file with a later one was refreshed by another program.
    package init(path: String, expiresAt: Date) {
        self.path = path
        planned = expiresAt
    }

    package static var first: Step { .lock }

    /// The next step.
    package mutating func next(_ result: Outcome, at now: Moment) -> Step {
        switch (state, result) {
        case (.lookingForOthers(let error, let until), .failed): return look(error, until, at: now)
        case (_, .failed(let reason)): return .done(.failed(reason: reason))
        case (.locking, .locked):
            state = .recovering
            return .recover
        case (.recovering, .recovered):
            state = .reading
            return .read
        case (.reading, .read(let found)): return begin(found)
        case (.reserving, .reserved): return ask(at: now)
        case (.asking, .answered(let answer)): return heard(answer, at: now)
        case (.lookingForOthers(let error, let until), .read(let found)): return compare(found, error, until, at: now)
        case (.lookingForOthers, .paused): return .read
        case (.keeping(let granted, let bytes, let old), .kept):
            state = .writing(granted)
            return .write(bytes, over: old)
        case (.writing(let granted), .written(let isDone)):
            if isDone { return .done(granted.outcome) }
            state = .readingAgain(granted)
            return .read
        case (.readingAgain(let granted), .read(let found)):
            // Unless another program has written something newer, which stands.
            if let file, found.expiresAt > file.expiresAt { return .done(.adopted(expiresAt: found.expiresAt)) }
            return write(granted, over: found)
        default: return .done(.failed(reason: "\(path): the refresh reached an unexpected state; please report this"))
        }
    }

    private mutating func begin(_ found: TokenDocument) -> Step {
        // The expiry was passed in whole seconds.
        if found.expiresAt >= planned + 1 { return .done(.adopted(expiresAt: found.expiresAt)) }
        file = found
        state = .reserving
        return .reserve
    }

    private mutating func ask(at now: Moment) -> Step {
        guard let grant = file?.grant else { return .done(.failed(reason: "\(path): no refresh token")) }
        state = .asking
        askedAt = now
        return .ask(grant)
    }

    private mutating func heard(_ answer: TokenServiceAnswer, at now: Moment) -> Step {
        switch answer {
        case .granted(let accessToken, let seconds, let refreshToken):
            guard let file else { return .done(.failed(reason: "\(path): no token was read")) }
            // It counts from when it was granted: the machine may have slept before the answer was heard.
            let age = askedAt.map { max(0, now.boot - $0.boot) } ?? 0
            let expiresAt = now.wall - age + TimeInterval(seconds)
            return write(Granted(access: (accessToken, expiresAt), refreshToken: refreshToken), over: file)
        case .rotated(let refreshToken):
            guard let file else { return .done(.failed(reason: "\(path): no token was read")) }
            return write(Granted(access: nil, refreshToken: refreshToken), over: file)
        case .offline(let reason): return .done(.offline(reason: reason))
        case .registrationRefused(let error): return .done(.registrationRefused(error: error))
        case .refused(let error, let description): return .done(.refused(error: error, description: description))
        case .sessionEnded(let error):
            // A used-up refresh token may mean that another program was faster.
            state = .lookingForOthers(error: error, until: now.boot + RefreshSteps.patience)
            return .read
        }
    }

    private mutating func compare(
        _ found: TokenDocument, _ error: String, _ until: TimeInterval, at now: Moment
    ) -> Step {
        guard let file else { return look(error, until, at: now) }
        guard found.expiresAt > file.expiresAt || found.grant != file.grant else { return look(error, until, at: now) }
        // A program that was faster twice keeps the session refreshed: it has not ended.
        if found.expiresAt > file.expiresAt || isRetry { return .done(.adopted(expiresAt: found.expiresAt)) }
        isRetry = true
        self.file = found
        return ask(at: now)
    }

    private func look(_ error: String, _ until: TimeInterval, at now: Moment) -> Step {
        now.boot < until ? .pause(RefreshSteps.pause) : .done(.sessionEnded(error: error))
    }

    private mutating func write(_ granted: Granted, over found: TokenDocument) -> Step {
        do {
            let bytes = try found.renewed(
                accessToken: granted.access?.token, expiresAt: granted.access?.expiresAt,
                refreshToken: granted.refreshToken)
            state = .keeping(granted, bytes, over: found.bytes)
            return .keep(bytes)
        } catch {
            return .done(.failed(reason: "\(path): \(error)"))
        }
    }
}
