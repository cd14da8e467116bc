import FoundationEssentials
import Glibc
import SessionHealth

/// Reads a token file's timestamps; the secrets are wiped before this returns.
extension TokenReading {
    package init(path: String) {
        do {
            let secret = try SecretBytes(reading: path)
            let fingerprint = secret.fingerprint
            self = secret.withBytes {
                TokenReading(parsing: $0, writtenAt: secret.writtenAt, fingerprint: fingerprint)
            }
        } catch  where error.number == ENOENT || error.number == ENOTDIR {
            self = .absent
        } catch {
            self = .unreadable(error.description)
        }
    }
}

/// Reads the facts that matter from a cached client registration.
extension RegistrationFacts {
    package init(path: String) {
        do {
            let secret = try SecretBytes(reading: path)
            self = secret.withBytes { RegistrationFacts(parsing: $0) }
        } catch {
            self = .absent
        }
    }
}

extension SessionReading {
    /// Reads a session's token file and its client registration.
    package init(_ session: SSOSession, _ places: Places) {
        self.init(
            session: session, token: TokenReading(path: places.token(session.tokenFileName)),
            registration: RegistrationFacts(path: places.token(session.registrationFileName)))
    }
}
