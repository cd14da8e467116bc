"""`bedrock-agent login` as Claude Code runs it, without a terminal on stdin, and as a user runs it."""

import os
import re
import select
import signal
import subprocess
import time

PAGE = re.compile(r"^Sign in at (\S+)$", re.MULTILINE)
CODE = re.compile(r"^with the code ([A-Z0-9]{4}-[A-Z0-9]{4})$", re.MULTILINE)


class Logins:
    """Starts logins; they end with the test."""

    def __init__(self, agent, folder):
        self.agent = agent
        self.folder = folder
        self.started = []

    def start(self, *arguments: str, drop: tuple = (), **environment: str) -> "Login":
        made = {**self.agent.environment, **environment}
        for name in drop:
            made.pop(name, None)
        login = Login([self.agent.program, "login", *arguments], made, self.folder / f"login-{len(self.started)}")
        self.started.append(login)
        return login

    def end(self):
        for login in self.started:
            if login.process.poll() is None:
                login.process.kill()
                login.process.wait()


class Login:
    def __init__(self, command, environment, output):
        self.output = output
        with output.open("w") as file:
            self.process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT)

    @property
    def text(self) -> str:
        return self.output.read_text()

    @property
    def code(self) -> str | None:
        """The last code that it showed."""
        return (CODE.findall(self.text) or [None])[-1]

    @property
    def page(self) -> tuple[str, str | None] | None:
        """The last page that it showed, with its code if it needs one; None until it has shown both."""
        shown = PAGE.findall(self.text)
        return (shown[-1], self.code) if shown and (self.code or "/authorize?" in shown[-1]) else None

    def end(self, seconds: float = 90) -> int:
        return self.process.wait(timeout=seconds)

    def interrupt(self, number: int = signal.SIGINT):
        self.process.send_signal(number)


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
