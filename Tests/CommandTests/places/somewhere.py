"""Our programs in a place that is unlike a desktop: its own PATH, its own folders, and nothing of this machine's user.

What cannot be had here (Windows, VS Code, a user manager that cannot be reached) is stood in for by small programs.
"""

import json
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from aws_home import Home
from programs import write_program
from pty_terminal import CTRL_C, Terminal
from spawning import die_with_parent
from waiting import eventually

MODEL = "global.anthropic.claude-opus-4-5-20251101-v1:0"
CHOICE = ("--profile", "work-dev", "--region", "us-west-2", "--model", MODEL, "--yes")
# No user manager and no journal, and a folder /run in which nothing can be made, as for a user of a container.
CONTAINER = ("mount -t tmpfs -o ro tmpfs /run", "mount -t tmpfs tmpfs /var/log")


class Somewhere:
    """A home, a PATH with nothing but what the test puts there, and mounts that only these programs see."""

    def __init__(self, build: Path, sandbox, raw, *, signed_in: bool = True):
        # Short: without a runtime folder, the socket may be in the home, and a socket's path is limited to 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="place-"))
        self.program = build / "bedrock-agent"
        self.sandbox = sandbox
        self.home = Home(self.folder / "home", sandbox.start_url)
        if signed_in:
            self.home.sign_in(raw)
        self.tools = self.folder / "tools"
        self.tools.mkdir()
        (self.tools / "bedrock-agent").symlink_to(self.program)
        self.opened = self.folder / "opened"
        self.log = self.folder / "log"
        self.mounts: list[str] = []
        self.started = []
        self.environment = {
            "HOME": str(self.home.path), "PATH": str(self.tools), "LANG": "C.UTF-8", "SHELL": "/bin/bash",
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.folder}/no-bus",
            "BEDROCK_AGENT_MANAGED_ROOT": str(self.folder / "managed"), **sandbox.environment}

    # What is there

    def tool(self, name: str, script: str, folder: Path | None = None) -> Path:
        return write_program((folder or self.tools) / name, script)

    def opener(self, name: str, folder: Path | None = None) -> Path:
        """A program that opens pages: it notes its name and its words, and presses Allow on the last of them."""
        return self.tool(name, f"""
            printf '%s\\n' {name} "$@" >> {self.opened}
            for page; do :; done
            exec {self.sandbox.program} browser "$page" > /dev/null 2>&1""", folder)

    def runtime(self, name: str = "run") -> str:
        """A folder for XDG_RUNTIME_DIR."""
        folder = self.folder / name
        folder.mkdir(mode=0o700)
        return str(folder)

    def use(self):
        """Claude Code's settings, as setup would write them, and approved."""
        settings = self.home.path / ".claude" / "settings.json"
        settings.parent.mkdir()
        settings.write_text(json.dumps({
            "env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work-dev", "AWS_REGION": "us-west-2"},
            "awsAuthRefresh": "bedrock-agent login --profile work-dev"}))
        self.run("approve", "--yes")

    # Running

    def command(self, *words) -> list:
        if not self.mounts:
            return [self.program, *words]
        steps = ["PATH=/usr/sbin:/usr/bin", *self.mounts, f"PATH={shlex.quote(self.environment['PATH'])}", 'exec "$@"']
        return ["/usr/bin/unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", " && ".join(steps), "sh",
                self.program, *words]

    def run(self, *words: str, status: int | None = 0, **environment: str) -> subprocess.CompletedProcess:
        result = subprocess.run(
            self.command(*words), env={**self.environment, **environment}, capture_output=True, text=True, timeout=60,
            stdin=subprocess.DEVNULL)
        assert status in (None, result.returncode), f"{result.returncode}\n{result.stdout}{result.stderr}"
        return result

    def setup(self, *more: str, status: int | None = 0, **environment: str) -> subprocess.CompletedProcess:
        return self.run("setup", *CHOICE, "--no-login", *more, status=status, **environment)

    def terminal(self, *words: str, **environment: str) -> Terminal:
        terminal = Terminal(self.command(*words), {**self.environment, **environment})
        self.started.append(terminal)
        return terminal

    def login(self, **environment: str) -> Terminal:
        """A login at a terminal, which has shown where to sign in."""
        if not (self.home.path / ".claude").exists():
            self.use()
        terminal = self.terminal("login", **environment)
        terminal.wait_for("Sign in at")
        return terminal

    def daemon(self, stays: bool = True, **environment: str) -> subprocess.Popen:
        """A daemon by hand, in the background, with its output in a file."""
        with self.log.open("a") as log:
            daemon = subprocess.Popen(
                self.command("daemon"), env={**self.environment, **environment}, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, preexec_fn=die_with_parent)
        self.started.append(daemon)
        if stays:
            eventually(lambda: "started" in self.log.read_text() or daemon.poll() is not None, "it has said so")
            assert daemon.poll() is None, self.log.read_text()
        return daemon

    def status(self, **environment: str) -> dict:
        return json.loads(self.run("status", "--json", status=None, **environment).stdout)

    def pages(self) -> list[str]:
        """The programs that were to open a page, each with its words, a word a line."""
        return self.opened.read_text().splitlines() if self.opened.exists() else []

    def left(self) -> list[str]:
        """What is in the folder in which a user's units are enabled."""
        return sorted(path.name for path in (self.home.path / ".config").rglob("*") if not path.is_dir())

    def end(self):
        for running in reversed(self.started):
            if isinstance(running, Terminal):
                if running.status is None:
                    running.press(CTRL_C)
                    running.wait(10)
            elif running.poll() is None:
                running.terminate()
                running.wait(timeout=20)
        shutil.rmtree(self.folder)
