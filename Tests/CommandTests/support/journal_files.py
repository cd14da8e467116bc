"""Journal files for a test, as journald would write them."""

import os
import subprocess
from pathlib import Path

from waiting import eventually

REMOTE = Path("/lib/systemd/systemd-journal-remote")


def entry(message: str, seconds: int, **fields: str) -> str:
    """An entry by the agent in the Journal Export Format, this many seconds after 1970."""
    fields = {"SYSLOG_IDENTIFIER": "bedrock-agent", "_UID": str(os.getuid()), "PRIORITY": "6", **fields}
    lines = [f"__REALTIME_TIMESTAMP={seconds}000000", f"__MONOTONIC_TIMESTAMP={seconds}", f"_BOOT_ID={1:032x}"]
    return "\n".join([*lines, f"MESSAGE={message}", *(f"{name}={value}" for name, value in fields.items()), "", ""])


class JournalFiles:
    """A folder with a journal file to which `write` adds entries."""

    def __init__(self, folder: Path):
        assert REMOTE.exists(), f"{REMOTE} is missing: apt-get install systemd-journal-remote"
        self.folder = folder
        self.count = 0
        folder.mkdir()
        self.writer = subprocess.Popen(
            [REMOTE, "-o", folder / "test.journal", "-"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def write(self, *entries: str):
        """Adds entries; returns when they can be read."""
        self.count += len(entries)
        self.writer.stdin.write("".join(entries))
        self.writer.stdin.flush()
        eventually(lambda: self._entries() == self.count, f"{self.count} entries in the journal")

    def _entries(self) -> int:
        shown = subprocess.run(
            ["journalctl", "-q", "-D", self.folder, "-o", "json"], capture_output=True, text=True, check=True)
        return len(shown.stdout.splitlines())

    def close(self):
        """Waits until everything is in the file."""
        self.writer.stdin.close()
        assert self.writer.wait(timeout=20) == 0
