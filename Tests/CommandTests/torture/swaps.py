"""What is put in a file's place between the moment it was looked at and the moment it is used."""

import contextlib
import os
import shutil
import stat
from pathlib import Path

from in_place import of_somebody
from trapped import LOOKS, Call

# Before one of these, it matters what is there.
USES = LOOKS - {"read", "pread64", "fstat", "lseek", "close"} | {
    "open", "openat", "openat2", "rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat", "mkdir",
    "mkdirat", "chmod", "fchmodat", "chown", "fchownat", "symlink", "symlinkat"}
TEXT = '{"another": "one"}'


def written(path: Path):
    path.write_text(TEXT)
    path.chmod(0o644)


class Swap:
    """Puts something in the place of a file, just before a call. In `folder` is what no program may touch."""

    def __init__(self, folder: Path, kind: str, victim: Path):
        self.kind, self.victim = kind, victim
        self.outside, self.aside = folder / "outside", folder / "aside"
        for left in (self.outside, self.aside):
            shutil.rmtree(left, ignore_errors=True)
        self.outside.mkdir()
        written(self.outside / "file")
        os.mkfifo(self.outside / "FIFO")
        self.inode = None

    def before(self, point: Call):
        def act(call: Call):
            if self.inode is None and call.number == point.number:
                self.put()

        return act

    def put(self):
        self.aside.mkdir()
        with contextlib.suppress(FileNotFoundError):
            self.victim.rename(self.aside / "it")
        self.victim.parent.mkdir(parents=True, exist_ok=True)
        KINDS[self.kind](self.victim, self.outside)
        self.inode = self.victim.lstat().st_ino

    @property
    def is_there(self) -> bool:
        return os.path.lexists(self.victim) and self.victim.lstat().st_ino == self.inode

    def undo(self):
        """What was there is back, unless something else has taken its place, or a link was written through."""
        if self.is_there and self.linked == TEXT:
            shutil.rmtree(self.victim) if stat.S_ISDIR(self.victim.lstat().st_mode) else self.victim.unlink()
            with contextlib.suppress(FileNotFoundError):
                (self.aside / "it").rename(self.victim)

    def problem(self) -> str | None:
        """What of others has been touched."""
        if not stat.S_ISFIFO((self.outside / "FIFO").lstat().st_mode):
            return "what a link led to is no FIFO any more"
        if sorted(os.listdir(self.outside)) != ["FIFO", "file"]:
            return f"something is left where a link led to: {os.listdir(self.outside)}"
        return None

    @property
    def linked(self) -> str:
        return (self.outside / "file").read_text()


KINDS = {
    "a FIFO": lambda path, outside: os.mkfifo(path),
    "a loop": lambda path, outside: path.symlink_to(path.name),
    "a folder": lambda path, outside: path.mkdir(),
    "another's": lambda path, outside: of_somebody(path),
    "another file": lambda path, outside: written(path),
    "a link to a file": lambda path, outside: path.symlink_to(outside / "file"),
    "a link to a FIFO": lambda path, outside: path.symlink_to(outside / "FIFO"),
}
