import FoundationEssentials
import SessionHealth

/// An AWS CLI or SDK program: at each use it refreshes a token with little time left, without any lock, and writes it in
/// its own way.
final class Refresher {
    enum Kind: Sendable, CaseIterable {
        /// Like the AWS CLI, but it keeps what it does not know.
        case any
        case cli, boto, javaScript, go
        /// Claude Code, with as many sessions as there are.
        case claude

        static let others: [Kind] = [.cli, .boto, .javaScript, .go]

        /// With less left, in seconds, it refreshes.
        var window: TimeInterval {
            switch self {
            case .any, .cli, .boto: 15 * 60
            case .javaScript, .claude: 5 * 60
            case .go: 0
            }
        }

        /// It truncates the file and writes it anew, where the others put another one in its place.
        var writesInPlace: Bool {
            switch self {
            case .any, .cli, .javaScript, .claude: true
            case .boto, .go: false
            }
        }
    }

    private unowned let world: World
    private let kind: Kind
    private var dice: Dice
    /// How many tokens it was granted.
    private(set) var count = 0

    init(_ world: World, number: Int, kind: Kind = .any) {
        self.world = world
        self.kind = kind
        dice = world.dice("refresher \(number)")
        world.after(dice.between(0, 1800)) { [self] in use() }
    }

    private func use() {
        guard !world.isCalm else { return }
        world.after(dice.between(30, 1800)) { [self] in use() }
        // Somebody works with it, or a batch does.
        guard world.climate.year.map({ $0.hasNights || world.person.isPresent }) ?? true else { return }
        refreshAll()
    }

    /// - Parameter done: called when each session's token has been looked at, and refreshed if that was due.
    func refreshAll(then done: @escaping () -> Void = {}) {
        var left = 1
        func one() {
            left -= 1
            if left == 0 { done() }
        }
        for session in world.home.sessions {
            let path = Home.places.token(session.tokenFileName)
            guard case .found(let clocks) = world.disk.token(path), clocks.isRefreshable(at: world.now.wall),
                clocks.expiresAt.timeIntervalSince(world.now.wall) < kind.window,
                let file = world.home.document(of: session), let grant = file.grant
            else { continue }
            left += 1
            refresh(session, file, grant, then: one)
        }
        one()
    }

    private func refresh(
        _ session: SSOSession, _ file: TokenDocument, _ grant: TokenDocument.Grant, then done: @escaping () -> Void
    ) {
        let boot = world.bootedAt
        world.after(dice.between(0.1, 0.7)) { [self] in
            guard world.bootedAt == boot else { return }
            let answer = world.service.answer(to: grant.body, secrets: [])
            world.note("cli", "\(session.name): \(answer)")
            guard case .granted(let accessToken, let seconds, let refreshToken) = answer else { return done() }
            count += 1
            world.after(dice.between(0.1, 0.7)) { [self] in
                let expiresAt = world.now.wall + Double(seconds)
                guard world.bootedAt == boot, let new = renewed(file, accessToken, expiresAt, refreshToken) else {
                    return
                }
                let path = Home.places.token(session.tokenFileName)
                if kind.writesInPlace {
                    world.disk.write(path, new) { _ in done() }
                } else {
                    world.disk.swap(path, new, isSynced: kind == .boto)
                    done()
                }
            }
        }
    }

    /// The file as this program writes it.
    private func renewed(_ file: TokenDocument, _ accessToken: String, _ expiresAt: Date, _ refreshToken: String?)
        -> [UInt8]?
    {
        switch kind {
        case .any:
            return try? file.renewed(accessToken: accessToken, expiresAt: expiresAt, refreshToken: refreshToken)
        case .javaScript, .claude:
            let end = Timestamp.format(expiresAt).dropLast() + ".123Z"
            return members(of: file, accessToken, String(end), refreshToken).map { members in
                Array(("{\n" + members.map { "  \($0)" }.joined(separator: ",\n") + "\n}").utf8)
            }
        case .cli, .boto, .go:
            return members(of: file, accessToken, Timestamp.format(expiresAt), refreshToken).map { members in
                Array(("{" + members.joined(separator: ", ") + "}").utf8)
            }
        }
    }

    private func members(
        of file: TokenDocument, _ accessToken: String, _ expiresAt: String, _ refreshToken: String?
    ) -> [String]? {
        guard let document = try? JSONDocument(parsing: file.bytes) else { return nil }
        var new = ["accessToken": accessToken, "expiresAt": expiresAt]
        new["refreshToken"] = refreshToken
        for name in ["startUrl", "region", "clientId", "clientSecret", "registrationExpiresAt"] {
            new[name] = document.string(at: [name])
        }
        return new.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \"\($0.value)\"" }
    }
}
