"""`bedrock-agent login` as a user runs it, at a terminal."""

import os
import select
import subprocess
import time


class Typed:
    """A login on its own terminal."""

    def __init__(self, command, environment, columns=100, rows=50):
        import fcntl
        import struct
        import termios
        self.master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process = subprocess.Popen(
            command, env=environment, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        self.seen = b""

    def read(self) -> str:
        """The output so far."""
        while select.select([self.master], [], [], 0)[0]:
            try:
                piece = os.read(self.master, 65536)
            except OSError:
                break
            if not piece:
                break
            self.seen += piece
        # A character may have come in part.
        return self.seen.decode(errors="ignore").replace("\r\n", "\n")

    def type(self, keys: bytes):
        os.write(self.master, keys)

    def end(self, seconds: float = 60) -> int:
        """Keeps reading meanwhile: a full terminal would block the login."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"it does not end:\n{self.read()}"
            self.read()
            time.sleep(0.05)
        self.read()
        return self.process.returncode

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
