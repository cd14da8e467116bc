// What `setup` may choose, and the files may say, where root's file locks a key of `setup`.

extension OwnConfig {
    /// Why a choice is not allowed, with the lock's place, for a person; nil if it is.
    /// - Parameter choice: by key; `true` and `false` as text.
    package func objection(to choice: [SetupKeyName: String]) -> String? {
        for key in SetupKeyName.allCases {
            guard let value = choice[key], let lock = words(forLockOf: key, against: value) else { continue }
            return "\(key.rawValue) \(value.printable) is not allowed: \(lock)"
        }
        return nil
    }

    /// The first lock that a choice is against, and what is there, for a person; nil for none.
    package func lock(against choice: [SetupKeyName: String]) -> String? {
        SetupKeyName.allCases.lazy.compactMap { key in
            choice[key].flatMap { words(forLockOf: key, against: $0) }
        }.first
    }

    /// The same as `objection(to:)` for an application inference profile, by the foundation models behind it. A lock on the name of a model
    /// allows it where it is that model's; `objection(to:)` cannot tell.
    /// - Parameter models: nil if they are unknown; `why` says why, then.
    package func objection(to profile: ModelName, of models: [String]?, why: String = "") -> String? {
        guard profile.hidesModel, hidesWhetherAllowed(profile),
            let lock = lock(of: .model), let setting = setting(.model)
        else { return nil }
        let names = managed.setup.models
        if let models, models.contains(where: { model in names.contains(where: ModelName(model).isAllowed) }) {
            return nil
        }
        let what =
            models.map { "it is of \($0.joined(separator: ", "))" } ?? "nobody can say of which model it is (\(why))"
        return "model \(profile.base.printable) is not allowed: \(what.printable), and \(lock.words(setting))"
    }

    /// Whether only Bedrock can tell if a lock on the model allows this.
    func hidesWhetherAllowed(_ model: ModelName) -> Bool {
        let names = managed.setup.models
        return model.hidesModel && setting(.model)?.lock != nil && !names.contains(where: model.isAllowed)
            && names.contains { !ModelName($0).isOfBedrock }
    }

    /// Which lock a value is against, and what is there, for a person; nil for none.
    package func words(forLockOf key: SetupKeyName, against value: String) -> String? {
        guard let lock = lock(of: key), let setting = setting(key), !managed.setup.admits(value, as: key),
            key != .model || !hidesWhetherAllowed(ModelName(value))
        else { return nil }
        return lock.words(setting)
    }

    /// Whether root's file sets a key, and locks it.
    package func isLocked(_ key: SetupKeyName) -> Bool { setting(key)?.lock != nil }

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

extension ConfigLock {
    fileprivate func words(_ setting: ConfigSetting) -> String {
        "\(path), line \(line), locks \(setting.name), which is \(setting.value) there"
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
        case .model: models.contains(where: ModelName(value).isAllowed)
        case .coalesce: coalesce == (value == "true")
        case .separate: separate == (value == "true")
        case .statusLine: statusLine == (value == "true")
        case .hooks: hooks == (value == "true")
        }
    }
}
