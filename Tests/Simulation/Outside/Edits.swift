import FoundationEssentials
import SessionHealth

/// A busy user's edits: now and then, a file that determines what is guarded has other contents for a while.
final class Edits {
    private unowned let world: World
    private lazy var dice = world.dice("edits")

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

    private func edit(_ path: String, _ bytes: [UInt8], for pause: TimeInterval) {
        world.note("person", "edits \(path) for \(Int(pause)) s")
        world.disk.write(path, bytes)
        world.after(pause) { [self] in
            if let usual = world.home.usual(path) { world.disk.write(path, usual) }
        }
    }
}
