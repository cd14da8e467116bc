"""A `bedrock-agent daemon` for a test, its user, its output, and the files it leaves behind."""

import json
import os
import signal
from pathlib import Path

from aws_home import Home
from notify_socket import NotifySocket
from running_daemon import RunningDaemon, RuntimeFolder
from running_sandbox import RunningSandbox
from service_process import ServiceProcess
from waiting import eventually


# Set to run the tests over transient units: each daemon is then a service of the current user manager.
AS_SERVICE = bool(os.environ.get("BEDROCK_AS_SERVICE"))


class RunningAgent(RunningDaemon):
    """After every restart, it finds the home, the state and the running sign-ins as it left them."""

    def __init__(self, build: Path, home: Home, sandbox: RunningSandbox):
        runtime = RuntimeFolder()
        self.home = home
        self.sandbox = sandbox
        self.config = home.path / "xdg-config" / "bedrock-agent" / "config.json"
        self.state = home.path / "xdg-state" / "bedrock-agent"
        self.settings = home.path / ".claude" / "settings.json"
        self.runs = home.path / "sign-ins"
        self.secrets: set[str] = set()
        (home.path / "managed").mkdir()
        environment = home.environment(
            sandbox.environment, XDG_CONFIG_HOME=str(home.path / "xdg-config"),
            XDG_STATE_HOME=str(home.path / "xdg-state"), BEDROCK_AGENT_MANAGED_ROOT=str(home.path / "managed"),
            NOTIFY_SOCKET=str(runtime.path / "notify"), DISPLAY=":99", BROWSER=sandbox.browser())
        super().__init__(build / "bedrock-agent", environment, runtime, home.path / "agent-errors")
        if AS_SERVICE:
            (runtime.path / "systemd").symlink_to(Path(os.environ["XDG_RUNTIME_DIR"]) / "systemd")

    # Configuration

    def configure(self, **config):
        """Writes config.json, e.g. `refreshAhead="8s"`."""
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.config.write_text(json.dumps(config))

    def use(self, profile: str = "work-dev", command: str | None = None, approve: bool = True):
        """Writes Claude Code's settings. `command` signs in, by default through the AWS CLI; each run is counted."""
        command = f"echo run >> {self.runs}; exec {command or f'aws sso login --profile {profile}'}"
        self.settings.parent.mkdir(exist_ok=True)
        self.settings.write_text(json.dumps({
            "env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": profile, "AWS_REGION": "us-west-2"},
            "awsAuthRefresh": command}))
        if approve:
            self.run("approve", "--yes")

    def browser(self, *flags: str):
        """What the user does from the next start on: presses Allow, or what the flags say (`--deny`)."""
        self.environment["BROWSER"] = self.sandbox.browser(*flags)

    def open_tabs(self):
        """From the next start on, the user leaves the page open: `sandbox.approve()` and `sandbox.deny()` answer it."""
        self.environment["BROWSER"] = self.sandbox.tabs.command

    # The daemon

    def start(self, claude: bool = True, **config):
        """Starts it, and waits for READY. Claude Code is set up, unless `claude` is false."""
        if config:
            self.configure(**config)
        if claude and not self.settings.exists():
            self.use()
        if AS_SERVICE:
            self.process = ServiceProcess([self.program, "daemon"], self.environment, self.errors)
            return
        with NotifySocket(Path(self.environment["NOTIFY_SOCKET"])) as manager:
            self.launch()
            manager.until("READY")

    def stop(self, number: int = signal.SIGTERM):
        """Stops it; it must exit successfully."""
        assert super().stop(number) == 0, self.journal()

    # Its output

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
        """Waits for the overall condition; returns the status."""
        def status():
            now = self.status()
            return now if now["condition"] == condition else None

        try:
            return eventually(status, f"condition {condition}", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{json.dumps(self.status(), indent=1)}\n{self.journal()}") from None

    def entries(self, words: str) -> list[str]:
        """The journal lines that contain these words."""
        return [line for line in self.journal().splitlines() if words in line]

    # Its actions

    def sign_ins(self) -> int:
        """How often it ran awsAuthRefresh."""
        return len(self.runs.read_text().splitlines()) if self.runs.exists() else 0

    def requests(self) -> list[dict]:
        """The refreshes that it requested from the service."""
        return self.sandbox.record("CreateToken", grantType="refresh_token", client="bedrock-agent-net")

    def processes(self) -> list[int]:
        """Every other process started by it or its children, found by its environment."""
        mark = f"XDG_RUNTIME_DIR={self.runtime.path}\0".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (folder / "environ").read_bytes() + b"\0":
                    found.append(int(folder.name))
            except OSError:
                continue
        return [pid for pid in found if self.process is None or pid != self.process.pid]

    def end_processes(self):
        """Kills every process that it or its children started."""
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        eventually(lambda: not self.processes(), "no process is left")

    # The end

    def remember_secrets(self):
        """Remembers the secrets in the token files: none of them may appear anywhere else."""
        for file in self.home.cache.glob("*.json"):
            try:
                token = json.loads(file.read_text())
            except (OSError, ValueError):
                continue
            self.secrets |= {token[key] for key in ("accessToken", "refreshToken", "clientSecret") if token.get(key)}

    def end(self):
        """Ends everything that is left, and checks what must hold after every test."""
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
            self.runtime.remove()
