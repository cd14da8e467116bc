"""The processes of botocore_workers.py, at a test's command."""

import json
import subprocess
import sys
from pathlib import Path

from spawning import die_with_parent


class BotocoreWorkers:
    """So many of them; `environment` is the home's."""

    def __init__(self, environment, count: int):
        script = Path(__file__).with_name("botocore_workers.py")
        self.process = subprocess.Popen(
            [sys.executable, script, "work-dev", str(count)], env=environment, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, preexec_fn=die_with_parent)
        assert self.process.stdout.readline() == "[]\n"

    def release(self, spread: int):
        """Lets all go, over so many milliseconds."""
        self.process.stdin.write(f"{spread}\n")
        self.process.stdin.flush()

    def errors(self) -> list[str]:
        """Waits for all of them; says what those say that failed."""
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        assert self.process.wait(timeout=10) == 0
        self.process.stdout.close()
