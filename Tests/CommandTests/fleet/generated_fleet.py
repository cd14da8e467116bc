"""The journals of a made-up company, and what must come out of them: each event is counted as it is written."""

import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

REMOTE = Path("/lib/systemd/systemd-journal-remote")
DAY, HOUR, MINUTE = 86400, 3600, 60
# All that is said to have been so long ago, was so long before this: the times between entries are exact.
NOW = time.time()
STARTED, STOPPING = "03cbc2a475af441d9f670c414fea4dd1", "527c2791bb6d49dda041e784e9d1f578"
CONDITION, HOLDS = "aa258084b1c948e2a113c64b22e7671d", "7b0f6d3a51e94c9f8d22c4a9e6b1f053"
LEFT, WOKE = "c3d1f6a8b29e4d7f8a5046e1b7c9d230", "cbbba4a218c84424935c7eb69ae5cab3"
NO_SESSION = "e4c8d2f1a07b4b3e9d56c1f8270a6e93"
REFRESHED, REFUSED = "193b93a5b6e6494c85f97bbca7a81c25", "d84c8fe795584451a3c8012e32d53106"
SIGNED_IN, PRESENCE = "afc1b6a676e640118341ab822a4a1afe", "924d7de8f8224d27b6fee878eec3e88a"
# What the journal adds to each entry.
JOURNALS_OWN = {
    "_TRANSPORT": "journal", "_PID": "1234", "_GID": "1000", "_COMM": "bedrock-agent", "_EXE": "/usr/bin/bedrock-agent",
    "_CMDLINE": "/usr/bin/bedrock-agent daemon", "_CAP_EFFECTIVE": "0", "_SYSTEMD_USER_UNIT": "bedrock-agent.service",
    "_SYSTEMD_UNIT": "user@1000.service", "_SYSTEMD_SLICE": "user-1000.slice", "_SYSTEMD_USER_SLICE": "app.slice",
    "SYSLOG_IDENTIFIER": "bedrock-agent", "PRIORITY": "6"}


def of_user(uid: int | str) -> dict[str, str]:
    return {"_UID": str(uid), "_SYSTEMD_OWNER_UID": str(uid)}


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def export(seconds: float, uptime: float, boot: int, fields: dict[str, str | bytes]) -> bytes:
    """An entry in the Journal Export Format: when it was written by the wall clock, and in seconds since this boot."""
    lines = [b"__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n_BOOT_ID=%032x\n" % (
        seconds * 1_000_000, uptime * 1_000_000, boot)]
    for name, value in fields.items():
        value = value.encode() if isinstance(value, str) else value
        if all(byte >= 32 for byte in value):
            lines.append(b"%s=%s\n" % (name.encode(), value))
        else:
            lines.append(b"%s\n%s%s\n" % (name.encode(), len(value).to_bytes(8, "little"), value))
    return b"".join(lines) + b"\n"


def entry(seconds_ago: float, number: int = 1, *, boot: int = 1, error: float = 0, asleep: float = 0, **fields) -> bytes:
    """Written so long ago by a machine that has been on for 90 days, of which it slept so long before, and whose clock
    was wrong by that much."""
    own = {"_MACHINE_ID": f"{number:032x}", "_HOSTNAME": f"host-{number}", "_UID": "1000", **JOURNALS_OWN,
           "MESSAGE": "something"}
    own |= {"_SYSTEMD_OWNER_UID": fields.get("_UID", "1000")}
    return export(
        NOW - seconds_ago + error, 90 * DAY - seconds_ago - asleep, boot << 64 | number, own | fields)


def write_journal(file: Path, entries: Iterator[bytes]):
    """Has systemd-journal-remote put the entries into a journal file."""
    assert REMOTE.exists(), f"{REMOTE} is missing: apt-get install systemd-journal-remote"
    writer = subprocess.Popen([REMOTE, "-o", file, "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    for entry in entries:
        writer.stdin.write(entry)
    said = writer.communicate(timeout=600)[1]
    assert writer.returncode == 0, said


@dataclass
class Expected:
    """What `fleet --json` must say."""

    entries: int = 0
    machines: int = 0
    users: int = 0
    lost: int = 0
    who_lost: int = 0
    conditions: Counter = field(default_factory=Counter)
    versions: Counter = field(default_factory=Counter)
    sign_ins: Counter = field(default_factory=Counter)
    days: dict[str, Counter] = field(default_factory=dict)
    refusals: Counter = field(default_factory=Counter)
    legacy: list[tuple[str, int]] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    failing: list[str] = field(default_factory=list)


class Company:
    """Machines numbered from `first`, in `days` whole days before `until`, which is midnight in UTC."""

    def __init__(self, until: int, days: int):
        self.until = until
        self.days = days
        self.expected = Expected()

    def machine(self, number: int) -> Iterator[bytes]:
        """All entries of a machine, oldest first."""
        self.expected.machines += 1
        is_silent = number % 15 == 14
        if is_silent:
            self.expected.silent.append(f"host-{number:05}")
        users = [User(self, number, 1000 + place, is_silent) for place in range(2 if number % 10 == 9 else 1)]
        for day in range(self.days - 5 if is_silent else self.days):
            begin = self.until - (self.days - day) * DAY
            entries = [entry for user in users for entry in user.day(begin, day)]
            yield from (written for _, written in sorted(entries, key=lambda entry: entry[0]))
        for user in users:
            user.finish()


class User:
    def __init__(self, company: Company, number: int, uid: int, is_silent: bool):
        self.company = company
        self.number = number
        self.uid = uid
        self.is_silent = is_silent
        self.host = f"host-{number:05}"
        self.kind = "legacy" if number % 7 == 3 else "sso-session"
        self.version = "0.1.9" if number % 9 == 0 else "0.2.0"
        self.condition = "healthy"
        self.is_there = "present"
        self.lost = 0
        self.entries: list[tuple[float, bytes]] = []

    def say(self, at: float, kind: str, message: str, **fields: str):
        self.company.expected.entries += 1
        own = {
            "_MACHINE_ID": f"{self.number + 1:032x}", "_HOSTNAME": self.host, **of_user(self.uid), **JOURNALS_OWN,
            "MESSAGE": message, "MESSAGE_ID": kind, "BEDROCK_VERSION": self.version, "BEDROCK_PRESENCE": self.is_there}
        # The machine is switched on each morning.
        uptime, boot = at % DAY - 7 * HOUR, int(at // DAY) << 32 | self.number
        self.entries.append((at, export(at, uptime, boot, own | fields)))

    def session(self, ends: float) -> dict[str, str]:
        return {"BEDROCK_SESSION": "corp", "BEDROCK_PROFILE": f"work-{self.number}", "BEDROCK_KIND": self.kind,
                "BEDROCK_EXPIRES_AT": stamp(ends)}

    def change(self, at: float, condition: str, ends: float):
        self.say(at, CONDITION, f"corp: {condition}, was {self.condition}", BEDROCK_CONDITION=condition,
                 BEDROCK_CONDITION_WAS=self.condition, **self.session(ends))
        self.condition = condition

    def sign_in(self, at: float, cause: str, result: str, ends: float):
        self.say(at, SIGNED_IN, f"corp: {result}", BEDROCK_SIGN_IN_CAUSE=cause, BEDROCK_SIGN_IN_RESULT=result,
                 **self.session(ends))
        counted = cause if result == "ok" else "failed"
        self.company.expected.sign_ins[counted] += 1
        self.company.expected.days.setdefault(stamp(at)[:10], Counter())[counted] += 1

    def move(self, at: float, presence: str):
        self.is_there = presence
        self.say(at, PRESENCE, presence)

    def day(self, begin: float, day: int) -> list[tuple[float, bytes]]:
        """From eight to five, of which one thing in the day may go wrong. The seconds tell machines apart."""
        self.entries = []
        begin += self.number % 50
        start, end = begin + 8 * HOUR, begin + 17 * HOUR
        is_last = day == self.company.days - 1
        self.is_there = "present"
        self.say(start, STARTED, f"bedrock-agent {self.version} started")
        if self.kind == "legacy":
            self.change(start + 2, "healthy", begin + 16 * HOUR)
            self.sign_in(begin + 15 * HOUR + 45 * MINUTE, "automatic", "ok", begin + 24 * HOUR)
        else:
            self.change(start + 2, "healthy", begin + 9 * HOUR)
            self.sso_day(begin, day, is_last)
        self.say(end, STOPPING, "bedrock-agent is stopping")
        return self.entries

    def sso_day(self, begin: float, day: int, is_last: bool):
        ends = begin + 9 * HOUR
        revoked_at = 11 if (self.number + day) % 20 == 1 else 15 if is_last and self.number % 11 == 10 else None
        for hour in range(9, 17):
            ends = begin + hour * HOUR + 40 * MINUTE
            if hour == revoked_at == 11:
                self.revoked(begin + 11 * HOUR, day)
            elif hour == revoked_at:
                self.fail(begin + 15 * HOUR, ends)
                self.lost += int(begin + 17 * HOUR - ends)
                break
            self.say(begin + hour * HOUR + 20 * MINUTE, REFRESHED, "corp: refreshed", **self.session(ends + HOUR))
        if revoked_at is None:
            self.say(begin + 16.5 * HOUR, HOLDS, "corp: healthy since", BEDROCK_CONDITION="healthy",
                     BEDROCK_CONDITION_SINCE=stamp(begin), **self.session(ends + HOUR))

    def fail(self, at: float, ends: float):
        self.say(at, REFUSED, "corp: the refresh was refused", BEDROCK_REFUSAL="invalid_grant", **self.session(ends))
        self.company.expected.refusals["invalid_grant"] += 1
        self.change(at + 1, "sign-in-needed", ends)

    def revoked(self, at: float, day: int):
        """The token works for 5 more minutes, and somebody signs in after 15; some go away for 4 of them."""
        ends = at + 5 * MINUTE
        self.fail(at, ends)
        self.lost += 10 * MINUTE
        if self.number % 2:
            self.sign_in(at + 3 * MINUTE, "automatic", "timed-out", ends)
        if self.number % 3 == 0:
            self.move(at + 7 * MINUTE, "away")
            self.move(at + 11 * MINUTE, "present")
            self.lost -= 4 * MINUTE
        self.sign_in(at + 15 * MINUTE, ("automatic", "asked", "elsewhere")[day % 3], "ok", at + HOUR)
        self.change(at + 15 * MINUTE, "healthy", at + HOUR)

    def finish(self):
        expected = self.company.expected
        expected.users += 1
        expected.conditions["silent" if self.is_silent else self.condition] += 1
        expected.versions[self.version] += 1
        expected.lost += self.lost
        expected.who_lost += self.lost > 0
        if self.kind == "legacy":
            expected.legacy.append((self.host, self.uid))
        if self.condition != "healthy" and not self.is_silent:
            expected.failing.append(self.host)
