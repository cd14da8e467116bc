import FoundationEssentials
import SessionHealth

/// An AWS CLI or SDK program: it refreshes a token with less than 15 minutes left at each use, without any lock.
final class Refresher {
    private unowned let world: World
    private var dice: Dice
    /// How many tokens it was granted.
    private(set) var count = 0

    private static let window: TimeInterval = 15 * 60

    init(_ world: World, number: Int) {
        self.world = world
        dice = world.dice("refresher \(number)")
        world.after(dice.between(0, 1800)) { [self] in use() }
    }

    private func use() {
        guard !world.isCalm else { return }
        world.after(dice.between(30, 1800)) { [self] in use() }
        for session in world.home.sessions {
            let path = Home.places.token(session.tokenFileName)
            guard case .found(let clocks) = world.disk.token(path), clocks.isRefreshable(at: world.now.wall),
                clocks.expiresAt.timeIntervalSince(world.now.wall) < Refresher.window,
                let file = world.home.document(of: session), let grant = file.grant
            else { continue }
            refresh(session, file, grant)
        }
    }

    private func refresh(_ session: SSOSession, _ file: TokenDocument, _ grant: TokenDocument.Grant) {
        let boot = world.bootedAt
        world.after(dice.between(0.1, 0.7)) { [self] in
            let answer = world.service.answer(to: grant.body, secrets: [])
            world.note("cli", "\(session.name): \(answer)")
            guard case .granted(let accessToken, let seconds, let refreshToken) = answer else { return }
            count += 1
            world.after(dice.between(0.1, 0.7)) { [self] in
                let renewed = try? file.renewed(
                    accessToken: accessToken, expiresAt: world.now.wall + Double(seconds), refreshToken: refreshToken)
                guard world.bootedAt == boot, let renewed else { return }
                world.disk.write(Home.places.token(session.tokenFileName), renewed)
            }
        }
    }
}
