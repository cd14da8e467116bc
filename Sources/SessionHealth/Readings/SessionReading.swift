import FoundationEssentials

/// The current content of one session's files.
package struct SessionReading: Equatable, Sendable {
    package var session: SSOSession
    package var token: TokenReading
    /// Nil where it cannot be read just now, like the token beside it.
    package var registration: RegistrationFacts?
    /// An earlier refresh was granted a token that is not in the file: the next refresh puts it there.
    package var hasKeptGrant = false

    package init(session: SSOSession, token: TokenReading, registration: RegistrationFacts?) {
        self.session = session
        self.token = token
        self.registration = registration
    }

    /// Whether there is another token by now than the one that the sign-in is to replace.
    package func hasAnotherToken(than signIn: AgentState.RunningSignIn?) -> Bool {
        guard let signIn, case .found(let clocks) = token else { return false }
        return clocks.fingerprint != signIn.before
    }
}

/// The result of reading a token file once.
package enum TokenReading: Equatable, Sendable {
    case absent
    /// Present but not readable by us, for this reason.
    case unreadable(UnreadableFile)
    /// Empty or incomplete; says where, and when it was last written.
    case torn(String, writtenAt: Date)
    case found(TokenClocks)

    /// - Parameters:
    ///   - text: the file's bytes.
    ///   - kind: of the session.
    ///   - writtenAt: when it was last written.
    ///   - fingerprint: a digest of the bytes.
    package init(
        parsing text: Span<UInt8>, of kind: SSOSession.Kind = .ssoSession, writtenAt: Date, fingerprint: String
    ) {
        do throws(TokenFileError) {
            self = .found(
                kind == .login
                    ? try TokenClocks(parsingLogin: text, writtenAt: writtenAt, fingerprint: fingerprint)
                    : try TokenClocks(parsing: text, writtenAt: writtenAt, fingerprint: fingerprint))
        } catch {
            self = .torn(error.description, writtenAt: writtenAt)
        }
    }

    /// The facts after this reading, given those before: a torn file keeps its clocks. It is torn since it was written,
    /// or since it was first seen so.
    package func facts(after before: TokenFacts, at now: Moment) -> TokenFacts {
        switch self {
        case .absent: .absent
        case .unreadable(let file) where file.isPassing:
            if case .unread(_, let since, let last) = before {
                .unread(file, since: since, last: last)
            } else {
                .unread(file, since: now.boot, last: before.clocks)
            }
        case .unreadable(let file): .unreadable(file)
        case .found(let clocks): .found(clocks)
        case .torn(let reason, let writtenAt):
            switch before {
            case .torn(let since, _, let last): .torn(since: since, reason: reason, last: last)
            case .found(let clocks), .unread(_, _, let clocks?): .torn(since: now.boot, reason: reason, last: clocks)
            case .absent, .unreadable, .unread:
                .torn(since: now.boot - max(0, now.wall.timeIntervalSince(writtenAt)), reason: reason, last: nil)
            }
        }
    }
}
