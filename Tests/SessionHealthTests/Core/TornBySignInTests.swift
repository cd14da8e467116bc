import FoundationEssentials
import SessionHealth
import Testing

/// A sign-in fails while it writes the token, as on a full disk, and leaves half a file.
@Suite struct TornBySignInTests {
    private static let torn = TokenReading.torn("the file ends here", writtenAt: Mind.start.wall + 30)

    /// - Parameter status: of the command.
    private func mind(_ status: Int32) throws -> Mind {
        var mind = Mind(token: .absent)
        mind.tell(.called(1, .signIn(session: "corp", wantsMore: false, isContinued: false)))
        mind.tell(.signInStarted(try #require(mind.signIns.first).record))
        mind.now.boot += 30
        mind.now.wall += 30
        mind.tell(.signInEnded(.exited(status)))
        mind.read(Self.torn)
        return mind
    }

    @Test func itIsNoSuccess() throws {
        let mind = try mind(255)
        #expect(mind.core.session("corp")?.record.lastSignIn?.result == "exit-255")
        #expect(mind.replies(to: 1).count == 1)
        #expect(mind.replies(to: 1) != [.signIn(.healthy, url: nil, code: nil)])
    }

    @Test func noOtherTabOpensWhenTheFileStaysSo() throws {
        var mind = try mind(255)
        mind.effects = []
        for _ in 0..<10 {
            mind.now.boot += 1
            mind.now.wall += 1
            mind.read(Self.torn)
        }
        #expect(mind.core.plan.condition == .signInNeeded)
        #expect(mind.signIns.isEmpty)
    }

    /// Somebody else is writing just now.
    @Test func aCommandThatSaysItHasSignedInIsBelieved() throws {
        #expect(try mind(0).core.session("corp")?.record.lastSignIn?.result == "ok")
    }
}
