"""Numbers and times at their limits in our own records: read, bounded, or refused by name, and never a crash."""

import copy
import hashlib
import json
import os
from datetime import datetime, timedelta, timezone

import pytest

from claude_settings import approve, settings
from running_daemon import RunningDaemon
from waiting import eventually

NUMBERS = ["1e308", "-1e308", "1e400", "-1", "0", "1.5", "4294967296", "9223372036854775807", "9223372036854775808",
           "-9223372036854775808", "18446744073709551615", "NaN", "253402300800"]
TIMES = ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "0000-00-00T00:00:00Z",
         "99999-01-01T00:00:00Z", "9999-12-31T23:59:60Z", "9999-12-31T23:59:59.999999999-23:59",
         "0001-01-01T00:00:00+23:59", "-9999-01-01T00:00:00Z"]
# What JSON readers of 64 bits take, and no more.
EXTREMES = ["-1", "9223372036854775807", "1e308", "0"], ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"]


def at(hours: float) -> str:
    return (datetime.now(timezone.utc) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def state() -> dict:
    """With every field that there is."""
    return {
        "version": 1,
        "sessions": {"corp": {
            "signedInAt": at(-2), "lastRefresh": {"at": at(-1), "result": "ok"},
            "lastSignIn": {"at": at(-2), "result": "timed-out"},
            "refusal": {"fingerprint": "x", "outcome": {"sessionEnded": {"error": "e"}}, "at": at(-3)},
            "failedSignIns": 1, "earlySignInFor": at(1), "lifetimes": [28800.0, 28800.0], "toldOf": "x"}},
        "automaticSignIns": [at(-2), at(-1)],
        "running": {
            "session": "corp", "startedAt": at(-0.01), "isAutomatic": True, "pid": os.getpid(), "processStart": 12345,
            "before": "x", "isNeeded": True, "url": "https://x", "code": "A"},
        "bubbles": {"corp": {
            "events": {"needed": "x"},
            "open": {"id": 7, "server": ":1.5", "kind": "waiting", "event": "x", "since": at(-1)}}},
        "claudeProfile": {
            "name": "work-dev", "session": "corp", "accountID": "123456789012", "roleName": "Dev", "isChained": False},
        "attendance": {"since": at(-100), "hours": {"9": at(-5), "10": at(-4)}}}


def places(value, path=()):
    """Where a number or a time is."""
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield path, False
    elif isinstance(value, str) and value.startswith("20") and value.endswith("Z"):
        yield path, True


def put(path: tuple, spelling: str) -> str:
    made = copy.deepcopy(state())
    inner = made
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = "@@"
    return json.dumps(made).replace('"@@"', spelling)


PLACES = list(places(state()))
NAMES = [".".join(map(str, path)) for path, _ in PLACES]


@pytest.fixture
def ended(place):
    """A sign-in is needed and starts by itself, unless the records say otherwise."""
    command = "exit 1"
    place.settings.write_text(json.dumps(settings(command)))
    approve(place.path, command)
    place.write_token(hours=-1, refreshToken=None)
    return place


def test_the_whole_state_is_read(place):
    (place.state / "state.json").write_text(json.dumps(state()))
    assert "state-damaged" not in [finding["code"] for finding in place.status()["findings"]]


@pytest.mark.parametrize(("path", "is_time"), PLACES, ids=NAMES)
def test_a_number_in_the_state(ended, path, is_time):
    file = ended.state / "state.json"
    for value in TIMES if is_time else NUMBERS:
        file.write_text(put(path, f'"{value}"' if is_time else value))
        result = ended.run("status")
        assert result.returncode == 3, f"{value}: {result.stderr}"
    for value in EXTREMES[is_time]:
        file.write_text(put(path, f'"{value}"' if is_time else value))
        daemon = RunningDaemon(ended.program, ended.variables(DISPLAY=":0"), ended.runtime, ended.errors)
        daemon.start()
        eventually(lambda: daemon.status()["sessions"][0]["condition"] == "sign-in-needed", f"{value} is lived with")
        assert daemon.run("status", check=False).returncode == 2
        assert daemon.stop() == 0, f"{value}: {daemon.journal()[-2000:]}"
        assert json.loads(file.read_text())["version"] == 1


@pytest.mark.parametrize("key", ["refreshAhead", "legacyAhead", "signInTimeout", "coverAhead"])
def test_a_duration_in_the_configuration(ended, key):
    ended.own_config.parent.mkdir(parents=True)
    for value in ("9223372036854775807s", "106751991167300d", "292y", "1ns", "1us", "0.000000001s", "9" * 400 + "s",
                  "1e308s", "-1s", "9223372036s", "100000h"):
        ended.own_config.write_text(json.dumps({key: value}))
        daemon = RunningDaemon(ended.program, ended.variables(DISPLAY=":0"), ended.runtime, ended.errors)
        (ended.state / "state.json").unlink(missing_ok=True)
        daemon.start()
        status = daemon.status()
        wrong = [finding for finding in status["findings"] if finding["code"] == "config-wrong"]
        assert all(f"key {key}" in finding["message"] for finding in wrong)
        assert daemon.run("status", check=False).returncode in (1, 2), value
        assert daemon.stop() == 0, f"{value}: {daemon.journal()[-2000:]}"


@pytest.mark.parametrize("number", NUMBERS)
def test_the_note_of_a_sign_in(ended, number):
    """That others read while they wait, here for one that holds the lock no more."""
    locks = ended.state / "locks"
    locks.mkdir(exist_ok=True)
    (locks / f"sign-in-{hashlib.sha1(b'corp').hexdigest()}.json").write_text(f'{{"failedAt": {number}, "reason": "x"}}')
    result = ended.run("login", "--profile", "work-dev", AWS_ENDPOINT_URL_SSO_OIDC="http://127.0.0.1:9")
    assert result.returncode == 1 and result.stderr.startswith("Error: "), result.stderr
