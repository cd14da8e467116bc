import SessionHealth
import Testing

@Suite struct FindingTests {
    @Test func severitiesAreOrdered() {
        #expect(Finding.Severity.info < .warning)
        #expect(Finding.Severity.warning < .error)
    }

    @Test func everyCodeIsItsOwnWord() {
        let names = Finding.Code.allCases.map(\.rawValue)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.allSatisfy { $0 == "-" || ("a"..."z").contains($0) } })
    }

    @Test func aCodeOfANewerDaemonIsKept() throws {
        let text = #"{"code":"something-new","fix":"f","message":"m","severity":"info","subject":"s"}"#
        let finding = try JSONCoding.decode(Finding.self, from: Array(text.utf8))
        #expect(finding.code == nil && finding.codeName == "something-new" && finding.layer == .service)
        #expect(String(decoding: JSONCoding.encode(finding), as: UTF8.self) == text)
        #expect(Check(finding).codeName == "something-new")
    }
}
