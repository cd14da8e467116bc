import FoundationEssentials
import SessionHealth

/// One run of `aws sso login`. It is independent of the daemon or terminal that started it.
final class SignInProgram {
    let session: SSOSession
    /// The number of the daemon process that started it; nil for a terminal.
    let life: Int?
    /// The unit's name, if it runs as a unit.
    let unit: String?
    let pid: Int32
    /// An `aws sso login` of Claude Code's.
    var isForeign = false
    /// The daemon started it by itself.
    var wasAutomatic = false
    /// On the wall clock.
    let startedAt: Date
    private unowned let world: World
    private(set) var isAlive = true
    /// The current reader of its output.
    private var onOutput: (([UInt8]) -> Void)?
    private var onEnd: ((ProgramEnding) -> Void)?
    /// Output that nobody has read yet.
    private var unread: [UInt8] = []
    private var dice: Dice
    /// The token before it, as far as the daemon may know it.
    let before: String?
    /// When it wrote a new token; nil before that.
    private(set) var wroteAt: TimeInterval?
    var hasWritten: Bool { wroteAt != nil }
    /// Its time limit was reached.
    private var isLate = false
    private var renews = false
    private var isOurs = false
    /// When it printed the sign-in page; nil before that.
    private(set) var saidPageAt: TimeInterval?
    private(set) var hasCode = false
    /// The daemon died before it could record that page.
    private(set) var mayBeForgotten = false
    /// What the daemon recorded of it is lost.
    var isForgotten = false

    private static let registrationLeast: TimeInterval = 900

    init(_ world: World, _ session: SSOSession, life: Int?, unit: String?, pid: Int32, dice: Dice) {
        self.world = world
        self.session = session
        self.life = life
        startedAt = world.now.wall
        self.unit = unit
        self.pid = pid
        self.dice = dice
        before = world.signInChecks.noticedToken(of: session)
    }

    /// - Parameters:
    ///   - isDeviceFlow: it also prints a code.
    ///   - renews: it ends the session when the page is ready.
    ///   - isOurs: `bedrock-agent login`, which does without a registration that is no good.
    func start(isDeviceFlow: Bool, renews: Bool = false, isOurs: Bool = false) {
        self.renews = renews
        self.isOurs = isOurs
        world.signInChecks.begins(self)
        after(dice.between(0.3, 1.5)) { [self] in register(isDeviceFlow) }
    }

    // MARK: Its reader

    func attach(onOutput: @escaping ([UInt8]) -> Void, onEnd: @escaping (ProgramEnding) -> Void) {
        self.onOutput = onOutput
        self.onEnd = onEnd
        guard !unread.isEmpty else { return }
        // The earlier output is read a little later, but before any new output.
        world.after(0.001) { [self] in
            guard let onOutput = self.onOutput else { return }
            let left = unread
            unread = []
            if !left.isEmpty { onOutput(left) }
        }
    }

    /// The daemon waits for it.
    var isRead: Bool { onEnd != nil }

    func detach() {
        onOutput = nil
        onEnd = nil
    }

    /// Ends it, as at the time limit.
    func terminate() {
        isLate = true
        end(-15)
    }

    func lose() {
        guard isAlive else { return }
        isAlive = false
        detach()
        world.signInChecks.ends(self, with: nil)
    }

    func daemonDies() {
        if let saidPageAt, world.time < saidPageAt + 1 { mayBeForgotten = true }
    }

    // MARK: Its steps

    private func after(_ seconds: TimeInterval, _ act: @escaping () -> Void) {
        world.after(seconds) { [self] in if isAlive { act() } }
    }

    /// - Parameter isWhole: the text ends its line.
    private func say(_ text: String, isWhole: Bool = true) {
        world.note("aws", "\(session.name): \(text)")
        if life != nil { world.journal.printed += 1 }
        let bytes = Array((text + (isWhole ? "\n" : "")).utf8)
        guard let onOutput, unread.isEmpty else { return unread += bytes }
        // It may arrive in pieces.
        let cut = Int(dice.between(0, Double(bytes.count)))
        if cut > 0 { onOutput(Array(bytes[..<cut])) }
        if cut < bytes.count { onOutput(Array(bytes[cut...])) }
        if isWhole, life != nil { world.journal.expectLines() }
    }

    private func end(_ status: Int32) {
        guard isAlive else { return }
        isAlive = false
        world.note("aws", "\(session.name): ends with \(status)")
        let onEnd = onEnd
        detach()
        let ending: ProgramEnding = isLate ? .timedOut : .exited(status)
        world.signInChecks.ends(self, with: onEnd == nil ? nil : ending)
        onEnd?(ending)
    }

    private func fail(_ text: String, _ status: Int32) {
        say(text, isWhole: dice.isBelow(0.5))
        end(status)
    }

    /// Uses the cached client registration if it is still valid, otherwise a new one.
    private func register(_ isDeviceFlow: Bool) {
        let path = Home.places.token(session.registrationFileName)
        if let bytes = world.disk.bytes(of: path), !isOurs || RegistrationFacts(parsing: bytes.span) != .damaged {
            guard let kept = try? JSONDocument(parsing: bytes), let id = kept.string(at: ["clientId"]),
                let secret = kept.string(at: ["clientSecret"]), let written = kept.string(at: ["expiresAt"]),
                let expiresAt = try? Timestamp.parse(written)
            else {
                return fail("'\(session.registrationFileName)'", 255)
            }
            if expiresAt.timeIntervalSince(world.now.wall) > SignInProgram.registrationLeast {
                let kept = Service.Registration(clientID: id, clientSecret: secret, expiresAt: expiresAt)
                return authorize(kept, isDeviceFlow)
            }
        }
        guard world.service.isReachable else { return failToConnect() }
        let registration = world.service.register()
        world.disk.write(path, registration.file)
        authorize(registration, isDeviceFlow)
    }

    private func authorize(_ registration: Service.Registration, _ isDeviceFlow: Bool) {
        guard world.service.isReachable else { return failToConnect() }
        guard world.service.knows(registration.clientID, registration.clientSecret) else {
            if isOurs {
                world.disk.remove(Home.places.token(session.registrationFileName))
                return register(isDeviceFlow)
            }
            return fail(
                "aws: [ERROR]: An error occurred (InvalidClientException) when calling the StartDeviceAuthorization",
                254)
        }
        if renews {
            world.service.end(session)
            world.disk.remove(Home.places.token(session.tokenFileName))
        }
        say("If the browser does not open, open the following URL:")
        after(dice.between(0.01, 0.5)) { [self] in
            saidPageAt = world.time
            say("https://device.sso.us-west-2.amazonaws.com/")
            hasCode = isDeviceFlow
            world.coincidences.pageAppears(of: self)
            if isDeviceFlow { after(dice.between(0.01, 0.5)) { [self] in say("Then enter the code: ABCD-EFGH") } }
            world.person.sees(self) { [self] in confirmed(registration) }
        }
    }

    private func failToConnect() {
        after(3) { [self] in
            fail("Could not connect to the endpoint URL", 255)
        }
    }

    private func confirmed(_ registration: Service.Registration) {
        guard isAlive else { return }
        guard world.service.isReachable else { return failToConnect() }
        let granted = world.service.signIn(to: session, registration)
        world.coincidences.isConfirmed(self)
        after(dice.between(0.05, 0.5)) { [self] in
            wroteAt = world.time
            world.disk.write(Home.places.token(session.tokenFileName), granted.file(at: world.now.wall)) {
                [self] isWhole in
                // It may have been ended while it wrote.
                guard isAlive else { return }
                guard isWhole else {
                    wroteAt = nil
                    return fail("[Errno 28] No space left on device", 255)
                }
                say("Successfully logged into Start URL: \(session.startURL)")
                after(0.1) { [self] in end(0) }
            }
        }
    }
}
