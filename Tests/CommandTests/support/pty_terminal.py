"""A program on a real pseudo-terminal; pyte renders what a user would see."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time

import pyte

UP, DOWN, ENTER, ESC, CTRL_C = "\x1b[A", "\x1b[B", "\r", "\x1b", "\x03"
LEFT, RIGHT, HOME, END, DELETE, BACKSPACE = "\x1b[D", "\x1b[C", "\x1b[H", "\x1b[F", "\x1b[3~", "\x7f"


class Terminal:
    """Runs the command with the terminal as its controlling terminal; everything that was drawn is kept."""

    def __init__(self, command: list, environment: dict, columns: int = 80, lines: int = 24, term: str = "xterm"):
        self.screen = pyte.HistoryScreen(columns, lines, history=1000)
        self.stream = pyte.ByteStream(self.screen)
        self.output = b""
        self.pressed_at = 0
        self.status: int | None = None
        size = struct.pack("HHHH", lines, columns, 0, 0)
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            try:
                # Before the program asks for it, however busy the machine is.
                fcntl.ioctl(0, termios.TIOCSWINSZ, size)
                os.execve(command[0], [str(word) for word in command], {**environment, "TERM": term})
            finally:
                os._exit(127)

    # What the user sees

    def rows(self) -> list[str]:
        """Everything that was shown and not erased, including what has scrolled away."""
        past = ["".join(line[column].data for column in range(self.screen.columns)).rstrip()
                for line in self.screen.history.top]
        return past + [row.rstrip() for row in self.screen.display]

    def text(self) -> str:
        return "\n".join(self.rows()).rstrip() + "\n"

    def wait_for(self, *words: str, seconds: float = 60):
        """Waits until each of these words has been shown."""
        deadline = time.monotonic() + seconds
        while not all(word in self.text() for word in words):
            assert self._read(deadline), f"not seen: {[word for word in words if word not in self.text()]}\n{self.text()}"
        return self.text()

    def wait_for_next(self, *words: str, seconds: float = 60):
        """Waits until each of these words has been drawn since the last key was pressed."""
        deadline = time.monotonic() + seconds
        while not all(word.encode() in self.output[self.pressed_at:] for word in words):
            assert self._read(deadline), f"not drawn since: {words}\n{self.text()}"
        return self.text()

    # What the user does

    def resize(self, columns: int, lines: int):
        self.pressed_at = len(self.output)
        self.screen.resize(lines, columns)
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def press(self, *keys: str):
        self.pressed_at = len(self.output)
        for key in keys:
            os.write(self.descriptor, key.encode())

    def type(self, text: str):
        self.press(text, ENTER)

    def kill(self, number: int = signal.SIGKILL):
        os.kill(self.pid, number)

    # The end

    def wait(self, seconds: float = 60) -> int:
        """Its exit status, or the negated signal."""
        deadline = time.monotonic() + seconds
        while self._read(deadline):
            pass
        if self.status is None:
            hangs = time.monotonic() >= deadline
            if hangs:
                self.kill()
            _, status = os.waitpid(self.pid, 0)
            self.status = os.waitstatus_to_exitcode(status)
            os.close(self.descriptor)
            assert not hangs or seconds == 0, f"it does not end\n{self.text()}"
        return self.status

    def end(self):
        if self.status is None:
            self.wait(0)

    def _read(self, deadline: float) -> bool:
        """Reads the next output; false at the end, or after the deadline."""
        while time.monotonic() < deadline:
            if not select.select([self.descriptor], [], [], 0.2)[0]:
                continue
            try:
                data = os.read(self.descriptor, 65536)
            except OSError:
                return False
            self.output += data
            self.stream.feed(data)
            return bool(data)
        return False
