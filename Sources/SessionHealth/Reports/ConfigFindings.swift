/// What is wrong with the AWS configuration, told as findings.
extension INIError {
    package var finding: Finding {
        Finding(.configRefused, .error, subject: place.path, message: description, fix: fix)
    }
}

extension AWSConfigError {
    /// The finding that says this about a profile or session.
    package func finding(about subject: String) -> Finding {
        let code: Finding.Code =
            switch self {
            case .noSuchProfile, .noSuchSource: .noSuchProfile
            case .noSuchSession: .noSuchSession
            case .loop, .tooLong: .profileLoop
            case .missingKeys, .indented, .sourceWithoutCredentials: .profileIncomplete
            case .twoSources, .conflict: .profileContradictsItself
            case .badRegion: .badRegion
            case .badAccount: .badAccount
            case .badStartURL: .badStartURL
            case .unknownSource: .unknownCredentialSource
            }
        return Finding(code, .error, subject: subject, message: description, fix: fix)
    }
}

extension ReadingDifference {
    package var finding: Finding {
        Finding(.configReadDifferently, .warning, subject: subject, message: message, fix: fix)
    }
}

extension AWSFiles {
    package var findings: [Finding] { differences.map(\.finding) }

    /// What to tell a person about a profile that cannot be used.
    package func finding(_ error: any Error, about profile: String, source: String) -> Finding {
        switch error {
        case let error as AWSConfigError:
            var finding = error.finding(about: profile)
            finding.message += " (used by \(source))"
            return finding
        case let error as INIError:
            return error.finding
        case let file as UnreadableFile:
            return Finding(.configUnreadable, .error, subject: file.path, message: "\(file)", fix: file.fix)
        default:
            return Finding(
                .configUnreadable, .error, subject: paths[0], message: "\(error)", fix: "make it readable for your user"
            )
        }
    }
}
