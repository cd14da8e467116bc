"""A `bedrock-agent daemon` for the tests of its control socket, and a client of it that hides nothing."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import varlink

from spawning import die_with_parent
from waiting import eventually

CONTROL = "org.bedrockagent.Control"
SERVICE = "org.varlink.service"
COMMAND = "aws sso login --profile work-dev"
NOBODY = 65534


def settings(command: str | None = COMMAND, **env: str) -> dict:
    """Claude Code's settings as `setup` leaves them, with these variables besides."""
    made = {"env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work-dev", "AWS_REGION": "us-west-2",
                    "ANTHROPIC_MODEL": "global.anthropic.claude-opus-4-8", **env}}
    return made if command is None else {**made, "awsAuthRefresh": command}


def write_settings(home: Path, *arguments, **env):
    write_whole(home / ".claude" / "settings.json", json.dumps(settings(*arguments, **env)))


def write_whole(path: Path, text: str):
    """In one step, so that no reader sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(text)
    temporary.rename(path)


def approve(home: Path, *commands: str):
    folder = home / ".local" / "state" / "bedrock-agent"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / "approvals.json").write_text(json.dumps(list(commands)))


class RuntimeFolder:
    """A short XDG_RUNTIME_DIR: pytest's own folders are longer than a socket path may be."""

    def __init__(self):
        self.path = Path(tempfile.mkdtemp(prefix="ba-"))
        self.socket = self.path / "bedrock-agent" / "control.sock"

    def remove(self):
        shutil.rmtree(self.path)


class ControlAgent:
    """One daemon, listening."""

    def __init__(self, program: Path, environment: dict, runtime: RuntimeFolder, errors: Path, **options):
        self.program = program
        self.environment = {**environment, "XDG_RUNTIME_DIR": str(runtime.path)}
        self.runtime = runtime
        self.socket = runtime.socket
        self.errors = errors
        self.process = subprocess.Popen(
            [program, "daemon"], env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=errors.open("a"), preexec_fn=die_with_parent, **options)
        eventually(self._listens, "the daemon listens", every=0.01)

    def _listens(self):
        assert self.process.poll() is None, f"the daemon ended: {self.errors.read_text()}"
        try:
            RawClient(self.socket).close()
            return True
        except (FileNotFoundError, ConnectionRefusedError):
            return False

    def client(self) -> varlink.Client:
        return varlink.Client(f"unix:{self.socket}")

    def raw(self, **options) -> "RawClient":
        return RawClient(self.socket, **options)

    def status(self) -> dict:
        """As a client of its own sees it."""
        with self.raw() as raw:
            return raw.call(f"{CONTROL}.GetStatus")["parameters"]["status"]

    def command(self, *arguments, **more):
        return subprocess.run([self.program, *arguments], env=self.environment, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=60, **more)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=20)


class RawClient:
    """Sends what it is told to, byte for byte. No answer within ten seconds is a failure."""

    def __init__(self, path: Path, timeout: float = 10):
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

    def send(self, *messages):
        """Each a call to be written as JSON, or the very bytes of one; a NUL goes after each."""
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
        """Waits until the other side has closed, with nothing more said."""
        try:
            return self.input == b"" and self.socket.recv(65536) == b""
        except ConnectionError:
            return True

    def finish_sending(self):
        self.socket.shutdown(socket.SHUT_WR)


def as_nobody(function) -> str:
    """What the function returns, or its error's name, in a process of user 65534. Only root can ask for that."""
    assert os.geteuid() == 0, "this test runs a process as another user: run it as root"
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
            said = str(function())
        except BaseException as error:
            said = type(error).__name__
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return said
