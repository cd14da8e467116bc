"""Many real Claude Codes at once, each asked one question by `claude -p`."""

import os
import subprocess
from pathlib import Path

from folder import Folder
from real_claude import RealClaude, end, text, words
from spawning import die_with_parent
from waiting import eventually

# In its log when it begins to look whether it needs a sign-in, and when it runs awsAuthRefresh.
CHECKS = "Fetching AWS caller identity for AWS auth refresh command"
RUNS = "Running AWS auth refresh command"


class One:
    """One of them."""

    def __init__(self, claude: RealClaude, folder: Folder, path: Path, cwd: Path, environment: dict):
        self.debug, self.output = path.with_suffix(".debug"), path.with_suffix(".output")
        with self.output.open("w") as out, path.with_suffix(".errors").open("w") as errors:
            self.process = subprocess.Popen(
                claude.command(folder, self.debug), env=environment, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out,
                stderr=errors, start_new_session=True, preexec_fn=die_with_parent)

    @property
    def log(self) -> str:
        return text(self.debug)

    def runs(self) -> int:
        """How often it ran awsAuthRefresh."""
        return self.log.count(RUNS)

    def words(self) -> str:
        """What it said at its end."""
        return words(self.output.read_text())


class Herd:
    """They end with the test."""

    def __init__(self, claude: RealClaude, folder: Folder):
        self.claude, self.folder = claude, folder
        self.all: list[One] = []

    def start(self, number: int, cwd: Path | None = None, **exported: str) -> list[One]:
        """`exported` is what their shell has set beside the folder's own."""
        new = []
        for _ in range(number):
            path = self.claude.workplace / f"one-{len(self.all)}"
            new.append(One(self.claude, self.folder, path, cwd or self.folder.project,
                           {**self.folder.environment(), **exported}))
            self.all.append(new[-1])
        return new

    def wait_until_they_check(self, seconds: float = 60):
        """Until each has found that its credentials are dead."""
        eventually(lambda: all(CHECKS in one.log for one in self.all), "each looks whether it must sign in", seconds)

    def have_ended(self) -> bool:
        return all(one.process.poll() is not None for one in self.all)

    def answers(self, seconds: float = 60) -> list[str]:
        """What each said at its end, without anybody's help."""
        eventually(self.have_ended, "each has ended", seconds)
        return [one.words() for one in self.all]

    def runs(self) -> int:
        """How often they ran awsAuthRefresh, all together."""
        return sum(one.runs() for one in self.all)

    def end(self):
        for one in self.all:
            end(one.process)
