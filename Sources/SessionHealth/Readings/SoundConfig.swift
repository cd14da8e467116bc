/// Our own configuration from its two files. While one of them cannot be read or is wrong, what it said last counts.
package struct SoundConfig: Sendable {
    package private(set) var config = OwnConfig()
    /// The last sound content of each; nil without one.
    private var managed: [UInt8]?
    private var user: [UInt8]?
    /// Neither file keeps anything from us.
    package private(set) var isWhole = true

    package init() {}

    /// - Returns: what is wrong with the files.
    package mutating func take(_ files: OwnConfigFiles, _ places: Places) -> [Finding] {
        config = OwnConfig()
        isWhole = true
        var findings: [Finding] = []
        if let place = files.managedIsOpenAt {
            managed = nil
            findings.append(
                Finding(
                    .configUntrusted, .warning, subject: places.managedConfig,
                    message: "\(places.managedConfig) does not count: \(place.words)", fix: place.fix))
        } else {
            findings += take(files.managed, keeping: \.managed, from: places.managedConfig, isManaged: true)
        }
        findings += take(files.user, keeping: \.user, from: places.config, isManaged: false)
        findings += config.refused.map { setting in
            let lock = setting.lock.map { "\($0.path), line \($0.line)" } ?? ""
            return Finding(
                .configLocked, .warning, subject: setting.name,
                message: "\(setting.path), line \(setting.line): \(setting.name) does not count: \(lock), locks it",
                fix: "remove \(setting.name) from line \(setting.line) of \(setting.path)")
        }
        return findings
    }

    private mutating func take(
        _ content: Result<[UInt8]?, HostFailure>, keeping last: WritableKeyPath<SoundConfig, [UInt8]?>,
        from path: String, isManaged: Bool
    ) -> [Finding] {
        do {
            let bytes = try content.get()
            if let bytes { try config.take(bytes, from: path, isManaged: isManaged) }
            self[keyPath: last] = bytes
            return []
        } catch {
            isWhole = false
            let isKnown = self[keyPath: last] != nil
            if let known = self[keyPath: last] { try? config.take(known, from: path, isManaged: isManaged) }
            // It is told with the other files that cannot be read.
            if let failure = error as? HostFailure, failure.isPassing { return [] }
            return [
                Finding(
                    .configWrong, .error, subject: path,
                    message: error is HostFailure ? "\(error)" : "\(path): \(error)",
                    fix: (isManaged ? "ask whoever manages it to correct it" : "correct it")
                        + (isKnown ? "; until then the previous configuration stays in force" : ""))
            ]
        }
    }
}

/// The two files named `config.json`, as the host read them; nil where there is none.
package struct OwnConfigFiles: Sendable {
    /// Root's.
    package var managed: Result<[UInt8]?, HostFailure>
    /// What somebody other than root can write: that file, or a folder on the way to it. It does not count then.
    package var managedIsOpenAt: OpenPlace?
    package var user: Result<[UInt8]?, HostFailure>
    /// What somebody other than the user and root can write: that file, or a folder on the way to it. No command from it
    /// is run then.
    package var userIsOpenAt: OpenPlace?

    package init(
        managed: Result<[UInt8]?, HostFailure> = .success(nil), managedIsOpenAt: OpenPlace? = nil,
        user: Result<[UInt8]?, HostFailure>, userIsOpenAt: OpenPlace? = nil
    ) {
        self.managed = managed
        self.managedIsOpenAt = managedIsOpenAt
        self.user = user
        self.userIsOpenAt = userIsOpenAt
    }

    /// Takes from an earlier reading what could not be read now.
    mutating func complete(with last: OwnConfigFiles) {
        if managed.isUnread { (managed, managedIsOpenAt) = (last.managed, last.managedIsOpenAt) }
        if user.isUnread { (user, userIsOpenAt) = (last.user, last.userIsOpenAt) }
    }
}
