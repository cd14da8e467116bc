"""A complete system with systemd: a container on an overlay of this machine's root, or of another release's tree (see
Tests/Debian), removed without a trace at the end."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from machine_user import User
from spawning import die_with_parent
from waiting import eventually

BOOT = Path(__file__).with_name("boot")
HIERARCHIES = [Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/systemd"), Path("/sys/fs/cgroup/unified")]
# The root folder that it starts with.
ROOT = os.environ.get("BEDROCK_ROOT") or "/"
GROUP = "bedrock-machine-"


class Machine:
    """Boots when created. `files` is its root folder as seen from the host; everything else runs inside."""

    def __init__(self):
        remove_groups()
        self.folder = Path(tempfile.mkdtemp(prefix=GROUP))
        # Also the machine's name, which cannot contain `_` or end with `-`.
        self.group = self.folder.name.replace("_", "0")
        self.console = Path(f"{self.folder}.console")
        self.users: list[User] = []
        with self.console.open("w") as console:
            # In its own session, so Ctrl-C reaches only the tests. When its first process ends, all others do.
            self.process = subprocess.Popen(
                ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc",
                 BOOT, self.folder, self.group, ROOT],
                stdin=subprocess.DEVNULL, stdout=console, stderr=console, start_new_session=True,
                preexec_fn=die_with_parent)
        try:
            self.leader = eventually(self.find_leader, "the machine has a first process", every=0.2)
            self.files = Path(f"/proc/{self.leader}/root")
            eventually(self.has_settled, "the machine has booted", seconds=90, every=0.2)
        except BaseException:
            said = self.console.read_text()
            self.end()
            print(said)
            raise

    def find_leader(self) -> int | None:
        assert self.process.poll() is None, f"the machine did not boot: {self.console.read_text()}"
        try:
            for manager in children(self.process.pid):
                for pid in children(manager):
                    if Path(f"/proc/{pid}/comm").read_text() == "systemd\n":
                        return pid
        except OSError:
            # One of the processes has just ended; try again.
            pass
        return None

    def has_settled(self) -> bool:
        # Services of the host may fail inside; the tests check what they need.
        state = self.root("systemctl", "is-system-running", check=False).stdout.strip()
        return state in ("running", "degraded")

    def command(self, *command: str) -> list[str]:
        """The host command that runs a command inside, also as its control groups have it: systemd 257 and later refuse
        whoever is outside of them."""
        groups = " ".join(str(group / "cgroup.procs") for group in self.groups())
        return ["sh", "-c", 'for group in $0; do echo $$ > "$group"; done; exec "$@"', groups,
                "nsenter", "--target", str(self.leader), "--all", "--", *map(str, command)]

    def groups(self) -> list[Path]:
        """The control groups of its first process, once it is in one of its own."""
        lines = Path(f"/proc/{self.leader}/cgroup").read_text().splitlines()
        paths = dict(line.split(":", 2)[1:] for line in lines if line.endswith("/init.scope"))
        unified = HIERARCHIES[2] if HIERARCHIES[2].exists() else HIERARCHIES[0]
        places = {"": unified, "name=systemd": HIERARCHIES[1]}
        return [places[name] / path.lstrip("/") for name, path in paths.items() if self.group in path]

    def root(self, *command: str, check: bool = True, timeout: float = 60):
        """Runs a command as root."""
        result = subprocess.run(
            self.command(*command), capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)
        if check:
            assert result.returncode == 0, f"{' '.join(map(str, command))}: {result.stdout}{result.stderr}"
        return result

    def add_user(self) -> User:
        """A new ordinary user with a running service manager."""
        user = User(self, f"user{len(self.users)}")
        self.users.append(user)
        return user

    def end(self):
        """Kills every process; the mounts disappear with them."""
        for manager in children(self.process.pid) if self.process.poll() is None else []:
            os.kill(manager, signal.SIGKILL)
        try:
            self.process.wait(timeout=10)
        finally:
            self.process.kill()
            self.process.wait()
        self.console.unlink()
        shutil.rmtree(self.folder)
        eventually(lambda: self.group not in remove_groups(), "no control group is left")


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def remove_groups() -> set[str]:
    """Removes the control groups of machines that are gone; returns the names of the remaining ones."""
    for hierarchy in HIERARCHIES:
        for group in hierarchy.glob(f"{GROUP}*"):
            for folder, _, _ in os.walk(group, topdown=False):
                try:
                    os.rmdir(folder)
                except OSError:
                    continue
    return {group.name for hierarchy in HIERARCHIES for group in hierarchy.glob(f"{GROUP}*")}
