import SessionHealth
import Testing

@Suite struct FindingTests {
    @Test func severitiesAreOrdered() {
        #expect(Finding.Severity.info < .warning)
        #expect(Finding.Severity.warning < .error)
    }
}
