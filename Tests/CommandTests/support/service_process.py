"""The daemon as a service of the user manager, with the methods of `subprocess.Popen` that the tests use."""

import os
import signal
import subprocess
import uuid
from pathlib import Path

from waiting import eventually

# Variables that systemd sets itself for each service.
OWN = {"NOTIFY_SOCKET"}


class ServiceProcess:
    """Runs once created, and has reported READY. It ends like a process, and is not restarted."""

    def __init__(self, command: list, environment: dict, errors: Path):
        self.unit = f"agent-{uuid.uuid4().hex}.service"
        self.status = None
        subprocess.run(
            ["systemd-run", "--user", "--quiet", f"--unit={self.unit}", "--service-type=notify",
             "--property=KillMode=process", "--property=FileDescriptorStoreMax=16",
             f"--property=StandardError=append:{errors}",
             *(f"--setenv={name}={value}" for name, value in environment.items() if name not in OWN), *command],
            check=True, timeout=30)
        self.pid = int(self.property("MainPID"))

    def property(self, name: str) -> str:
        return subprocess.run(
            ["systemctl", "--user", "show", "--value", f"--property={name}", self.unit], check=True,
            capture_output=True, text=True).stdout.strip()

    def poll(self) -> int | None:
        if self.status is None and self.property("ActiveState") in ("inactive", "failed"):
            # A unit that succeeded is unloaded at once, and looks as if it had never failed.
            status = int(self.property("ExecMainStatus"))
            self.status = status if self.property("ExecMainCode") in ("0", "1") else -status
            subprocess.run(["systemctl", "--user", "reset-failed", self.unit], stderr=subprocess.DEVNULL)
        return self.status

    def wait(self, timeout: float) -> int:
        eventually(lambda: self.poll() is not None, f"{self.unit} has ended", timeout)
        return self.status

    def send_signal(self, number: int):
        os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)
