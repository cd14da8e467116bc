import FoundationEssentials
import Glibc
import SessionHealth

/// Reads a token file's clocks; its secrets are wiped before this returns.
package struct TokenReading {
    package let facts: TokenFacts

    /// - Parameters:
    ///   - path: the file.
    ///   - before: what was known of it: a torn file keeps the clocks and the time since when it is torn.
    ///   - now: now.
    package init(path: String, after before: TokenFacts, at now: Moment) {
        do {
            let secret = try SecretBytes(reading: path)
            let fingerprint = secret.fingerprint
            do throws(TokenFileError) {
                facts = .found(
                    try secret.withBytes { bytes throws(TokenFileError) in
                        try TokenClocks(parsing: bytes, writtenAt: secret.writtenAt, fingerprint: fingerprint)
                    })
            } catch {
                facts = before.torn(since: now.boot, because: error.description)
            }
        } catch  where error.number == ENOENT || error.number == ENOTDIR {
            facts = .absent
        } catch {
            facts = .unreadable(error.description)
        }
    }
}

/// Reads what matters of a cached client registration.
struct RegistrationReading {
    let facts: RegistrationFacts

    init(path: String) {
        do {
            let secret = try SecretBytes(reading: path)
            facts = secret.withBytes { RegistrationFacts(parsing: $0) }
        } catch {
            facts = .absent
        }
    }
}

extension TokenFacts {
    fileprivate func torn(since now: TimeInterval, because reason: String) -> TokenFacts {
        switch self {
        case .torn(let since, _, let last): .torn(since: since, reason: reason, last: last)
        case .found(let clocks): .torn(since: now, reason: reason, last: clocks)
        case .absent, .unreadable: .torn(since: now, reason: reason, last: nil)
        }
    }
}
