import FoundationEssentials

// The end of a sign-in, which is judged by what it changed, whatever its exit status.

extension Core {
    mutating func signInEnded(_ ending: ProgramEnding, at now: Moment) {
        guard let work = signIn, work.ending == nil else { return }
        guard work.isRunning || !work.isAdopted else { return end(.unwatched) }
        var output = work.output
        output.finish()
        write(output.takeLines())
        switch ending {
        case .timedOut:
            end(
                .init(
                    word: "timed-out", reason: "nobody signed in within \(Int(facts.policy.signInTimeout)) s",
                    saysNothing: !output.hasSignedIn))
        case .exited(0), .unknown:
            end(
                .init(
                    word: "changed-nothing", reason: "the command finished without a new token",
                    commandFailed: false))
        case .exited(let status):
            // 127: the shell found no such program.
            let command = work.isRenewal ? nil : session(work.session)?.approvedCommand
            let isOfClaude = facts.claudes.contains { $0.subject == .session(work.session) }
            let program =
                work.isRenewal ? "bedrock-agent cover" : isOfClaude ? ClaudeKey.authRefresh : command?.name ?? "it"
            let instead =
                status == 127 && isOfClaude && command?.programs.contains("aws") == true
                ? "; bedrock-agent setup --coalesce writes one that needs no other program" : ""
            let said = (output.reason.map { ": \($0)" } ?? "") + instead
            let failed = SignInWork.Ending(
                word: "exit-\(status)", reason: "\(program) exited with status \(status)\(said)")
            // The service no longer knows the client, and the AWS CLI would use it again and again.
            guard command?.callsOnUs == false, output.namesUnknownClient, let session = session(work.session) else {
                return end(failed)
            }
            // Nobody has seen a page of it yet, so that it may run once more.
            if output.url == nil, !work.isRepeated, work.overSince == nil {
                signIn?.repeatsAfter = failed
            } else {
                end(failed)
            }
            emit(.setRegistrationAside(session.session, at: now.wall))
        case .cannotStart(let reason): end(.init(word: "cannot-run", reason: reason))
        }
    }

    /// It has ended; the token file tells the result.
    mutating func end(_ ending: SignInWork.Ending) {
        guard let name = signIn?.session else { return }
        signIn?.ending = ending
        if let session = session(name) {
            readTokens([session.session])
        } else {
            // It is no longer guarded: nobody reads its token.
            record(JournalMessage(.signInEnded, .info, "\(name): the sign-in ended; it is no longer guarded"))
            refuse(signIn?.waiting ?? [], .noSuchSession(name))
            signIn = nil
            facts.signIn = nil
            memory.runningSignIn = nil
            emit(.releaseSignIn)
            emit(.forgetSignInOutput)
            emit(.settle)
        }
    }

    /// A token has been read: by this sign-in or another, somebody may have signed in, so that nobody need wait any
    /// more.
    mutating func lookWhetherSignInIsOver(at now: Moment) {
        guard let work = signIn, work.ending == nil, work.overSince == nil, facts.signInIsOver(at: now) else { return }
        let running = facts.signIn
        conclude(work, .over, at: now)
        facts.signIn = running
        facts.signIn?.isOver = true
        signIn?.waiting = []
        signIn?.overSince = now.boot
    }

    mutating func stopSignInThatIsOver(at now: Moment) {
        guard let stopsAt = signIn?.stopsAt, now.boot >= stopsAt else { return }
        signIn?.isStopped = true
        emit(.stopSignIn)
    }

    /// The token has been read since the sign-in ended.
    mutating func finishSignIn(to name: String, at now: Moment) {
        guard let work = signIn, work.session == name, let ending = work.ending else { return }
        signIn = nil
        emit(.releaseSignIn)
        emit(.forgetSignInOutput)
        memory.runningSignIn = nil
        if work.overSince == nil { conclude(work, ending, at: now) } else { facts.signIn = nil }
    }

    /// Records whether it helped, and tells those who wait.
    private mutating func conclude(_ work: SignInWork, _ ending: SignInWork.Ending, at now: Moment) {
        let name = work.session
        let cause: JournalMessage.SignInCause = facts.signIn?.isAutomatic == true ? .automatic : .asked
        let helped = facts.signInEnded(
            name, word: ending.word, commandFailed: ending.commandFailed, saysNothing: ending.saysNothing, at: now)
        let result = helped ? "ok" : ending.word
        let fields = session(name).map { JournalMessage.fields(of: $0, signIn: cause, result: result) } ?? [:]
        if helped {
            record(JournalMessage(.signInEnded, .notice, "\(name): signed in", fields))
            // The warning about a legacy profile is worth repeating once per sign-in.
            announcer.forget(subjects: (session(name)?.profiles ?? []) + [name])
        } else {
            let text = "\(name): the sign-in failed: \(ending.reason)"
            record(JournalMessage(.signInEnded, .warning, text, fields))
            askService(about: name, at: now)
        }
        for asker in work.waiting {
            emit(
                .reply(
                    asker.client,
                    helped ? .signIn(.healthy, url: nil, code: nil) : .failed(.signInFailed(ending.reason))))
        }
    }

    /// Somebody had a reason to sign in, whatever the token's clock says: a refresh tells whether the session is over.
    private mutating func askService(about name: String, at now: Moment) {
        update(name) { session in
            guard let token = session.token.clocks, token.isRefreshable(at: now.wall),
                session.record.refusal?.fingerprint != token.fingerprint
            else { return }
            session.refreshIsAsked = !session.isRefreshing
        }
    }

    mutating func setAside(_ name: String, _ result: Result<String?, HostFailure>, at now: Moment) {
        let fields = session(name).map { JournalMessage.fields(of: $0) } ?? [:]
        switch result {
        case .success(nil): break
        case .success(let file?):
            let text = "\(name): its cached client registration was renamed to \(file); the sign-in creates a new one"
            record(JournalMessage(.registrationSetAside, .notice, text, fields))
        case .failure(let error): record(JournalMessage(.registrationSetAside, .error, "\(error)", fields))
        }
        if signIn?.session == name, let failed = signIn?.repeatsAfter {
            signIn?.repeatsAfter = nil
            if case .success(_?) = result, again(at: now) { return }
            end(failed)
        }
    }

    /// Runs the sign-in once more, in the time that it has left.
    /// - Returns: false if there is none, or its command may not run any more.
    private mutating func again(at now: Moment) -> Bool {
        guard let work = signIn, work.overSince == nil, let running = memory.runningSignIn,
            let session = session(work.session), !session.isSigningInElsewhere,
            case .approved(let command) = session.command
        else { return false }
        let timeLeft = running.startedAt.timeIntervalSince(now.wall) + facts.policy.signInTimeout
        guard timeLeft > 0, timeLeft <= facts.policy.signInTimeout else { return false }
        signIn = SignInWork(session: work.session, waiting: work.waiting)
        signIn?.isRepeated = true
        facts.signIn?.url = nil
        facts.signIn?.code = nil
        var record = AgentState.RunningSignIn(
            session: running.session, startedAt: running.startedAt, isAutomatic: running.isAutomatic)
        record.machine = machine
        record.before = running.before
        record.isNeeded = running.isNeeded
        memory.runningSignIn = record
        save()
        emit(
            .startSignIn(
                SignInOrder(
                    session: session.session, command: command, claudeFolder: session.claudeFolder, timeout: timeLeft,
                    record: record)))
        return true
    }
}

extension SessionFacts {
    /// What signs in, if it may run.
    fileprivate var approvedCommand: AuthRefresh? {
        guard case .approved(let line) = command else { return nil }
        return AuthRefresh(line)
    }
}
