extension Finding {
    /// What `doctor` looks at, in the order in which it builds on each other.
    package enum Layer: String, CaseIterable, Sendable {
        case programs, files, settings, profile, session, network, service
    }

    /// The stable names of what `status` and `doctor` say. Scripts go by them: one that is out stays as it is.
    package enum Code: String, CaseIterable, Sendable {
        // programs
        case bedrockAgent = "bedrock-agent"
        case netProgram = "net-program"
        case netProgramMissing = "net-program-missing"
        case awsCLI = "aws-cli"
        case awsCLIMissing = "aws-cli-missing"
        case awsCLIUnknown = "aws-cli-unknown"
        case awsCLIOld = "aws-cli-old"
        case claude
        case claudeMissing = "claude-missing"
        case claudeVersionUnknown = "claude-version-unknown"
        case claudeOld = "claude-old"

        // files
        case configWrong = "config-wrong"
        case configUntrusted = "config-untrusted"
        case configLocked = "config-locked"
        case stateDamaged = "state-damaged"
        case stateNotSaved = "state-not-saved"
        case approvalsDamaged = "approvals-damaged"
        case settingsUnreadable = "settings-unreadable"
        case settingsNotJSON = "settings-not-json"
        case settingsNotObject = "settings-not-object"
        case settingsRefused = "settings-refused"
        case settingsTooLarge = "settings-too-large"
        case settingsWrongOwner = "settings-wrong-owner"
        case settingsWritableByOthers = "settings-writable-by-others"
        case file
        case fileUnreadable = "file-unreadable"
        case fileWrongOwner = "file-wrong-owner"
        case fileWritableByOthers = "file-writable-by-others"
        case fileOpenToOthers = "file-open-to-others"
        case tokenCacheReadOnly = "token-cache-read-only"

        // settings
        case settingsEmpty = "settings-empty"
        case settingsGone = "settings-gone"
        case settingsKeysGone = "settings-keys-gone"
        case settingsEnvNotObject = "settings-env-not-object"
        case settingsEnvNotString = "settings-env-not-string"
        case settingsCommandNotString = "settings-command-not-string"
        case commandUnapproved = "command-unapproved"
        case commandUntrusted = "command-untrusted"
        case notifyUnapproved = "notify-unapproved"
        case notifyUntrusted = "notify-untrusted"
        case unguarded
        case apiKeyHelper = "api-key-helper"
        case authRefreshElsewhere = "auth-refresh-elsewhere"
        case authRefreshFails = "auth-refresh-fails"
        case authRefreshSkips = "auth-refresh-skips"
        case onlyInProject = "only-in-project"
        case shadowedByProject = "shadowed-by-project"
        case shadowedByManaged = "shadowed-by-managed"
        case exportedDifferently = "exported-differently"
        case folderUnguarded = "folder-unguarded"
        case environmentDiffers = "environment-differs"
        case accessKeysExported = "access-keys-exported"
        case usesBedrock = "uses-bedrock"
        case region
        case regionMissing = "region-missing"
        case authRefresh = "auth-refresh"
        case authRefreshMissing = "auth-refresh-missing"
        case credentialExport = "credential-export"
        case ownSetting = "own-setting"

        // profile
        case configRefused = "config-refused"
        case configUnreadable = "config-unreadable"
        case configReadDifferently = "config-read-differently"
        case noSuchProfile = "no-such-profile"
        case noSuchSession = "no-such-session"
        case profileLoop = "profile-loop"
        case profileIncomplete = "profile-incomplete"
        case profileContradictsItself = "profile-contradicts-itself"
        case badRegion = "bad-region"
        case badAccount = "bad-account"
        case badStartURL = "bad-start-url"
        case unknownCredentialSource = "unknown-credential-source"
        case endpointWrong = "endpoint-wrong"
        case sessionTwice = "session-twice"
        case credentialsMissing = "credentials-missing"
        case legacyProfile = "legacy-profile"
        case profile
        case scope
        case scopeMissing = "scope-missing"

        // session
        case tokenUnreadable = "token-unreadable"
        case tokenDamaged = "token-damaged"
        case signInNeeded = "sign-in-needed"
        case signInSoon = "sign-in-soon"
        case offline
        case refreshFailed = "refresh-failed"
        case refreshRefused = "refresh-refused"
        case registrationEnds = "registration-ends"
        case registrationEndsTomorrow = "registration-ends-tomorrow"
        case noRefreshToken = "no-refresh-token"
        case accessToken = "access-token"
        case accessTokenEnded = "access-token-ended"
        case registration

        // network
        case notAsked = "not-asked"
        case portal
        case unreachable
        case sessionOver = "session-over"
        case noAccess = "no-access"
        case noPermission = "no-permission"
        case clockWrong = "clock-wrong"
        case refused
        case models
        case modelsNone = "models-none"
        case modelsUnknown = "models-unknown"
        case model
        case modelNotListed = "model-not-listed"
        case modelUnavailable = "model-unavailable"
        case pinNotListed = "pin-not-listed"
        case caBundle = "ca-bundle"
        case caBundleWrong = "ca-bundle-wrong"
        case caBundleNotForClaude = "ca-bundle-not-for-claude"
        case notInService = "not-in-service"

        // service
        case filesUnwatched = "files-unwatched"
        case serviceFailed = "service-failed"
        case serviceMasked = "service-masked"
        case serviceMissing = "service-missing"
        case serviceStopped = "service-stopped"
        case serviceEnabled = "service-enabled"
        case serviceDisabled = "service-disabled"
        case noUserManager = "no-user-manager"
        case daemon
        case daemonSilent = "daemon-silent"
        case daemonOtherVersion = "daemon-other-version"
        case socketWrongOwner = "socket-wrong-owner"
        case socketOpenToOthers = "socket-open-to-others"
        case desktop
        case noDesktopInService = "no-desktop-in-service"

        /// Where `doctor` tells it.
        package var layer: Layer {
            switch self {
            case .bedrockAgent, .netProgram, .netProgramMissing, .awsCLI, .awsCLIMissing, .awsCLIUnknown,
                .awsCLIOld, .claude, .claudeMissing, .claudeVersionUnknown, .claudeOld:
                .programs
            case .configWrong, .configUntrusted, .configLocked, .stateDamaged, .stateNotSaved, .approvalsDamaged,
                .settingsUnreadable,
                .settingsNotJSON, .settingsNotObject, .settingsRefused, .settingsTooLarge, .settingsWrongOwner,
                .settingsWritableByOthers,
                .file, .fileUnreadable, .fileWrongOwner, .fileWritableByOthers, .fileOpenToOthers,
                .tokenCacheReadOnly:
                .files
            case .settingsEmpty, .settingsGone, .settingsKeysGone, .settingsEnvNotObject, .settingsEnvNotString,
                .settingsCommandNotString, .commandUnapproved, .commandUntrusted, .notifyUnapproved, .notifyUntrusted,
                .unguarded, .apiKeyHelper,
                .authRefreshElsewhere, .authRefreshFails, .authRefreshSkips, .onlyInProject, .shadowedByProject,
                .shadowedByManaged, .exportedDifferently, .folderUnguarded, .environmentDiffers, .accessKeysExported,
                .usesBedrock, .region, .regionMissing, .authRefresh, .authRefreshMissing,
                .credentialExport, .ownSetting:
                .settings
            case .configRefused, .configUnreadable, .configReadDifferently, .noSuchProfile, .noSuchSession,
                .profileLoop, .profileIncomplete, .profileContradictsItself, .badRegion, .badAccount, .badStartURL,
                .unknownCredentialSource,
                .endpointWrong, .sessionTwice, .credentialsMissing, .legacyProfile, .profile, .scope, .scopeMissing:
                .profile
            case .tokenUnreadable, .tokenDamaged, .signInNeeded, .signInSoon, .offline, .refreshFailed,
                .refreshRefused, .registrationEnds, .registrationEndsTomorrow, .noRefreshToken, .accessToken,
                .accessTokenEnded, .registration:
                .session
            case .notAsked, .portal, .unreachable, .sessionOver, .noAccess, .noPermission, .clockWrong, .refused,
                .models, .modelsNone, .modelsUnknown, .model, .modelNotListed, .modelUnavailable, .pinNotListed,
                .caBundle, .caBundleWrong, .caBundleNotForClaude, .notInService:
                .network
            case .filesUnwatched, .serviceFailed, .serviceMasked, .serviceMissing, .serviceStopped, .serviceEnabled,
                .serviceDisabled, .noUserManager, .daemon, .daemonSilent, .daemonOtherVersion, .socketWrongOwner,
                .socketOpenToOthers, .desktop, .noDesktopInService:
                .service
            }
        }
    }
}
