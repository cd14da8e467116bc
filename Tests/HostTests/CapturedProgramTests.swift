import Host
import SessionHealth
import Testing

@Suite struct CapturedProgramTests {
    private static let environment = ["PATH": "/usr/bin:/bin"]

    @Test func outputAndErrorsAreApart() throws {
        let run = try CapturedProgram(
            ["sh", "-c", "echo out; echo first >&2; echo 'last ' >&2; echo; exit 3"],
            environment: Self.environment, timeout: 30)
        #expect(run.text == "out\n\n")
        #expect(run.errors == Array("first\nlast \n".utf8))
        #expect(run.lastLine == "last ")
        #expect(run.ending == .exited(3))
    }

    @Test func moreThanAPipeHoldsIsRead() throws {
        let run = try CapturedProgram(
            ["sh", "-c", "head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2"], environment: Self.environment,
            timeout: 30)
        #expect(run.output.count == 1_000_000 && run.errors.count == 1_000_000)
        #expect(run.ending == .exited(0))
    }

    @Test func oneThatHangsIsEnded() throws {
        let run = try CapturedProgram(
            ["sh", "-c", "trap '' TERM; echo begun; sleep 600"], environment: Self.environment, timeout: 3)
        #expect(run.ending == .timedOut)
        #expect(run.text == "begun\n")
    }

    @Test func whoEndsBySignalIsToldApart() throws {
        let run = try CapturedProgram(["sh", "-c", "kill -9 $$"], environment: Self.environment, timeout: 30)
        #expect(run.ending == .exited(-9) && run.lastLine == nil)
    }

    @Test func oneThatIsNotThereIsAnError() {
        #expect(throws: SystemError.self) {
            try CapturedProgram(["/nowhere/program"], environment: Self.environment, timeout: 30)
        }
    }
}
