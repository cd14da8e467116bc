import FoundationEssentials
import Glibc
import SessionHealth

/// Reads a token file's timestamps; the secrets are wiped before this returns.
extension TokenReading {
    package init(path: String, of kind: SSOSession.Kind = .ssoSession) {
        do {
            let secret = try SecretBytes(reading: path)
            let fingerprint = secret.fingerprint
            self = secret.withBytes {
                TokenReading(parsing: $0, of: kind, writtenAt: secret.writtenAt, fingerprint: fingerprint)
            }
        } catch  where error.number == ENOENT || error.number == ENOTDIR {
            self = .absent
        } catch {
            self = .unreadable(UnreadableFile(error))
        }
    }
}

extension UnreadableFile {
    /// What is in the way is mended at the first place where it is.
    package init(_ error: SystemError) {
        let path = error.path
        let fix: String
        switch error.number {
        case EACCES, EPERM:
            // The highest folder that cannot be entered, else the file.
            let place = Folder.highest(above: path) { access($0, X_OK) != 0 } ?? path
            let owner = try? FileOwnership(of: place)
            let quoted = ShellWords.quoted(place)
            fix =
                owner?.isOurs ?? true
                ? "chmod u+rwX \(quoted)" : "sudo chown -R \"$(id -u):$(id -g)\" \(quoted)"
        case ELOOP: fix = "rm \(ShellWords.quoted(Folder.obstacle(to: path) ?? path))"
        case EISDIR, EFBIG, EINVAL, ENOTDIR: fix = UnreadableFile.move(Folder.obstacle(to: path) ?? path)
        case EMFILE, ENFILE: fix = "nothing to do: it is read again; close programs that hold many files open"
        default: fix = "nothing to do: it is read again; if this stays, look for errors of the disk: dmesg"
        }
        self.init(
            path: path, reason: error.number == EINVAL ? "not a regular file" : error.reason, fix: fix,
            isPassing: error.isPassing)
    }

    private static func move(_ path: String) -> String {
        "mv \(ShellWords.quoted(path)) \(ShellWords.quoted("\(path).old"))"
    }
}

/// Reads the facts that matter from a cached client registration.
extension RegistrationFacts {
    /// - Throws: if the next reading may succeed.
    package init(path: String) throws(UnreadableFile) {
        do {
            let secret = try SecretBytes(reading: path)
            self = secret.withBytes { RegistrationFacts(parsing: $0) }
        } catch  where error.number == ENOENT || error.number == ENOTDIR {
            self = .absent
        } catch  where error.isPassing {
            throw UnreadableFile(error)
        } catch {
            // The AWS CLI cannot use it either, and fails.
            self = .damaged
        }
    }
}

extension SessionReading {
    /// Reads a session's token file and its client registration.
    /// - Parameter kept: the token files beside which an earlier refresh left a token.
    package init(_ session: SSOSession, _ places: Places, kept: Set<String> = []) {
        var token = TokenReading(path: places.token(session.tokenFileName), of: session.kind)
        var registration: RegistrationFacts? = .absent
        do {
            if session.kind != .login {
                registration = try RegistrationFacts(path: places.token(session.registrationFileName))
            }
        } catch {
            token = .unreadable(error)
            registration = nil
        }
        self.init(session: session, token: token, registration: registration)
        hasKeptGrant = kept.contains(session.tokenFileName)
    }
}
