"""What other programs of a user can see of a process: its arguments, its environment, and its memory if it is open."""

import contextlib
import os
from pathlib import Path

from nobody import NOBODY


def as_a_user() -> list[str]:
    """In front of a program that root starts: it is a user's then, who may read root's files all the same. Whether root's
    own processes are closed cannot be told."""
    if os.geteuid() != 0:
        return []
    rights = "+dac_override,+dac_read_search"
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", f"--inh-caps={rights}",
            f"--ambient-caps={rights}"]


def seen_of(pid: int) -> bytes:
    """Its arguments and its environment, which only root can read where it is closed."""
    seen = b""
    for name in ("cmdline", "environ"):
        with contextlib.suppress(PermissionError):
            seen += (Path("/proc") / str(pid) / name).read_bytes()
    return seen


def is_closed(pid: int) -> bool:
    """Whether nobody but root reads its memory: of a process that is not dumpable, the files in /proc are root's."""
    owner = (Path("/proc") / str(pid) / "status").read_text().split("Uid:")[1].split()[0]
    assert owner != "0", "of a process of root's, it cannot be told: see as_a_user"
    return (Path("/proc") / str(pid) / "mem").stat().st_uid == 0
