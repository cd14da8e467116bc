"""A `bedrock-agent daemon` of a test's own, the person at its screen, and what it says and leaves behind."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from aws_home import Home
from running_sandbox import RunningSandbox
from service_process import ServiceProcess
from spawning import die_with_parent
from varlink_client import VarlinkClient
from waiting import eventually


# Set where the tests are to run over transient units: each daemon is then a service of the manager that runs us.
AS_SERVICE = bool(os.environ.get("BEDROCK_AS_SERVICE"))


class RunningAgent:
    """Start it with `start`, as often as the test likes; the home, the state and the sign-ins under way stay."""

    def __init__(self, build: Path, home: Home, sandbox: RunningSandbox):
        self.program = build / "bedrock-agent"
        self.home = home
        self.sandbox = sandbox
        # A socket's path has 107 bytes at most, and pytest's folders are deep.
        self.runtime = Path(tempfile.mkdtemp(prefix="agent-"))
        self.config = home.path / "xdg-config" / "bedrock-agent" / "config.json"
        self.state = home.path / "xdg-state" / "bedrock-agent"
        self.settings = home.path / ".claude" / "settings.json"
        self.runs = home.path / "sign-ins"
        self.errors = home.path / "agent-errors"
        self.process = None
        self.secrets: set[str] = set()
        (home.path / "managed").mkdir()
        self.environment = home.environment(
            sandbox.environment, XDG_RUNTIME_DIR=str(self.runtime), XDG_CONFIG_HOME=str(home.path / "xdg-config"),
            XDG_STATE_HOME=str(home.path / "xdg-state"), BEDROCK_AGENT_MANAGED_ROOT=str(home.path / "managed"),
            NOTIFY_SOCKET=str(self.runtime / "notify"), DISPLAY=":99", BROWSER=sandbox.browser(),
            # Whoever is at this machine's screen is none of the tests' persons.
            DBUS_SYSTEM_BUS_ADDRESS=f"unix:path={self.runtime}/no-bus")
        if AS_SERVICE:
            (self.runtime / "systemd").symlink_to(Path(os.environ["XDG_RUNTIME_DIR"]) / "systemd")

    # What it is set to.

    def configure(self, **config):
        """config.json, as `refreshAhead="8s"`."""
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.config.write_text(json.dumps(config))

    def use(self, profile: str = "work-dev", command: str | None = None, approve: bool = True):
        """Claude Code's settings. `command` is what signs in, by default the CLI; each run of it is counted."""
        command = f"echo run >> {self.runs}; exec {command or f'aws sso login --profile {profile}'}"
        self.settings.parent.mkdir(exist_ok=True)
        self.settings.write_text(json.dumps({
            "env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": profile, "AWS_REGION": "us-west-2"},
            "awsAuthRefresh": command}))
        if approve:
            self.run("approve", "--yes")

    def browser(self, *flags: str):
        """What the person does from the next start on: "--look" only looks, nothing at all presses Allow."""
        self.environment["BROWSER"] = self.sandbox.browser(*flags)

    # The daemon.

    def start(self, **config):
        """Starts it, and waits until it says READY."""
        if config:
            self.configure(**config)
        if not self.settings.exists():
            self.use()
        command = [self.program, "daemon"]
        if AS_SERVICE:
            self.process = ServiceProcess(command, self.environment, self.errors)
            return
        notify = self.environment["NOTIFY_SOCKET"]
        Path(notify).unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready, self.errors.open("a") as errors:
            ready.bind(notify)
            ready.settimeout(20)
            self.process = subprocess.Popen(
                command, env=self.environment, stdin=subprocess.DEVNULL, stdout=errors,
                stderr=errors, preexec_fn=die_with_parent)
            while b"READY=1" not in ready.recv(4096):
                pass

    def stop(self):
        """Ends it as systemd does."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=10) == 0, self.journal()
        self.process = None

    def kill(self):
        """Ends it as the OOM killer does."""
        self.process.kill()
        self.process.wait(timeout=10)
        self.process = None

    def run(self, *arguments: str, check: bool = True):
        """Another command of bedrock-agent."""
        result = subprocess.run(
            [self.program, *arguments], env=self.environment, capture_output=True, text=True, timeout=60,
            stdin=subprocess.DEVNULL)
        if check:
            assert result.returncode == 0, f"bedrock-agent {' '.join(arguments)}: {result.stderr}"
        return result

    # What it says.

    def status(self) -> dict:
        """`status --json`, with its exit status as `exit`."""
        result = self.run("status", "--json", check=False)
        assert result.stdout, result.stderr
        self.remember_secrets()
        return {**json.loads(result.stdout), "exit": result.returncode}

    def session(self, name: str | None = None) -> dict:
        sessions = self.status()["sessions"]
        return sessions[0] if name is None else next(s for s in sessions if s["name"] == name)

    def findings(self) -> list[str]:
        return [finding["code"] for finding in self.status()["findings"]]

    def wait_until(self, condition: str, seconds: float = 30) -> dict:
        """Waits for the condition of the whole; returns the status."""
        def status():
            now = self.status()
            return now if now["condition"] == condition else None

        try:
            return eventually(status, f"condition {condition}", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{json.dumps(self.status(), indent=1)}\n{self.journal()}") from None

    def client(self, timeout: float = 75) -> VarlinkClient:
        return VarlinkClient(self.runtime / "bedrock-agent" / "control.sock", "org.bedrockagent.Control", timeout)

    def control(self, method: str, **parameters) -> dict:
        with self.client() as client:
            return client.call(method, **parameters)

    def journal(self) -> str:
        return self.errors.read_text() if self.errors.exists() else ""

    def entries(self, words: str) -> list[str]:
        """The journal's lines with these words."""
        return [line for line in self.journal().splitlines() if words in line]

    # What it does.

    def sign_ins(self) -> int:
        """How often it ran awsAuthRefresh."""
        return len(self.runs.read_text().splitlines()) if self.runs.exists() else 0

    def requests(self) -> list[dict]:
        """The refreshes that it asked the service for."""
        return self.sandbox.record("CreateToken", grantType="refresh_token", client="bedrock-agent-net")

    def processes(self) -> list[int]:
        """Every process but the daemon that it or its children started: they have our environment."""
        mark = f"XDG_RUNTIME_DIR={self.runtime}\0".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (folder / "environ").read_bytes() + b"\0":
                    found.append(int(folder.name))
            except OSError:
                continue
        return [pid for pid in found if self.process is None or pid != self.process.pid]

    def end_processes(self):
        """Ends every process that it or its children started."""
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        eventually(lambda: not self.processes(), "no process is left")

    # The end.

    def remember_secrets(self):
        """Takes note of the secrets in the token files: none may ever be seen elsewhere."""
        for file in self.home.cache.glob("*.json"):
            try:
                token = json.loads(file.read_text())
            except (OSError, ValueError):
                continue
            self.secrets |= {token[key] for key in ("accessToken", "refreshToken", "clientSecret") if token.get(key)}

    def end(self):
        """Ends all that is left, and checks what holds after every test."""
        try:
            self.remember_secrets()
            if self.process:
                self.stop()
            texts = [file.read_text() for file in self.state.rglob("*") if file.is_file()] + [self.journal()]
            assert not any(secret in text for secret in self.secrets for text in texts), "a secret was written down"
            assert not list(self.home.cache.glob(".*.tmp")), "a temporary file is left in the token cache"
            assert "Fatal error" not in self.journal()
        finally:
            if self.process:
                self.kill()
            self.end_processes()
            shutil.rmtree(self.runtime)
