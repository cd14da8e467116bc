import SessionHealth
import Testing

@Suite struct SpanWordsTests {
    @Test(arguments: [
        (0, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "119 min"), (7200, "2 h 0 min"), (28_740, "7 h 59 min"),
        (172_799, "47 h 59 min"), (172_800, "2 days"),
    ])
    func exactly(seconds: Int, words: String) { #expect(TimeSpan.words(seconds: seconds) == words) }

    @Test(arguments: [
        (900, "15 min"), (5399, "89 min"), (5400, "2 h"), (28_800, "8 h"), (259_199, "72 h"), (259_200, "3 days"),
    ])
    func roughly(seconds: Int, words: String) { #expect(TimeSpan.roughWords(seconds: seconds) == words) }
}
