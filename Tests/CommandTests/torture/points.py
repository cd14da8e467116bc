"""Which calls are hit, and with what: all by hand (BEDROCK_LONG), a spread of those that change something otherwise."""

import errno
import os
from collections import defaultdict
from dataclasses import dataclass

from trapped import KILL, LOOKS, SHORT, Call

LONG = bool(os.environ.get("BEDROCK_LONG"))
# For each kind of each operation.
SHARE = 2
# What a disk refuses that is full, or read-only. Our output goes elsewhere.
NEEDS_SPACE = {"pwrite64", "fallocate", "mkdir", "mkdirat", "rename", "renameat", "renameat2", "link", "symlink"}
IS_NO_CHANGE = {"write", "writev", "flock", "fsync", "fdatasync"}


@dataclass(frozen=True)
class Kind:
    """What is done to a call. `lasts`: to each of its like after it, too."""

    name: str
    what: object
    family: str = "failing calls"
    lasts: bool = False

    def __str__(self):
        return self.name

    def hits(self, call: Call) -> bool:
        if self.what == KILL:
            return True
        if self.what == SHORT:
            return call.can_be_short
        # Whatever closing a file says, it is closed.
        if call.name == "close":
            return False
        if self.lasts:
            return call.creates or call.name in NEEDS_SPACE if self.what == errno.ENOSPC else (
                changes(call) and call.name not in IS_NO_CHANGE)
        return self.what in (errno.EIO, errno.EINTR) or changes(call)

    def at(self, point: Call):
        has_hit = False

        def act(call: Call):
            nonlocal has_hit
            # Another run may need a call more to read what a program prints.
            is_hit = has_hit and self.lasts and self.hits(call)
            if not has_hit and call.number >= point.number and call.name == point.name and self.hits(call):
                has_hit = is_hit = True
            return self.what if is_hit else None

        return act


def changes(call: Call) -> bool:
    return call.changes and call.name not in LOOKS


KINDS = [
    Kind("killed", KILL, "kills"),
    *(Kind(errno.errorcode[number], number) for number in
      (errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EINTR)),
    Kind("short writes", SHORT, "short writes"),
    Kind("full from then on", errno.ENOSPC, "disks that stay full or read-only", True),
    Kind("read-only from then on", errno.EROFS, "disks that stay full or read-only", True)]


def each(points: list[Call], kind: Kind, record_property, check):
    """Runs the check at each of these points; fails where that fails, saying at which of them, and why."""
    wrong = defaultdict(list)
    record_property(kind.family, len(points))
    for call in points:
        try:
            check(kind.at(call))
        except AssertionError as error:
            wrong[str(error)].append(str(call))
    told = "\n".join(f"{', '.join(at)}: {why}" for why, at in wrong.items())
    assert not wrong, f"{sum(map(len, wrong.values()))} of {len(points)} points:\n{told}"


def draw(kind: Kind, calls: list[Call]) -> list[Call]:
    points = [call for call in calls if kind.hits(call)]
    if LONG:
        return points
    # Between two calls that change something, it is all one when it was killed.
    points = [call for call in points if changes(call)]
    share = min(SHARE, len(points))
    # Each kind its own.
    shift = KINDS.index(kind) / len(KINDS)
    return [points[int((index + shift) * len(points) / share)] for index in range(share)]
