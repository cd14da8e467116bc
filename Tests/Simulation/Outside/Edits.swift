import FoundationEssentials
import SessionHealth

/// A busy user's edits: now and then, a file that determines what is guarded has other contents for a while.
final class Edits {
    private unowned let world: World
    private lazy var dice = world.dice("edits")

    /// How many are not over, and when the last one was.
    private var open = 0
    private var closedAt: TimeInterval = -1
    /// When one was last under way.
    var lastAt: TimeInterval { open > 0 ? world.time : closedAt }

    private static let otherCommand = Home.command + " --no-browser"

    init(_ world: World) { self.world = world }

    func editSomething() {
        let pause = dice.isBelow(0.5) ? dice.between(0.5, 200) : dice.between(200, 3000)
        switch dice.between(0, 5) {
        case ..<1: edit(Home.settingsPath, world.home.settings(model: "sonnet"), for: pause)
        case ..<2:
            edit(Home.settingsPath, world.home.settings(command: Edits.otherCommand), for: pause)
            if dice.isBelow(0.3) {
                world.after(1) { [self] in world.socket.call(.approve(command: Edits.otherCommand)) }
            }
        case ..<3: edit(Home.settingsPath, world.home.settings(usesBedrock: false), for: pause)
        case ..<4:
            let most = world.climate.sideSessions
            guard most > 0 else { return }
            let fewer = Int(dice.between(0, Double(most) - 0.01))
            edit(Home.places.config, world.home.agentConfig(sideSessions: fewer), for: pause)
        default: edit(Home.awsFiles[0], world.home.awsConfig(endpoint: "ftp://nowhere"), for: pause)
        }
    }

    /// The command differs from what was approved.
    func editCommand(for pause: TimeInterval) {
        edit(Home.settingsPath, world.home.settings(command: Home.command + " --quiet"), for: pause)
    }

    /// The session is not guarded any more.
    func takeOut(_ session: SSOSession, for pause: TimeInterval) {
        edit(Home.places.config, world.home.agentConfig(without: session), for: pause)
    }

    private func edit(_ path: String, _ bytes: [UInt8]?, for pause: TimeInterval) {
        world.note("person", "edits \(path) for \(Int(pause)) s")
        open += 1
        if let bytes { world.disk.write(path, bytes) } else { world.disk.remove(path) }
        world.after(pause + 1) { [self] in mend(path) }
    }

    /// They make sure that it is on the disk; not before it is written, which a sleep may put off.
    private func mend(_ path: String) {
        guard !world.disk.isFull || world.isCalm else { return world.after(600) { [self] in mend(path) } }
        guard !world.disk.unfinished.contains(path) else { return world.after(1) { [self] in mend(path) } }
        open -= 1
        closedAt = world.time
        if let usual = world.home.usual(path) { world.disk.replace(path, with: usual) }
    }

    /// A session of Claude Code, or an editor, writes back an old state, half of one, or nothing.
    func damage(_ dice: inout Dice) {
        let isSettings = dice.isBelow(0.8)
        let path = isSettings ? Home.settingsPath : Home.awsFiles[0]
        let usual = isSettings ? world.home.settings() : world.home.awsConfig()
        let bytes: [UInt8]? =
            switch dice.between(0, 6) {
            case ..<1: Array("{}".utf8)
            case ..<2: Array("{\"env\": {}}\n".utf8)
            case ..<3: []
            case ..<4: nil
            case ..<5: Array(usual.prefix(usual.count / 2))
            default: Array("{\"model\": \"opus\", ".utf8) + usual.dropFirst()
            }
        edit(path, bytes, for: dice.between(0.5, 20000))
    }
}
