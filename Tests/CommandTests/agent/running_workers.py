"""Controls the processes of botocore_workers.py for a test."""

import json
import subprocess
import sys
from pathlib import Path

from spawning import die_with_parent


class BotocoreWorkers:
    """`count` processes, in the environment of a home."""

    def __init__(self, environment, count: int):
        script = Path(__file__).with_name("botocore_workers.py")
        self.process = subprocess.Popen(
            [sys.executable, script, "work-dev", str(count)], env=environment, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, preexec_fn=die_with_parent)
        assert self.process.stdout.readline() == "[]\n"

    def release(self, spread: int):
        """Releases all processes, spread over this many milliseconds."""
        self.process.stdin.write(f"{spread}\n")
        self.process.stdin.flush()

    def errors(self) -> list[str]:
        """Waits for all processes; returns the errors of those that failed."""
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        assert self.process.wait(timeout=10) == 0
        self.process.stdout.close()
