"""An ordinary user of the machine, with their own service manager."""

import json
import os
import subprocess
from pathlib import Path

from waiting import eventually


class User:
    """Created with a home and with lingering enabled, so that the service manager runs without a login."""

    def __init__(self, machine, name: str):
        self.machine = machine
        self.name = name
        machine.root("useradd", "--create-home", "--shell", "/bin/bash", name)
        machine.root("loginctl", "enable-linger", name)
        self.id = int(machine.root("id", "-u", name).stdout)
        self.home = Path("/home") / name
        self.runtime = Path("/run/user") / str(self.id)
        self.environment = {
            "HOME": str(self.home), "USER": name, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": str(self.runtime), "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.runtime}/bus"}
        eventually(
            lambda: self.systemctl("is-system-running", check=False).stdout.strip() in ("running", "degraded"),
            f"{name} has a service manager")

    def command(self, *command: str, **environment: str) -> list[str]:
        """The host command that runs a command as this user."""
        variables = [f"{name}={value}" for name, value in {**self.environment, **environment}.items()]
        return self.machine.command(
            "setpriv", f"--reuid={self.id}", f"--regid={self.id}", "--init-groups",
            "env", "-i", f"--chdir={self.home}", *variables, *command)

    def run(self, *command: str, check: bool = True, timeout: float = 60, **environment: str):
        """Runs a command as this user."""
        result = subprocess.run(
            self.command(*command, **environment), capture_output=True, text=True, timeout=timeout,
            stdin=subprocess.DEVNULL)
        if check:
            assert result.returncode == 0, f"{' '.join(map(str, command))}: {result.stdout}{result.stderr}"
        return result

    def start(self, *command: str, **environment: str) -> subprocess.Popen:
        """Starts a command as this user; its stdout is a pipe."""
        return subprocess.Popen(
            self.command(*command, **environment), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)

    def remove(self):
        """Ends the user's service manager and everything in it; the files are kept for inspection."""
        self.machine.root("loginctl", "disable-linger", self.name)
        self.machine.root("systemctl", "stop", f"user@{self.id}.service")

    def systemctl(self, *arguments: str, check: bool = True):
        return self.run("systemctl", "--user", *arguments, check=check)

    def property(self, unit: str, name: str) -> str:
        """A property of a unit, e.g. `property("bedrock-agent.service", "MainPID")`."""
        return self.systemctl("show", "--value", "--property", name, unit).stdout.strip()

    def journal(self, unit: str | None = None, *matches: str) -> list[dict]:
        """This user's journal, or one unit's part of it, oldest first."""
        of = [f"--user-unit={unit}"] if unit else []
        return [json.loads(line) for line in self.run("journalctl", "--output=json", *of, *matches).stdout.splitlines()]

    def messages(self, unit: str, words: str = "") -> list[str]:
        """The unit's messages that contain these words."""
        return [entry["MESSAGE"] for entry in self.journal(unit) if words in entry["MESSAGE"]]

    # Files, as seen from the host

    def path(self, path: str | Path) -> Path:
        """The path on the host of a user's file, given relative to their home or as an absolute path."""
        return self.machine.files / str(self.home / path).lstrip("/")

    def write(self, path: str | Path, text: str, mode: int = 0o600):
        """Writes a file that belongs to the user, and creates its folders."""
        file = self.path(path)
        self.make_folder(file.parent)
        file.write_text(text)
        file.chmod(mode)
        os.chown(file, self.id, self.id)

    def make_folder(self, folder: Path):
        """Creates a folder that belongs to the user, and its parents; the path is one on the host."""
        if not folder.exists():
            self.make_folder(folder.parent)
            folder.mkdir(0o700)
            os.chown(folder, self.id, self.id)

    def drop_in(self, unit: str, text: str):
        """Adds a drop-in to a user's unit; some settings take effect only at the next start."""
        self.write(f".config/systemd/user/{unit}.d/test.conf", text)
        self.systemctl("daemon-reload")
