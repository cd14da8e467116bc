import FoundationEssentials
import SessionHealth
import Testing

@Suite struct CatalogTests {
    /// The catalog used by journald and by `bedrock-agent log --explain`.
    private static let catalog: Catalog = {
        let sources = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let file = FileManager.default.contents(atPath: "/\(sources)/systemd/bedrock-agent.catalog")
        return Catalog(parsing: file.map(Array.init) ?? [])
    }()

    @Test func explainsEveryKindOfEntryAndNoOther() {
        #expect(Set(Self.catalog.texts.keys) == Set(JournalMessage.ID.allCases.map(\.rawValue)))
    }

    @Test(arguments: JournalMessage.ID.allCases)
    func saysWhatHappenedAndWhatToDo(id: JournalMessage.ID) throws {
        let text = try #require(Self.catalog.texts[id.rawValue])
        #expect(text.headers["Subject"]?.isEmpty == false)
        #expect(text.headers["Defined-By"] == "bedrock-agent")
        #expect(text.headers["Documentation"] == "man:bedrock-agent(1)")
        #expect(text.prose.filter(\.isEmpty).count >= 1, "what happened, and what to do")
        #expect(text.prose.allSatisfy { $0.count <= 76 })
    }

    @Test func usesOnlyFieldsThatEveryEntryOfItsKindHas() {
        let finding = Finding(.unguarded, .info, subject: "subject", message: "", fix: "")
        let session = Facts.corp.session
        let known: [JournalMessage.ID: Set<String>] = [
            .finding: Set(JournalMessage(finding).fields.keys),
            .findingCleared: Set(JournalMessage(finding).fields.keys),
            .conditionChanged: Set(JournalMessage(session, from: nil, to: .healthy).fields.keys),
            .conditionHolds: Set(
                JournalMessage(session, still: .healthy, since: Date(timeIntervalSince1970: 0)).fields.keys),
            .sessionLeft: Set(
                JournalMessage(left: "corp", .healthy, since: Date(timeIntervalSince1970: 0)).fields.keys),
            .noSession: Set(JournalMessage(withoutSession: .unguarded).fields.keys),
            .refreshed: Set(JournalMessage.fields(of: session).keys),
            .refreshFailed: Set(JournalMessage.fields(of: session).keys),
            .signInStarted: Set(JournalMessage.fields(of: session).keys),
            .registrationSetAside: Set(JournalMessage.fields(of: session).keys),
        ]
        for id in JournalMessage.ID.allCases {
            let fields = Dictionary(uniqueKeysWithValues: (known[id] ?? []).map { ($0, "") })
            let lines = Self.catalog.texts[id.rawValue]?.lines(for: fields) ?? []
            #expect(!lines.contains { $0.contains("@") }, "\(id) has no such field")
        }
    }

    @Test func putsFieldsInTheirPlaces() {
        let catalog = Catalog(
            parsing: Array(
                """
                # a remark
                -- 0123 en
                Subject: @A@ and @B@

                a@b.example, @A@@A@ and @C@.

                @
                """.utf8))
        let lines = catalog.texts["0123"]?.lines(for: ["A": "1", "B": "\u{1b}[2J"])
        #expect(lines == [#"1 and \u{1b}[2J"#, "", "a@b.example, 11 and @C@.", "", "@"])
    }
}
