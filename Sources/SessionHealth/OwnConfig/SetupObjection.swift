// What `setup` may choose, and the files may say, where root's file locks a key of `setup`.

extension OwnConfig {
    /// Why a choice is not allowed, with the lock's place, for a person; nil if it is.
    /// - Parameter choice: by key; `true` and `false` as text.
    package func objection(to choice: [SetupKeyName: String]) -> String? {
        forbidden(in: choice).map { "\($0.key.rawValue) \($0.value.printable) is not allowed: \($0.lock)" }
    }

    /// The first lock that a choice is against, and what is there, for a person; nil for none.
    package func lock(against choice: [SetupKeyName: String]) -> String? { forbidden(in: choice)?.lock }

    private func forbidden(in choice: [SetupKeyName: String]) -> (key: SetupKeyName, value: String, lock: String)? {
        SetupKeyName.allCases.lazy.compactMap { key in
            choice[key].flatMap { value in
                words(forLockOf: key, against: value).map { (key, value, $0) }
            }
        }.first
    }

    /// The same as `objection(to:)` for what hides its model, by the foundation models behind it. A lock on the name of
    /// a model allows it where it is that model's; `objection(to:)` cannot tell.
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
        return model.hidesModel && isLocked(.model) && !names.contains(where: model.isAllowed)
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

    /// The place in root's file that locks a key; nil where none does.
    package func lockPlace(of key: SetupKeyName) -> String? { isLocked(key) ? setting(key)?.place : nil }

    /// The sso-session that a legacy profile is to move to; nil where no lock names one for it.
    package func lockedSession(of kind: ProfileKind) -> String? {
        guard isLocked(.ssoSession), case .sso(let profile) = kind, profile.session.kind == .legacy,
            values.setup.startURL == nil || values.setup.admits(profile.session.startURL, as: .ssoStartUrl)
        else { return nil }
        return values.setup.ssoSession
    }

    /// What of Identity Center a profile has otherwise than it is given, for a person; nil if nothing.
    /// - Parameter lockedOnly: what is merely given does not count.
    package func difference(to choice: [SetupKeyName: String], lockedOnly: Bool) -> String? {
        for key in [SetupKeyName.ssoStartUrl, .ssoRegion, .accountId, .roleName] where !lockedOnly || isLocked(key) {
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
    /// What is set here of Identity Center, as the AWS files spell it.
    func texts(of key: SetupKeyName) -> [String] {
        switch key {
        case .ssoStartUrl: [startURL].compactMap(\.self)
        case .ssoRegion: [ssoRegion].compactMap(\.self)
        case .ssoSession: [ssoSession].compactMap(\.self)
        case .accountId: accountIDs
        case .roleName: roleNames
        default: []
        }
    }

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
