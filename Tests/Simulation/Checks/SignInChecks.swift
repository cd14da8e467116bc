import FoundationEssentials
import SessionHealth

/// An automatic sign-in: when it started, for which token, and when it failed.
struct Prompt {
    var at: TimeInterval
    /// How far the wall clock was off.
    var clockError: TimeInterval
    var session: String
    /// The access token at that time.
    var token: String?
    var isEarly: Bool
    var failedAt: TimeInterval?
}

/// What must hold for every sign-in, whoever started it.
final class SignInChecks {
    unowned let world: World
    var prompts: [Prompt] = []
    /// The number of sign-ins that the daemon started.
    private(set) var count = 0
    private var running: [SignInProgram] = []
    private var begins: [String: TimeInterval] = [:]
    /// When a terminal's sign-in last wrote a token, by session.
    var terminalHelped: [String: TimeInterval] = [:]
    /// The daemon's last failed sign-in, by session.
    var failures: [String: Failure] = [:]
    /// When the daemon's last sign-in ended while no daemon was running, by session.
    private var unheard: [String: TimeInterval] = [:]
    /// When the daemon's last sign-in ended, by session.
    private var ended: [String: TimeInterval] = [:]
    /// When a registration could not be set aside, by session.
    private var unmoved: [String: TimeInterval] = [:]
    /// The last sign-in that wrote a token, by session.
    private var helpers: [String: SignInProgram] = [:]
    /// When somebody last signed in by hand, by session.
    var handledAt: [String: TimeInterval] = [:]
    /// When somebody pressed the button to sign in anew, by session.
    private var renewals: [String: TimeInterval] = [:]
    var pendingPrompt: Int?
    private var lastOrder: AgentState.RunningSignIn?
    private var promptOf: [ObjectIdentifier: Int] = [:]

    /// How often a second tab opened because of Claude Code's own `aws sso login`.
    private(set) var foreignTabs = 0

    private func isAutomatic(_ program: SignInProgram) -> Bool { program.life != nil && pendingPrompt != nil }

    struct Failure {
        var at: TimeInterval
        var token: String?
        var clockError: TimeInterval
        /// The number of the daemon process. A daemon that starts takes a working token as proof of a later sign-in; so
        /// does one that guards a session again.
        var life: Int
        /// How many have failed for this token, one after the other.
        var count = 1
    }

    init(_ world: World) { self.world = world }

    func violate(_ what: String) { world.checks.violate(what) }

    // MARK: Programs

    func begins(_ program: SignInProgram) {
        let name = program.session.name
        running.removeAll { !$0.isAlive }
        // The daemon does not report a sign-in to a session that it does not guard any more.
        for other in running where other.session == program.session && isGuarded(program.session) {
            // Claude Code's own `aws sso login` looks at no lock, and whoever asks us does not wait for it.
            if program.isForeign || other.isForeign && !isAutomatic(program) {
                foreignTabs += 1
                continue
            }
            violate("two sign-ins to \(name) at once: one of \(other.who), and now one of \(program.who)")
        }
        if program.life != nil, running.contains(where: { $0.life != nil }) {
            violate("two sign-ins of the daemon's at once")
        }
        running.append(program)
        begins[name] = world.time
        unheard[name] = nil
        promptOf[ObjectIdentifier(program)] = pendingPrompt
        program.wasAutomatic = pendingPrompt != nil
        pendingPrompt = nil
    }

    /// - Parameter ending: what the daemon or terminal is told; nil if nobody waits for it any more.
    func ends(_ program: SignInProgram, with ending: ProgramEnding?) {
        let name = program.session.name
        if program.hasWritten {
            helpers[name] = program
            failures[name] = nil
        }
        if program.life == nil || !program.wasAutomatic { handledAt[name] = world.time }
        if program.life == nil {
            if program.hasWritten { terminalHelped[name] = world.time }
            return
        }
        if !program.hasWritten, isGuarded(program.session) { expectResult(of: program, ending) }
        ended[name] = world.time
        world.recordChecks.ends(program)
        let index = promptOf.removeValue(forKey: ObjectIdentifier(program))
        guard !program.hasWritten else {
            if let index, prompts[index].isEarly { world.coincidences.earlySignInEnds(program.session) }
            return
        }
        if let index { prompts[index].failedAt = world.time }
        // If an early sign-in fails, it may be tried once more at the end.
        if let index, prompts[index].isEarly { return }
        // One that was stopped because somebody else had signed in did not fail.
        if let helper = helpers[name]?.wroteAt, helper > begins[name] ?? world.time { return }
        guard isGuarded(program.session) else { return }
        fails(program.session, isAutomatic: program.wasAutomatic)
    }

    private func fails(_ session: SSOSession, isAutomatic: Bool) {
        var new = Failure(
            at: world.time, token: world.home.document(of: session)?.accessToken, clockError: world.clockError,
            life: world.daemon.life)
        if isAutomatic, let last = failures[session.name], last.token == new.token, last.life == new.life,
            last.clockError == new.clockError
        {
            new.count = last.count + 1
        }
        failures[session.name] = new
    }

    /// Checks what is recorded about a failed sign-in, unless somebody else has signed in.
    private func expectResult(of program: SignInProgram, _ ending: ProgramEnding?) {
        let name = program.session.name
        let word: String
        switch ending {
        case .timedOut: word = "timed-out"
        case .exited where program.unit == nil && program.life != world.daemon.life: word = "changed-nothing"
        case .exited(let status) where status != 0: word = "exit-\(status)"
        case nil:
            unheard[name] = world.time
            return
        default: return
        }
        let isCertain = word != "changed-nothing" && !program.isForgotten && !world.climate.hasFullDisks
        expect(word, of: program.session, before: isCertain ? program.before : nil)
    }

    /// Expects this to be recorded soon.
    /// - Parameter before: the token before a sign-in that failed: if it is still there, nobody has signed in.
    private func expect(_ word: String, of session: SSOSession, before: String?) {
        let name = session.name
        let life = world.daemon.life
        let endedAt = world.time
        let begun = begins[name]
        world.after(0.5) { [self] in
            guard life == world.daemon.life, begins[name] == begun, world.lastWake < endedAt else { return }
            lookAtResult(name, word)
            guard let before, let facts = world.daemon.core?.session(name),
                case .found(let clocks) = world.disk.token(Home.places.token(session.tokenFileName)),
                clocks.fingerprint == before, facts.record.lastSignIn?.result == "ok"
            else { return }
            violate("the sign-in to \(name) is remembered as one that helped, and it was \(word)")
        }
    }

    private func lookAtResult(_ name: String, _ word: String) {
        guard let core = world.daemon.core, let session = core.session(name), core.facts.signIn?.session != name,
            let result = session.record.lastSignIn?.result
        else { return }
        if result != word, result != "ok" { violate("the sign-in to \(name) is remembered as \(result), not \(word)") }
    }

    /// The daemon is idle: it must know the result of sign-ins that ended while no daemon was running.
    func rests() {
        for (name, endedAt) in unheard where world.time > endedAt {
            unheard[name] = nil
            lookAtResult(name, "unwatched")
        }
        if !failures.isEmpty, let core = world.daemon.core {
            failures = failures.filter { core.session($0.key) != nil }
        }
        guard let signIn = world.daemon.core?.facts.signIn, signIn.code != nil, signIn.url == nil else { return }
        if !mayNotKnowPage { violate("at rest: there is a code, and not where to enter it") }
    }

    /// An earlier daemon could not record where to sign in.
    var mayNotKnowPage: Bool {
        running.contains { $0.isAlive && $0.life != nil && ($0.mayBeForgotten || $0.isForgotten) }
    }

    /// The daemon has found a sign-in of an earlier one: it must know to which session.
    func adopts(_ record: AgentState.RunningSignIn, _ program: SignInProgram) {
        if isGuarded(program.session), record.session != program.session.name {
            violate("a sign-in to \(program.session.name) goes on, and is taken for one to \(record.session)")
        }
    }

    /// The last sign-in that wrote a token, if it did since that time.
    func helper(to session: SSOSession, since time: TimeInterval) -> SignInProgram? {
        helpers[session.name].flatMap {
            $0.wroteAt ?? 0 >= time ? $0 : nil
        }
    }

    /// Whether there is another token since that time, or a sign-in of the daemon's has ended. One that ended while no
    /// daemon was running may only now be known to have.
    func mayHaveHelped(_ session: SSOSession, since time: TimeInterval) -> Bool {
        let lastChange = world.disk.lastChange(of: Home.places.token(session.tokenFileName))
        return max(lastChange, ended[session.name] ?? 0) >= time - 10
    }

    /// Its token, unless the daemon may not have noticed that one yet.
    func noticedToken(of session: SSOSession) -> String? {
        let path = Home.places.token(session.tokenFileName)
        guard world.time > world.disk.lastChange(of: path) + Daemon.notice,
            case .found(let clocks) = world.disk.token(path)
        else { return nil }
        return clocks.fingerprint
    }

    private func isGuarded(_ session: SSOSession) -> Bool {
        world.daemon.core.map { $0.session(session.name) != nil } ?? true
    }

    // MARK: The daemon

    /// The daemon is about to start a sign-in.
    func daemonStarts(_ order: SignInOrder) {
        let last = lastOrder
        lastOrder = order.record
        // Once more, with another registration: for whoever counts, it is the same sign-in.
        if let last, last.session == order.record.session, last.startedAt == order.record.startedAt {
            pendingPrompt = order.record.isAutomatic ? prompts.indices.last : nil
            if let index = pendingPrompt { prompts[index].failedAt = nil }
            failures[last.session]?.count -= 1
            return
        }
        count += 1
        let path = Home.places.token(order.session.registrationFileName)
        if world.daemon.core?.session(order.session.name)?.registrationIsBad(at: world.now.wall) == true,
            world.disk.bytes(of: path) != nil, unmoved[order.session.name] != world.time
        {
            violate("a sign-in to \(order.session.name) begins with a registration that is known to be bad")
        }
        if Home.renews(order.command), renewals[order.session.name].map({ world.time > $0 + 3 }) ?? true {
            violate("the session of \(order.session.name) is ended, and nobody pressed a button")
        }
        world.socket.expectTold(of: order.session)
        world.recordChecks.starts(order)
        expectApproval(of: order)
        if order.record.isAutomatic { startsByItself(order.session) } else { startsAsAsked(order.session) }
    }

    /// The sign-in that the daemon has just ordered does not start.
    func cannotStart(_ order: SignInOrder) {
        let name = order.session.name
        lastOrder = nil
        begins[name] = world.time
        unheard[name] = nil
        fails(order.session, isAutomatic: pendingPrompt != nil)
        if let index = pendingPrompt {
            prompts[index].failedAt = world.time
            if prompts[index].isEarly { failures[name] = nil }
        }
        pendingPrompt = nil
        if isGuarded(order.session) { expect("cannot-run", of: order.session, before: noticedToken(of: order.session)) }
    }

    /// Its cached registration could not be set aside.
    func keepsRegistration(of session: SSOSession) { unmoved[session.name] = world.time }

    /// The button to sign in anew was pressed.
    func renews(_ session: String) { renewals[session] = world.time }

    /// A notification's button was pressed, and the daemon is about to be told.
    func presses(_ session: String, on id: UInt32) {
        guard let core = world.daemon.core, core.state.notifications?[session]?.open?.id == id,
            let facts = core.session(session), case .approved = facts.command,
            !facts.isSigningInElsewhere, core.facts.signIn == nil, !world.locks.isTaken(Terminal.lock(facts.session)),
            zip(core.facts.sessions, core.plan.sessions).contains(where: {
                $0.session.name == session && $1.need != nil
            })
        else { return }
        let life = world.daemon.life
        let pressedAt = world.time
        world.after(3) { [self] in
            guard life == world.daemon.life, world.lastWake < pressedAt, begins[session] ?? -1 < pressedAt else {
                return
            }
            violate("the button to sign in to \(session) does nothing")
        }
    }
}

extension SignInProgram {
    fileprivate var who: String { life == nil ? "a terminal" : "the daemon" }
}
