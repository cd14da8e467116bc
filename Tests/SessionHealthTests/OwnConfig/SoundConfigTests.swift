import SessionHealth
import Testing

/// Of each of the two files named `config.json`, what it said last counts while it is wrong or cannot be read.
@Suite struct SoundConfigTests {
    private static let places = Places(
        config: "/u/config.json", managedConfig: "/e/config.json", approvals: "", state: "", tokenCache: "")
    private static let managed = #"{"signIn": "ask", "refreshAhead": "30min", "locked": ["signIn"]}"#

    private var sound = SoundConfig()

    /// - Parameters: nil for no file.
    private mutating func take(
        _ managed: String?, _ user: String?, isOpenAt: OpenPlace? = nil
    ) -> [String] {
        let files = OwnConfigFiles(
            managed: .success(managed.map { Array($0.utf8) }), managedIsOpenAt: isOpenAt,
            user: .success(user.map { Array($0.utf8) }))
        return sound.take(files, Self.places).map(\.codeName)
    }

    @Test mutating func aWrongFileOfTheUsersKeepsNothingOfRootsAway() {
        #expect(take(Self.managed, "{,") == ["config-wrong"])
        #expect(sound.config.values.policy.signIn == .ask && !sound.isWhole)
        #expect(take(Self.managed, #"{"legacyAhead": "5min"}"#) == [])
        #expect(take(Self.managed, "[]") == ["config-wrong"])
        #expect(sound.config.values.policy.legacyAhead == 300 && sound.config.values.policy.refreshAhead == 1800)
        // What root changes meanwhile counts at once.
        #expect(take(#"{"signIn": "never"}"#, "[]") == ["config-wrong"])
        #expect(sound.config.values.policy.signIn == .never && sound.config.values.policy.legacyAhead == 300)
    }

    @Test mutating func aWrongFileOfRootsKeepsItsLocks() {
        #expect(take(Self.managed, #"{"signIn": "auto"}"#) == ["config-locked"])
        #expect(take(#"{"sigIn": "auto"}"#, #"{"signIn": "auto"}"#) == ["config-wrong", "config-locked"])
        #expect(sound.config.values.policy.signIn == .ask)
        #expect(take(nil, #"{"signIn": "auto"}"#) == [] && sound.config.values.policy.signIn == .auto)
    }

    @Test mutating func whatOthersCanWriteDoesNotCount() {
        #expect(take(Self.managed, nil) == [])
        let place = OpenPlace("/e", .insteadOfRoot)
        #expect(take(Self.managed, nil, isOpenAt: place) == ["config-untrusted"])
        #expect(sound.config.values.policy.signIn == .auto)
    }

    @Test mutating func whatIsLockedIsSaidWithBothPlaces() {
        let files = OwnConfigFiles(
            managed: .success(Array(Self.managed.utf8)), user: .success(Array("{\n\"signIn\": \"auto\"}".utf8)))
        let finding = sound.take(files, Self.places).first
        #expect(
            finding?.message
                == "/u/config.json, line 2: signIn does not count: /e/config.json, line 1, locks it")
        #expect(finding?.fix == "remove signIn from line 2 of /u/config.json")
    }

    @Test mutating func whatCannotBeReadNowStays() {
        #expect(take(Self.managed, nil) == [])
        let failure = HostFailure("cannot read it", isPassing: true)
        let files = OwnConfigFiles(managed: .failure(failure), user: .success(nil))
        #expect(sound.take(files, Self.places) == [] && sound.config.values.policy.signIn == .ask)
        let gone = OwnConfigFiles(managed: .failure(HostFailure("is a folder")), user: .success(nil))
        #expect(sound.take(gone, Self.places).map(\.message) == ["is a folder"])
        #expect(sound.config.values.policy.signIn == .ask)
    }
}
