"""A Varlink client with full control: messages are JSON, each ended by a NUL byte."""

import json
import socket
from pathlib import Path

CONTROL = "org.bedrockagent.Control"
SERVICE = "org.varlink.service"


class VarlinkRefused(Exception):
    """An error reply; `name` is the error's name without its interface."""

    def __init__(self, reply: dict):
        super().__init__(json.dumps(reply))
        self.name = reply["error"].rsplit(".", 1)[-1]
        self.parameters = reply.get("parameters", {})


def listens(path: Path) -> bool:
    """Whether somebody does: a socket's file is there a moment earlier."""
    try:
        VarlinkClient(path).close()
        return True
    except (FileNotFoundError, ConnectionRefusedError):
        return False


def fill_queue(path: Path):
    """Calls a daemon that takes nobody, and hangs up, until no more calls can wait: those who hung up still do."""
    while True:
        with socket.socket(socket.AF_UNIX) as caller:
            caller.setblocking(False)
            try:
                caller.connect(str(path))
            except BlockingIOError:
                return


class VarlinkClient:
    """One connection. A missing answer within the timeout, in seconds, is a failure."""

    def __init__(self, path: Path, timeout: float = 60):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        try:
            self.socket.connect(str(path))
        except OSError:
            self.socket.close()
            raise
        self.input = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    # Messages

    def send(self, *messages):
        """Sends messages, given as a call to encode as JSON or as raw bytes, each followed by a NUL."""
        self.write(b"".join((m if isinstance(m, bytes) else json.dumps(m).encode()) + b"\0" for m in messages))

    def write(self, data: bytes):
        self.socket.sendall(data)

    def reply(self) -> dict:
        while b"\0" not in self.input:
            data = self.socket.recv(65536)
            if not data:
                raise ConnectionResetError("closed without a reply")
            self.input += data
        message, _, self.input = self.input.partition(b"\0")
        return json.loads(message)

    def call(self, method: str, parameters: dict | None = None, **flags) -> dict:
        self.send({"method": method, **({} if parameters is None else {"parameters": parameters}), **flags})
        return self.reply()

    def is_dropped(self) -> bool:
        """Waits until the other side has closed the connection without sending anything more."""
        try:
            return self.input == b"" and self.socket.recv(65536) == b""
        except ConnectionError:
            return True

    def finish_sending(self):
        self.socket.shutdown(socket.SHUT_WR)

    # The agent's own interface

    def ask(self, method: str, more: bool = False, **parameters):
        """Sends a call, e.g. `ask("SignIn", session="corp")`; `answer` returns the reply."""
        self.send({"method": f"{CONTROL}.{method}", "parameters": parameters, **({"more": True} if more else {})})

    def answer(self) -> dict:
        """The parameters of the next reply."""
        reply = self.reply()
        if "error" in reply:
            raise VarlinkRefused(reply)
        return reply["parameters"]

    def control(self, method: str, **parameters) -> dict:
        """Sends a call and waits for the reply."""
        self.ask(method, **parameters)
        return self.answer()
