import FoundationEssentials
import SessionHealth

/// Performs effects, as the real `Agent` does.
extension Daemon {
    func perform(_ effect: Effect) {
        switch effect {
        case .arm(let wake): arm(wake)
        case .settle: settle()
        case .tellReady(let line): world.journal.tellsReady(line)
        case .tellStatus, .tellReloading, .tellStopping, .keepGoodSettings: break
        case .serve:
            world.journal.serves()
            world.socket.serve()
        case .exit(let code):
            if code != 0 { world.checks.violate("the daemon exits with \(code)") }
            stops()
        case .record(let message): world.journal.record(message)

        case .watch(let files): tell(.watched(failure: watch(files)))
        case .readConfiguration: tell(.configurationRead(world.home.reading))
        case .readTokens(let sessions): tell(.tokensRead(sessions.map { world.home.reading(of: $0) }))
        case .save(let state): tell(.saved(failure: save(state)))
        case .reserveSignIn(let session, let state):
            tell(.signInReserved(session: session.name, reserve(session, state)))
        case .releaseSignIn: break
        case .approve(let command): tell(.approved(command, failure: approve(command)))

        case .startRefresh, .setRegistrationAside, .startSignIn, .stopSignIn, .findSignIns, .adoptSignIn,
            .forgetSignInOutput:
            perform(program: effect)
        case .lookAtSignInLock(let session):
            let lock = Terminal.lock(session)
            tell(
                .signInLockSeen(
                    session: session.name, isTaken: world.locks.isTaken(lock), note: world.locks.note(session),
                    isForeign: !world.locks.isTaken(lock) && world.programs.foreignRuns))

        case .watchSurroundings: world.person.beginToTellLogind()

        case .reply(let client, let reply): world.socket.reply(reply, to: client)
        case .tell(let client, let reply): world.socket.tell(reply, to: client)
        case .connectDesktop(let startsServer): world.screen.connect(startsServer: startsServer)
        case .keepDesktop(let isNeeded): world.screen.keep(isNeeded)
        case .show(let session, let notification, let id):
            world.screen.show(notification, for: session, replacing: id)
        case .closeNotification(let id): world.screen.close(id)
        case .startNotify(let order): startNotify(order)
        case .startSetUp: world.checks.violate("setup is started where nobody offers it")
        }
    }

    private func reserve(_ session: SSOSession, _ state: AgentState) -> Reservation {
        if world.locks.isTaken(Terminal.lock(session)) { return .taken }
        let reading = world.home.reading(of: session)
        if reading.hasAnotherToken(than: state.running) { return .outdated(reading) }
        return save(state).map { .failed($0) } ?? .done
    }

    private func save(_ state: AgentState) -> String? {
        if world.disk.isFull { return "No space left on device" }
        if world.disk.stateIsLocked { return "Permission denied" }
        world.home.keep(state)
        return nil
    }

    private func approve(_ command: String) -> String? {
        if world.disk.isFull { return "No space left on device" }
        if world.disk.stateIsLocked { return "Permission denied" }
        let commands = [Home.command, AgentConfig.approval(ofNotify: Home.notify), command]
        world.disk.replace(Home.places.approvals, with: JSONCoding.encode(commands, isPretty: true))
        return nil
    }

    private func startNotify(_ order: NotifyOrder) {
        world.note("notify", order.message.split(separator: "\n").joined(separator: " "))
        world.restChecks.notifies(order)
        let life = life
        world.after(world.coincidences.refuses() ? 60 : 0.1) { [self] in
            guard life == self.life else { return }
            tell(.notifyEnded(session: order.session.name, .exited(0), output: []))
        }
    }

    // MARK: Programs

    private func perform(program effect: Effect) {
        let life = life
        switch effect {
        case .startRefresh(let order):
            world.programs.refresh(order) { [self] ending, output in
                guard life == self.life else { return }
                if case .exited = ending, (try? RefreshOutcome(json: output))?.isSuccess == true,
                    core?.session(order.session.name) != nil
                {
                    world.journal.refreshed += 1
                }
                tell(.refreshEnded(session: order.session.name, ending, output: output))
            }
        case .setRegistrationAside(let session, let date): setRegistrationAside(of: session, at: date)
        case .startSignIn(let order):
            guard world.home.session(of: order.command) == order.session else {
                return tell(.signInEnded(.cannotStart("no such command: \(order.command)")))
            }
            world.signInChecks.daemonStarts(order)
            if world.coincidences.refuses() { return refuse(order) }
            let program = world.programs.signIn(as: order)
            wait(for: program, order.record, timeLeft: order.timeout)
        case .findSignIns: tell(.signInsFound(world.programs.running))
        case .adoptSignIn(let record, let timeLeft):
            guard let program = world.programs.find(record) else {
                return record.unit == nil ? tell(.signInEnded(.unknown)) : ended(record)
            }
            world.signInChecks.adopts(record, program)
            wait(for: program, record, timeLeft: timeLeft)
        case .stopSignIn: world.programs.stopSignIn()
        case .forgetSignInOutput: world.programs.keepsOutput = false
        default: break
        }
    }

    private func setRegistrationAside(of session: SSOSession, at date: Date) {
        let path = Home.places.token(session.registrationFileName)
        let aside = path + ".set-aside-" + Timestamp.format(date)
        if world.coincidences.refuses() {
            world.journal.setAside += 1
            world.signInChecks.keepsRegistration(of: session)
            let failure = HostFailure("\(path): Permission denied")
            return tell(.registrationSetAside(session: session.name, .failure(failure)))
        }
        let isThere = world.disk.rename(path, to: aside)
        if isThere { world.journal.setAside += 1 }
        tell(.registrationSetAside(session: session.name, .success(isThere ? aside : nil)))
    }

    /// The service manager refuses the sign-in's unit, at once or a little later.
    private func refuse(_ order: SignInOrder) {
        let refusal = ProgramEnding.cannotStart("the user service manager: Resource temporarily unavailable")
        guard order.record.isAutomatic else {
            world.signInChecks.cannotStart(order)
            return tell(.signInEnded(refusal))
        }
        var record = order.record
        record.unit = "sign-in that never was"
        tell(.signInStarted(record))
        let life = life
        world.after(0.01) { [self] in
            world.signInChecks.cannotStart(order)
            if life == self.life { tell(.signInEnded(refusal)) }
        }
    }

    /// A unit that has succeeded meanwhile looks like one that never ran.
    private func ended(_ record: AgentState.RunningSignIn) {
        tell(.signInStarted(record))
        tell(.signInEnded(.exited(0)), in: 0.01)
    }

    private func wait(
        for program: SignInProgram, _ record: AgentState.RunningSignIn, timeLeft: TimeInterval
    ) {
        var record = record
        if let unit = program.unit { record.unit = unit } else { record.pid = program.pid }
        let life = life
        let isAdopted = record.pid != nil && program.life != life
        program.attach(
            onOutput: { [self] in if life == self.life { tell(.signInOutput($0)) } },
            onEnd: { [self] ending in
                guard life == self.life else { return }
                // The exit status of a process that is not a child is unknown.
                if isAdopted, case .exited = ending { return tell(.signInEnded(.unknown)) }
                tell(.signInEnded(ending))
            })
        tell(.signInStarted(record))
        world.programs.keepsOutput = program.unit != nil
        world.after(max(0, timeLeft) * 0.98) { [self] in if life == self.life { program.terminate() } }
    }
}
