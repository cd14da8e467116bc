import Host
import SessionHealth

/// What `config.json` gives `setup`, put among the flags. A flag comes before it, and so does what is set up already; what
/// root locks counts always.
struct GivenSetup {
    private let own: OwnConfig
    private var given: SetupDefaults { own.values.setup }
    /// What Claude Code uses now.
    private let claude: ClaudeFacts
    /// The profiles in the AWS files.
    private let profiles: [String]
    /// Claude Code has no profile yet, or none that is there and may be used.
    private let isFirst: Bool

    /// - Throws: what is wrong with root's file, since nobody knows then what it locks.
    init(_ context: SetupContext) throws {
        own = context.own.config
        claude = context.reader.facts.claude
        for finding in context.wrong {
            guard finding.subject != context.paths.managedConfig || finding.code == .configUntrusted else {
                throw Failure("\(finding.message): \(finding.fix)")
            }
            context.warn("warning: \(finding.message): \(finding.fix)")
        }
        let config = try? context.config()
        let names = config?.profileNames ?? []
        profiles = names
        let current = context.currentProfile.flatMap { name in
            names.contains(name) ? (try? config?.resolve(name)).map { ChosenProfile(name: name, kind: $0) } : nil
        }
        let objection = current.map { context.own.config.objection(to: $0.choice) }
        isFirst = objection.map { $0 != nil } ?? true
    }

    /// - Throws: what a flag says against a lock.
    func fill(_ context: inout SetupContext) throws {
        let said = context.flags
        if let objection = own.objection(to: said.choice) { throw Failure(objection) }
        var flags = said
        var used: [SetupKeyName] = []
        /// A value that counts, if no flag gives another.
        func take<Value>(_ key: SetupKeyName, _ flag: Value?, _ value: Value?, unless isSet: Bool) -> Value? {
            guard flag == nil, let value, !isSet || own.isLocked(key) else { return flag }
            used.append(key)
            return value
        }
        try takeProfile(&flags, &context, &used)
        flags.region = take(.region, said.region, given.region, unless: !isFirst && claude.region != nil)
        for (key, region) in [(SetupKeyName.region, flags.region), (.ssoRegion, flags.ssoRegion)] {
            guard used.contains(key), !said.force, let doubt = region.flatMap(BedrockRegions.doubt) else { continue }
            throw Failure("\(key.name) (\(own.setting(key)?.place ?? "")): \(doubt) --force takes it all the same")
        }
        if said.model == nil, !given.models.isEmpty {
            context.given.models = take(.model, nil, given.models, unless: !isFirst && claude.model != nil) ?? []
        }
        flags.coalesce = take(.coalesce, said.coalesce, given.coalesce, unless: !isFirst)
        if said.coalesce == nil { context.given.coalesce = flags.coalesce }
        flags.separate = take(.separate, said.separate, given.separate, unless: !isFirst)
        flags.statusLine = take(.statusLine, said.statusLine, given.statusLine, unless: !isFirst)
        flags.hooks = take(.hooks, said.hooks, given.hooks, unless: !isFirst)
        if context.shown?.isStatusLineManaged == true, flags.statusLine == true { flags.statusLine = nil }
        if context.shown?.areHooksManaged == true, flags.hooks == true { flags.hooks = nil }
        context.flags = flags
        giveLocked(to: &context)
        for (index, setting) in used.compactMap(own.setting).enumerated() {
            context.tell(index == 0 ? "given" : "", "\(setting.name) \(setting.value) (\(setting.place))")
        }
    }

    /// A new profile has what is locked, whenever the person comes to make one.
    private func giveLocked(to context: inout SetupContext) {
        if own.isLocked(.profile) { context.given.profile = given.profile }
        if own.isLocked(.ssoStartUrl) { context.given.startURL = given.startURL }
        if own.isLocked(.ssoRegion) { context.given.ssoRegion = given.ssoRegion }
        if own.isLocked(.ssoSession) { context.given.ssoSession = given.ssoSession }
        if own.isLocked(.accountId) { context.given.accountIDs = given.accountIDs }
        if own.isLocked(.roleName) { context.given.roleNames = given.roleNames }
    }

    /// The profile to use, or what makes a new one.
    /// - Throws: a `Failure` where the person has another one of that name, and nobody can be asked, or none other may be
    ///   chosen.
    private func takeProfile(
        _ flags: inout SetupFlags, _ context: inout SetupContext, _ used: inout [SetupKeyName]
    ) throws {
        let asksForNew = flags.accountID != nil || flags.roleName != nil || flags.ssoRegion != nil
        guard !flags.isNew, asksForNew || flags.profile == nil && (isFirst || own.isLocked(.profile)) else { return }
        let isThere = (flags.profile ?? given.profile).map(profiles.containsSpelled) ?? false
        if flags.profile == nil, isThere, let name = given.profile,
            let kind = try? context.config().resolve(name),
            // Where no other may be used, what is merely given does not count.
            let difference = own.difference(to: kind.choice(name), lockedOnly: own.isLocked(.profile))
        {
            let problem = "profile \(name) is there already, and is another one: \(difference)"
            guard context.dialogue != nil, !own.isLocked(.profile) else {
                let advice = own.isLocked(.profile) ? "" : ", or pass --profile"
                throw Failure("\(problem): rename it in \(context.configPath)\(advice)")
            }
            return context.warn(problem)
        }
        if flags.profile == nil, let name = given.profile, !(asksForNew && isThere) {
            flags.profile = name
            used.append(.profile)
        }
        guard given.startURL != nil || given.ssoSession != nil, asksForNew || !isThere else { return }
        (flags.startURL, flags.ssoSession) = (given.startURL, given.ssoSession)
        if flags.startURL != nil { used.append(.ssoStartUrl) }
        if flags.ssoSession != nil { used.append(.ssoSession) }
        if flags.ssoRegion == nil, flags.startURL != nil, given.ssoRegion != nil {
            flags.ssoRegion = given.ssoRegion
            used.append(.ssoRegion)
        }
        if flags.accountID == nil, !given.accountIDs.isEmpty {
            context.given.accountIDs = given.accountIDs
            used.append(.accountId)
        }
        if flags.roleName == nil, !given.roleNames.isEmpty {
            context.given.roleNames = given.roleNames
            used.append(.roleName)
        }
    }
}

extension SetupContext {
    /// The first of what `config.json` gives that the person has; nil where nothing is given, or none of it is there and
    /// the person is to be asked.
    /// - Throws: a `Failure` where nobody can be asked, or nothing else may be chosen.
    func first(of wishes: [String], among found: [String], _ key: SetupKeyName) throws -> String? {
        guard !wishes.isEmpty, let setting = own.config.setting(key) else { return nil }
        if let first = wishes.first(where: found.contains) { return first }
        let problem =
            "\(setting.name) \(setting.value) (\(setting.place)): none of them is assigned to you"
            + (found.isEmpty ? "" : "; you have \(found.joined(separator: ", "))")
        guard dialogue != nil, !own.config.isLocked(key) else {
            throw Failure("\(problem). Ask your administrator, or whoever manages \(setting.path)")
        }
        warn(problem)
        return nil
    }
}

extension SetupFlags {
    /// What they say of what root's `config.json` may lock.
    fileprivate var choice: [SetupKeyName: String] {
        let values: [SetupKeyName: String?] = [
            .profile: profile, .ssoStartUrl: startURL, .ssoRegion: ssoRegion, .ssoSession: ssoSession,
            .accountId: accountID, .roleName: roleName, .region: region, .model: model,
            .coalesce: coalesce.map { "\($0)" }, .separate: separate.map { "\($0)" },
            .statusLine: statusLine.map { "\($0)" }, .hooks: hooks.map { "\($0)" },
        ]
        return values.compactMapValues(\.self)
    }
}
