"""`status --follow` while a test goes on, and what it has printed."""

import subprocess
import threading

from spawning import die_with_parent
from waiting import eventually


class Follower:
    """Collects its lines from `with` to its end."""

    def __init__(self, agent, *flags: str, **exported: str):
        self.command = [agent.program, "status", "--follow", *flags]
        self.environment = {**agent.environment, **exported}
        self.lines: list[str] = []

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, preexec_fn=die_with_parent)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        return self

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.removesuffix("\n"))

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(timeout=10)
        self.reader.join(timeout=10)
        self.process.stdout.close()
        self.process.stderr.close()

    def wait_for(self, *lines: str):
        """Waits until these are the last ones, in this order, with nothing between."""
        eventually(lambda: self.lines[-len(lines):] == list(lines), f"{lines} after {self.lines}")

    def wait_until(self, condition, what: str):
        """Waits until the last one is such."""
        eventually(lambda: self.lines and condition(self.lines[-1]), what)
        return self.lines[-1]

    def waits_in(self) -> str:
        """Where in the kernel it sleeps; what it has done so far, by its voluntary switches."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return next(line for line in file if line.startswith("voluntary"))
