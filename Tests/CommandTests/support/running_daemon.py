"""A `bedrock-agent daemon` for a test: starting, calling and stopping it."""

import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from spawning import die_with_parent
from varlink_client import VarlinkClient, listens
from waiting import eventually


class RuntimeFolder:
    """A short XDG_RUNTIME_DIR: a socket's path is limited to 107 bytes, and pytest's folders are deeply nested."""

    def __init__(self):
        self.path = Path(tempfile.mkdtemp(prefix="agent-"))
        self.socket = self.path / "bedrock-agent" / "control.sock"
        # The real user of this machine must not be taken for the test's user.
        self.environment = {
            "XDG_RUNTIME_DIR": str(self.path), "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.path}/no-bus"}

    def remove(self):
        shutil.rmtree(self.path)


class RunningDaemon:
    """`start` may be called repeatedly. `environment` is the environment of the daemon and of everything it runs."""

    def __init__(self, program: Path, environment: dict, runtime: RuntimeFolder, errors: Path):
        self.program = program
        self.runtime = runtime
        self.socket = runtime.socket
        self.environment = {**environment, **runtime.environment}
        self.errors = errors
        self.process = None

    def start(self):
        """Starts it, and waits until it listens."""
        self.launch()
        self.wait_until_it_listens()

    def launch(self, *under):
        """Starts it, under another program if that is given, such as strace."""
        with self.errors.open("a") as errors:
            self.process = subprocess.Popen(
                [*under, self.program, "daemon"], env=self.environment, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
                preexec_fn=die_with_parent)

    def wait_until_it_listens(self):
        def is_there():
            assert self.process.poll() is None, f"the daemon ended: {self.journal()}"
            return listens(self.socket)

        eventually(is_there, "the daemon listens", every=0.01)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Stops it as systemd does; returns its exit status."""
        self.process.send_signal(number)
        status = self.process.wait(timeout=20)
        self.process = None
        return status

    def kill(self):
        """Kills it as the OOM killer does."""
        self.process.kill()
        self.process.wait(timeout=10)
        self.process = None

    def run(self, *arguments: str, check: bool = True, under=(), **exported: str) -> subprocess.CompletedProcess:
        """Runs another bedrock-agent command, which must succeed unless `check` is false, in a shell that exports this;
        under another program if that is given."""
        result = subprocess.run(
            [*under, self.program, *arguments], env={**self.environment, **exported}, capture_output=True, text=True, timeout=60,
            stdin=subprocess.DEVNULL)
        if check:
            assert result.returncode == 0, f"bedrock-agent {' '.join(arguments)}: {result.stderr}"
        return result

    def commands(self) -> list[str]:
        """The commands that `--help` names."""
        return re.findall(r"^  ([a-z]+)  ", self.run("--help").stdout, re.MULTILINE)

    def client(self) -> VarlinkClient:
        return VarlinkClient(self.socket)

    def control(self, method: str, **parameters) -> dict:
        """Calls it over the socket."""
        with self.client() as client:
            return client.control(method, **parameters)

    def status(self) -> dict:
        """The status as a separate client gets it."""
        return self.control("GetStatus")["status"]

    def journal(self) -> str:
        """Its output."""
        return self.errors.read_text() if self.errors.exists() else ""
