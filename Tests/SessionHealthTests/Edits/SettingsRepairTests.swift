import SessionHealth
import Testing

@Suite struct SettingsRepairTests {
    private static let path = "/home/u/.claude/settings.json"
    private static let before = """
        {
          "theme": "dark",
          "env": {
            "MINE": "1",
            "AWS_PROFILE": "old"
          }
        }

        """

    private func setUp(_ text: String = Self.before, command: String = "c") throws -> SettingsEdit {
        try SettingsEdit(
            of: Array(text.utf8), path: Self.path, profile: "work", region: "r", model: "m", command: command)
    }

    private func mended(_ text: String?, copy: SettingsRepair.Copy?) throws -> SettingsRepair {
        let bytes = text.map { Array($0.utf8) }
        let layer = SettingsLayer(path: Self.path, kind: .user, content: bytes.map { .bytes($0) } ?? .missing)
        let damage = try #require(SettingsDamage(of: layer, among: ClaudeSettings(layers: [layer])))
        return try SettingsRepair(damage, of: bytes, written: try setUp().changes, copy: copy)
    }

    private func text(_ repair: SettingsRepair) -> String { String(decoding: repair.bytes, as: UTF8.self) }

    @Test(arguments: [nil, "", "{}", "{\"env\":{}}", "{", "[1]"])
    func aLostFileIsTheCopyToTheByte(_ damaged: String?) throws {
        let good = try setUp()
        let repair = try mended(damaged, copy: .init(bytes: good.bytes, hasOurs: true))
        #expect(repair.bytes == good.bytes && repair.unknown.isEmpty)
        #expect(
            repair.items.map { $0.key.joined(separator: ".") } == [
                "theme", "env.MINE", "env.AWS_PROFILE", "env.CLAUDE_CODE_USE_BEDROCK", "env.AWS_REGION",
                "env.ANTHROPIC_MODEL", "awsAuthRefresh",
            ])
        #expect(repair.items.map(\.isOurs) == [false, false, true, true, true, true, true])
    }

    /// A backup has the values from before `setup`; for our own keys, the record is newer.
    @Test func fromABackupOursAreThoseOfTheRecord() throws {
        let repair = try mended("{}", copy: .init(bytes: Array(Self.before.utf8), hasOurs: false))
        #expect(repair.bytes == (try setUp()).bytes)
    }

    @Test func fromTheCopyOursAreAsTheyWereLast() throws {
        let newer = String(decoding: try setUp().bytes, as: UTF8.self).replacing(#""m""#, with: #""m2""#)
        let repair = try mended("{}", copy: .init(bytes: Array(newer.utf8), hasOurs: true))
        #expect(text(repair) == newer)
    }

    /// Of a name that stands twice, the last one counts; what is in the first one is nowhere.
    @Test func aCopyWithDuplicates() throws {
        let copy = #"{"theme": "light", "env": {"GONE": "1"}, "theme": "dark", "env": {"MINE": "1", "MINE": "2"}}"#
        let repair = try mended(#"{"other": 1}"#, copy: .init(bytes: Array(copy.utf8), hasOurs: false))
        #expect(
            repair.items.filter { !$0.isOurs }.map { "\($0.key) \($0.spelling)" } == [
                #"["theme"] "dark""#, #"["env", "MINE"] "2""#,
            ])
    }

    @Test func withoutAnyCopyOursComeBack() throws {
        let repair = try mended("{}", copy: nil)
        #expect(
            try SettingsEdit(of: repair.bytes, path: "", profile: "work", region: "r", model: "m", command: "c").changes
                .isEmpty)
        #expect(repair.items.count == 5)
    }

    @Test func whatIsThereStays() throws {
        let good = try setUp()
        let now = #"{"theme": "light", "new": [1], "env": {"MINE": "2", "AWS_REGION": "", "AWS_PROFILE": "chosen"}}"#
        let repair = try mended(now, copy: .init(bytes: good.bytes, hasOurs: true))
        let after = try JSONDocument(parsing: repair.bytes)
        #expect(after.string(at: ["theme"]) == "light" && after.spelling(at: ["new"]) == "[1]")
        #expect(after.string(at: ["env", "MINE"]) == "2" && after.string(at: ["env", "AWS_PROFILE"]) == "chosen")
        #expect(after.string(at: ["env", "AWS_REGION"]) == "r" && after.string(at: ["awsAuthRefresh"]) == "c")
        #expect(
            repair.items.map { $0.key.joined(separator: ".") } == [
                "env.AWS_REGION", "env.CLAUDE_CODE_USE_BEDROCK", "env.ANTHROPIC_MODEL", "awsAuthRefresh",
            ])
    }

    @Test func anEnvThatIsNoneIsReplaced() throws {
        let repair = try mended(
            #"{"theme": "light", "env": "x"}"#, copy: .init(bytes: try setUp().bytes, hasOurs: true))
        let after = try JSONDocument(parsing: repair.bytes)
        #expect(after.string(at: ["env", "MINE"]) == "1" && after.string(at: ["env", "AWS_REGION"]) == "r")
    }

    @Test func whatNobodyKnowsIsNamed() throws {
        // The profile was already right when `setup` ran, so it is not in the record.
        let written = try setUp(Self.before.replacing("old", with: "work")).changes
        let layer = SettingsLayer(path: Self.path, kind: .user, content: .missing)
        let damage = try #require(SettingsDamage(of: layer, among: ClaudeSettings(layers: [layer])))
        let repair = try SettingsRepair(damage, of: nil, written: written, copy: nil)
        #expect(repair.unknown == [["env", "AWS_PROFILE"]])
    }
}
