// What `setup` may choose, where root's file locks a key of `setup`.

extension OwnConfig {
    /// Why a choice is not allowed, with the lock's place, for a person; nil if it is.
    /// - Parameter choice: by key; `true` and `false` as text.
    package func objection(to choice: [SetupKeyName: String]) -> String? {
        for key in SetupKeyName.allCases {
            guard let value = choice[key], let lock = lock(of: key), let setting = setting(key),
                !managed.setup.admits(value, as: key)
            else { continue }
            return "\(key.rawValue) \(value.printable) is not allowed: \(lock.path), line \(lock.line), locks"
                + " \(key.name), which is \(setting.value) there"
        }
        return nil
    }
}

extension OwnConfig {
    /// What of Identity Center a profile has otherwise than it is given, locked or not, for a person; nil if nothing.
    package func difference(to choice: [SetupKeyName: String]) -> String? {
        for key in [SetupKeyName.ssoStartUrl, .ssoRegion, .accountId, .roleName] {
            guard let value = choice[key], let setting = setting(key), !values.setup.admits(value, as: key) else {
                continue
            }
            return "its \(key.rawValue) is \(value.printable), and \(setting.value) in \(setting.place)"
        }
        return nil
    }
}

extension SetupDefaults {
    /// Whether a value is the one that is set here, or one of those.
    fileprivate func admits(_ value: String, as key: SetupKeyName) -> Bool {
        switch key {
        case .profile: profile == value
        case .ssoStartUrl: startURL.map(StartURL.completed) == StartURL.completed(value)
        case .ssoRegion: ssoRegion == value
        case .ssoSession: ssoSession == value
        case .accountId: accountIDs.contains(value)
        case .roleName: roleNames.contains(value)
        case .region: region == value
        case .model: models.contains { ModelName(value).isMeant(by: $0) }
        case .coalesce: coalesce == (value == "true")
        case .separate: separate == (value == "true")
        case .statusLine: statusLine == (value == "true")
        case .hooks: hooks == (value == "true")
        }
    }
}
