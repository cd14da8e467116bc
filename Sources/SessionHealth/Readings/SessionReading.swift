import FoundationEssentials

/// What the files of one session say now.
package struct SessionReading: Equatable, Sendable {
    package var session: SSOSession
    package var token: TokenReading
    package var registration: RegistrationFacts

    package init(session: SSOSession, token: TokenReading, registration: RegistrationFacts) {
        self.session = session
        self.token = token
        self.registration = registration
    }
}

/// One look at a token file.
package enum TokenReading: Equatable, Sendable {
    case absent
    /// There, and not readable by us; says why.
    case unreadable(String)
    /// Empty or not whole; says where.
    case torn(String)
    case found(TokenClocks)

    /// - Parameters:
    ///   - text: the file's bytes.
    ///   - writtenAt: when it was last written.
    ///   - fingerprint: a digest of the bytes.
    package init(parsing text: Span<UInt8>, writtenAt: Date, fingerprint: String) {
        do throws(TokenFileError) {
            self = .found(try TokenClocks(parsing: text, writtenAt: writtenAt, fingerprint: fingerprint))
        } catch {
            self = .torn(error.description)
        }
    }

    /// What is known after it, where `before` was known: a torn file keeps the clocks and the time since when it is torn.
    package func facts(after before: TokenFacts, at now: Moment) -> TokenFacts {
        switch self {
        case .absent: .absent
        case .unreadable(let reason): .unreadable(reason)
        case .found(let clocks): .found(clocks)
        case .torn(let reason):
            switch before {
            case .torn(let since, _, let last): .torn(since: since, reason: reason, last: last)
            case .found(let clocks): .torn(since: now.boot, reason: reason, last: clocks)
            case .absent, .unreadable: .torn(since: now.boot, reason: reason, last: nil)
            }
        }
    }
}
