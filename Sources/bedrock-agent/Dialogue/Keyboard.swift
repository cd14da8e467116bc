import Glibc

/// Keys as they are pressed, for as long as it is there: the terminal echoes nothing and sends no signal.
struct Keyboard: ~Copyable {
    enum Key: Equatable {
        case character(Character)
        case enter, backspace, delete, clear, up, down, left, right, pageUp, pageDown, home, end, escape
        /// Ctrl-C, Ctrl-D, or nobody there any more.
        case leave
        /// The terminal has another size.
        case resized
        /// One that means nothing to us.
        case other
    }

    /// Milliseconds for the rest of what a key sends after its Esc.
    private static let patience: Int32 = 50

    private var before = termios()
    /// Read already, and of the next key, perhaps in the next question.
    nonisolated(unsafe) private static var pending: UInt8?

    /// What was typed before a question was there is no answer to it.
    static func forgetTyped() {
        tcflush(STDIN_FILENO, TCIFLUSH)
        pending = nil
    }

    init() {
        _ = Interruption.takeResize()
        tcgetattr(STDIN_FILENO, &before)
        var now = before
        now.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
        now.c_iflag &= ~tcflag_t(IXON)
        now.c_iflag |= tcflag_t(ICRNL)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &now)
    }

    deinit {
        var before = before
        tcsetattr(STDIN_FILENO, TCSADRAIN, &before)
    }

    func next() -> Key {
        let taken = Keyboard.pending
        Keyboard.pending = nil
        guard let byte = taken ?? read() else { return Interruption.takeResize() ? .resized : .leave }
        switch byte {
        case 0x03, 0x04: return .leave
        case UInt8(ascii: "\n"), UInt8(ascii: "\r"): return .enter
        case 0x08, 0x7F: return .backspace
        case 0x15, 0x17: return .clear
        case 0x01: return .home
        case 0x05: return .end
        case 0x10: return .up
        case 0x0E: return .down
        case 0x1B: return isMoreComing ? sequence() : .escape
        case ..<0x20: return .other
        default: return character(byte)
        }
    }

    /// What follows Esc: `[A` and such.
    private func sequence() -> Key {
        let kind = read()
        guard kind == UInt8(ascii: "[") || kind == UInt8(ascii: "O") else {
            Keyboard.pending = kind
            return .escape
        }
        var text = ""
        while isMoreComing, let byte = read() {
            text.unicodeScalars.append(Unicode.Scalar(byte))
            if (0x40...0x7E).contains(byte) { break }
        }
        switch text {
        case "A": return .up
        case "B": return .down
        case "C": return .right
        case "D": return .left
        case "3~": return .delete
        case "H", "1~": return .home
        case "F", "4~": return .end
        case "5~": return .pageUp
        case "6~": return .pageDown
        default: return .other
        }
    }

    private func character(_ first: UInt8) -> Key {
        var bytes = [first]
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        while bytes.count < length, let byte = read() { bytes.append(byte) }
        guard let text = String(validating: bytes, as: UTF8.self), let character = text.first else { return .other }
        return .character(character)
    }

    private var isMoreComing: Bool {
        var wanted = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        return poll(&wanted, 1, Keyboard.patience) > 0
    }

    /// Nil at the end, and after a signal.
    private func read() -> UInt8? {
        var byte: UInt8 = 0
        return Interruption.waitForInput() && Glibc.read(STDIN_FILENO, &byte, 1) == 1 ? byte : nil
    }
}
