/// The person wants to go back to an earlier question.
struct GoBack: Error {
    /// To this one; nil for the last one that was answered.
    var question: String?
}

/// What the person has answered in a dialogue of several questions, so that they can go back.
///
/// Whoever asks begins anew then: the questions before the one to go back to are answered from here, in silence.
final class Answers {
    private struct Answer {
        var question: String
        var text: String
    }

    private var given: [Answer] = []
    /// How many of them have been asked for in this run.
    private var position = 0
    /// By question, the last answer: what is offered when it is asked again.
    private var last: [String: String] = [:]

    /// Nothing is shown: it was before.
    var isRepeating: Bool { position < given.count }

    var canGoBack: Bool { position > 0 }

    /// The answer that was given to this question, if it is one of the possible ones.
    func next(to question: String, if isPossible: (String) -> Bool) -> String? {
        guard isRepeating else { return nil }
        let answer = given[position]
        guard answer.question == question, isPossible(answer.text) else {
            given.removeSubrange(position...)
            return nil
        }
        position += 1
        return answer.text
    }

    /// What was answered before the person went back.
    func earlier(_ question: String) -> String? { last[question] }

    /// - Parameter standard: the default that was shown. Whoever took it gets the new default where that changes.
    func note(_ question: String, _ text: String, standard: String? = nil) {
        given.append(Answer(question: question, text: text))
        position = given.count
        last[question] = text == standard ? nil : text
    }

    /// The answer to this question did not do: it is asked again.
    func forget(from question: String) {
        guard let index = given.lastIndex(where: { $0.question == question }) else { return }
        given.removeSubrange(index...)
        position = min(position, given.count)
    }

    /// Whether this question has been answered.
    func has(_ question: String) -> Bool { given[..<position].contains { $0.question == question } }

    /// From now on, the answers up to that question are repeated.
    func goBack(_ back: GoBack) {
        given.removeSubrange(position...)
        let index = back.question.flatMap { question in given.lastIndex { $0.question == question } }
        given.removeSubrange((index ?? max(0, given.count - 1))...)
        position = 0
    }

    /// Everything is asked anew, and answered as before.
    func begin() { position = 0 }
}
