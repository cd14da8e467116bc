import ArgumentParser
import FoundationEssentials
import Host
import SessionHealth

/// The sign-in that the command runs by itself.
extension SignIn {
    /// Runs `aws sso login`; the lock is ours.
    func runHere() throws {
        lock.clear()
        let aws = try AWSCommand.find(environment, timeLeft: timeLeft)
        try setBadRegistrationAside()
        var isRepeated = false
        while true {
            let cli = try CLISignIn { output in
                lock.tell(.init(url: output.url, code: output.code))
                prompt.show(url: output.url, code: output.code)
            }
            let ending = try cli.run(
                [aws.path, "sso", "login"] + arguments + flags(aws), environment: environment, timeout: timeLeft)
            if case .interrupted(let number) = ending {
                lock.clear()
                throw ExitCode(128 + number)
            }
            if works, ending == .exited(0) || isNew { return lock.clear() }
            // The service no longer knows the client, and the AWS CLI would name it again and again.
            if !isRepeated,
                ["InvalidClient", "UnauthorizedClient"].contains(where: { cli.output.lastLine?.contains($0) == true })
            {
                isRepeated = true
                if try setRegistrationAside() { continue }
            }
            let reason = reason(ending, cli.output)
            lock.tell(.init(failedAt: EventLoop.now().wall.timeIntervalSince1970, reason: reason))
            throw Failure(reason)
        }
    }

    private func flags(_ aws: AWSCommand) -> [String] {
        (place.isDeviceFlow && aws.isAtLeast(2, 22) ? ["--use-device-code"] : [])
            + (place.opensBrowser ? [] : ["--no-browser"])
    }

    private func reason(_ ending: CLISignIn.Ending, _ output: SignInOutput) -> String {
        let command = "aws sso login \(arguments.joined(separator: " "))"
        switch ending {
        case .exited(0): return unhelped
        case .exited(let status):
            return "aws sso login ended with status \(status)\(output.lastLine.map { ": \($0)" } ?? "") (\(command))"
        case .timedOut, .interrupted: return "nobody signed in to \(session.name) within \(seconds) s: \(again)"
        case .cannotStart(let reason): return "aws sso login cannot run: \(reason)"
        }
    }

    // MARK: The client registration

    private func setBadRegistrationAside() throws {
        let now = EventLoop.now()
        if reader.facts(of: session, at: now).registrationIsBad(at: now.wall) { _ = try setRegistrationAside() }
    }

    /// - Returns: false where there is none.
    private func setRegistrationAside() throws -> Bool {
        guard let file = try reader.setRegistrationAside(of: session, at: EventLoop.now()) else { return false }
        say("the cached client registration of \(session.name) is of no use any more; it is now \(file)")
        return true
    }
}
