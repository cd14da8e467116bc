"""Token files drawn at random, from what AWS's programs write and from oddities of it; a number draws the same."""

import json
import random
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

MINUTE, HOUR, DAY = 60, 3600, 86400
# Seconds from now: over, soon to be refreshed (by whoever reads it), and neither.
SOON = [-HOUR, 5 * MINUTE, 10 * MINUTE]
LATER = [2 * HOUR, 8 * HOUR, 30 * DAY]

# Spellings of a time in UTC: those that programs write, and others.
USUAL_TIMES = ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%SUTC", "%Y-%m-%dT%H:%M:%S.123Z"]
ODD_TIMES = [
    "%Y-%m-%dT%H:%M:%S+00:00", "%Y-%m-%dT%H:%M:%S+0000", "%Y-%m-%d %H:%M:%S+00:00", "%Y-%m-%d %H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%Sz", "%Y-%m-%dt%H:%M:%SZ", "%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M:%S.123456789Z",
    "%Y-%m-%dT%H:%M:%S.5+00:00", "%Y-%m-%dT%H:%M:%S,123Z", "%Y-%m-%dT%H:%M:%S-00:00", "%Y-%m-%dT%H:%M:%S+00",
    "%Y-%m-%dT%H:%M:%S GMT", "%Y-%m-%dT%H:%M:%S UTC", "%Y-%m-%dT%H:%M:%Sutc", "%Y-%m-%dT%H:%M:%S Z",
    "%Y-%m-%d %H:%M:%S +00:00", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%Y%m%dT%H%M%SZ",
    "%Y-%m-%dT%H%M%SZ", "%Y-%m-%dT%HZ", "%a, %d %b %Y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y", "%m/%d/%Y %H:%M:%S UTC",
    "%s", "%Y-%m-%dT%I:%M:%S %p UTC", " %Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%SZ ", "%Y-%m-%dT%H:%M:%SZ\n",
    "%Y-%m-%dT%H:%M:%S.Z", "%Y-%m-%dT%H:%M:%SZ+00:00", "%y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%SUTC+0",
    "%Y/%m/%d %H:%M:%SZ", "%Y-%m-%dT%H:%M:%S\u00a0Z", "%Y-%j", "%Y-%m-%dT%H:%M:%SX", "%Y-%m-%dT%H:%M:%SZ[UTC]",
    "%Y-%m-%dT%H:%M:%S Europe/Berlin", "%d %b %Y %H:%M:%S +0000", "%Y-%m-%dT%H.%M.%SZ", "%Y-%m-%d_%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S+0", "%Y-%m-%dT%H:%M:%S+00:00:00", "%Y-%m-%dT%H:%M:%S.123456+0000", "%Y-%m-%dT%H:%M:%S+24:00",
    "%Y-%m-%dT%H:%M:%S+00:60", "%Y-%m-%dT%H:%M:%S\u2212 00:00"]
# Zones whose time it is, by their offset in minutes.
ZONES = [60, -480, 330, 765, -720]
# Texts and other values in place of a time.
NO_TIMES = ["", "never", "null", "0000-00-00T00:00:00Z", "2030-13-01T00:00:00Z", "2030-02-30T00:00:00Z",
            "2030-01-01T24:00:00Z", "2030-12-31T23:59:60Z", "10000-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
            "0001-01-01T00:00:00Z", "2030-1-2T3:04:05Z", "+2030-01-01T00:00:00Z", "2030-W01-1T00:00:00Z",
            "２０３０-01-01T00:00:00Z", None, 1900000000, 1.9e9, -1, True, [], {}, ["2030-01-01T00:00:00Z"], 10**400]
# Values in place of a text.
NO_TEXTS = ["", None, 5, 0, True, [], {}, ["x"], " ", "x" * 70_000, "é", "a\nb", "\ud800", "\u0000", "\U0001f600"]

KEYS = ["startUrl", "region", "accessToken", "expiresAt", "clientId", "clientSecret", "registrationExpiresAt",
        "refreshToken"]
# Of more than 4,300 digits Python reads no number, and AWS's programs then take the whole file for none.
EXTRA = [
    '"extra": NaN', '"extra": Infinity', '"extra": -Infinity', '"extra": 1e999', '"extra": "\\ud800"', '"\\ud800": 1',
    '"extra": ' + "[" * 600 + "]" * 600, '"extra": ' + "[" * 400 + "]" * 400, '"extra": ' + "9" * 4000,
    '"extra": ' + "9" * 4300, '"extra": {"accessToken": 5}', '"extra": 01', '"extra": .5', '"extra": +1',
    '"extra": "a\tb"',
    '"extra": \'x\'', '"extra": "\\x41"', '"extra": true', '"extra": True', '"": ""', '"extra": 0x10', '"extra": 1.',
    '"extra": -0', '"extra": "\\u00"', '"extra": "\x7f"', '"extra": nul', '"scopes": ["sso:account:access"]']

MARK = "\N{BYTE ORDER MARK}".encode()
FILES = [
    lambda text: MARK + text, lambda text: b"", lambda text: b"\n", lambda text: text + b"}", lambda text: text + b" x",
    lambda text: text + b"\n\n", lambda text: text + b"\0", lambda text: text[:-1], lambda text: text[: len(text) // 2],
    lambda text: text[:-1] + b",}", lambda text: b"[" + text + b"]", lambda text: b"null", lambda text: b"5",
    lambda text: b'"token"', lambda text: b"// mine\n" + text, lambda text: text.replace(b'"', b"'"),
    lambda text: text.decode().encode("utf-16"), lambda text: text.decode().encode("utf-16-le"),
    lambda text: text.replace(b"at-1", b"at-\xe9"), lambda text: text + b"\xff", lambda text: text + text,
    lambda text: text.replace(b", ", b",\r\n\t"), lambda text: b"\x0c" + text, lambda text: text + "\u00a0".encode(),
    lambda text: text.replace(b"accessToken", b"\\u0061ccessToken"), lambda text: text.replace(b"at-1", b"at\\/1"),
    lambda text: text.replace(b"accessToken", b"AccessToken"), lambda text: text.replace(b"expiresAt", b"expires_at"),
    lambda text: text.replace(b"refreshToken", b"RefreshToken"), lambda text: b"\0" * len(text), lambda text: b"{}",
    lambda text: text.replace(b"at-1", b"\xed\xa0\x80"), lambda text: text.replace(b"at-1", b"\xc0\xaf"),
    lambda text: text + b" " * 2_000_000]
# What the file may be instead.
INSTEAD = ["missing", "folder", "link", "dangling", "loop", "null", "pipe"]


@dataclass
class DrawnToken:
    """`content` is its bytes, which `at` says the time of, or one of INSTEAD."""

    legacy: bool
    members: list[tuple[str, object]]
    extra: list[str]
    change: int | None
    instead: str | None

    def content(self, now: datetime) -> bytes:
        members = [f"{json.dumps(key)}: {json.dumps(value(now) if callable(value) else value)}"
                   for key, value in self.members]
        text = ("{" + ", ".join(members + self.extra) + "}").encode("utf-8", "surrogatepass")
        return text if self.change is None else FILES[self.change](text)


class Time:
    """A time from now, in a spelling."""

    def __init__(self, left: float, spelling: str, zone: int = 0):
        self.left, self.spelling, self.zone = left, spelling, zone

    def __call__(self, now: datetime) -> str:
        time = now + timedelta(seconds=self.left)
        if "%s" in self.spelling:
            return self.spelling.replace("%s", str(int(time.timestamp())))
        if self.zone:
            return time.astimezone(timezone(timedelta(minutes=self.zone))).isoformat()
        return time.strftime(self.spelling)

    def __repr__(self):
        return f"Time({self.left}, {self.spelling!r}, {self.zone})"


def draw(number: int) -> DrawnToken:
    """The token of this number."""
    chance = random.Random(number)
    odd = chance.choice([0.02, 0.06, 0.2])

    def time(choices: list[int]):
        left = chance.choice(choices)
        if chance.random() < odd:
            return chance.choice(NO_TIMES)
        if chance.random() < odd:
            return Time(left, "", chance.choice(ZONES))
        return Time(left, chance.choice(ODD_TIMES if chance.random() < 2 * odd else USUAL_TIMES))

    def text(value: str):
        return chance.choice(NO_TEXTS) if chance.random() < odd else value

    members = [
        ("startUrl", text("https://corp.awsapps.com/start")), ("region", text("us-east-1")),
        ("accessToken", text("at-1")),
        ("expiresAt", time(SOON + SOON + LATER)), ("clientId", text("client")), ("clientSecret", text("not-a-secret")),
        ("registrationExpiresAt", time([-HOUR, 30 * DAY, 30 * DAY, 30 * DAY, 30 * DAY])),
        ("refreshToken", text("not-a-token"))]
    members = [member for member in members if chance.random() > odd / 2]
    if chance.random() < 0.1:
        members = [member for member in members if member[0] != "refreshToken"]
    if members and chance.random() < odd:
        members.insert(chance.randrange(len(members) + 1), chance.choice(members))
    if chance.random() < odd:
        key = chance.choice(KEYS)
        members.append((chance.choice([key, key.lower(), key.upper(), f"{key} "]), chance.choice(NO_TEXTS + NO_TIMES)))
    if chance.random() < odd:
        chance.shuffle(members)
    return DrawnToken(
        legacy=chance.random() < 0.15, members=members,
        extra=[chance.choice(EXTRA)] if chance.random() < odd else [],
        change=chance.randrange(len(FILES)) if chance.random() < odd else None,
        instead=chance.choice(INSTEAD) if chance.random() < odd / 4 else None)
