"""A reading of one file fails, for the state of the system and not for what the file is. What was read last stays in
force, the file is read again by itself, and that is said; no fix is told that would do harm."""

import json
import os
import threading

import pytest

from claude_settings import approve, settings
from failing_calls import failing
from running_daemon import RunningDaemon
from waiting import eventually

FILES = {
    "settings": lambda place: place.settings,
    "managed settings": lambda place: place.managed / "managed-settings.json",
    "folder of managed settings": lambda place: place.managed / "managed-settings.d",
    "file of managed settings": lambda place: place.managed / "managed-settings.d" / "1.json",
    "Claude Code's state": lambda place: place.path / ".claude.json",
    "AWS config": lambda place: place.config,
    "AWS credentials": lambda place: place.path / ".aws" / "credentials",
    "token": lambda place: place.token_file(),
    "own config": lambda place: place.own_config,
    "approvals": lambda place: place.state / "approvals.json",
    "record of setup": lambda place: place.state / "setup.json",
    "kept environment": lambda place: next((place.state / "exported").glob("*.json")),
    "state": lambda place: place.state / "state.json",
}


@pytest.fixture
def whole(place, tmp_path):
    """With every file that the daemon reads. A sign-in that starts leaves a trace."""
    place.runs = tmp_path / "runs"
    result = place.setup(AWS_MAX_ATTEMPTS="3")
    assert result.returncode == 0, result.stderr
    command = f"echo run >> {place.runs}"
    place.settings.write_text(json.dumps(settings(command)))
    approve(place.path, command)
    (place.managed / "managed-settings.d").mkdir(parents=True)
    FILES["managed settings"](place).write_text("{}")
    FILES["file of managed settings"](place).write_text('{"env": {"AWS_MAX_ATTEMPTS": "4"}}')
    (place.path / ".claude.json").write_text('{"env": {"AWS_RETRY_MODE": "standard"}}')
    (place.path / ".aws" / "credentials").write_text("[other]\naws_access_key_id = none\n")
    place.own_config.parent.mkdir(parents=True)
    place.own_config.write_text('{"refreshAhead": "21min"}')
    (place.state / "state.json").write_text(json.dumps(
        {"version": 1, "sessions": {"corp": {"failedSignIns": 2, "lifetimes": [28800, 28800]}}, "automaticSignIns": []}))
    return place


class Watcher:
    """What `Monitor` says."""

    def __init__(self, daemon):
        self.client = daemon.client()
        self.client.ask("Monitor", more=True)
        self.seen = [self.client.answer()["status"]]
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        try:
            while True:
                self.seen.append(self.client.answer()["status"])
        except (OSError, ValueError):
            pass


def start(place, trace, file, error: str, when: str) -> RunningDaemon:
    program = failing(place.program, "openat", error, when, trace, file)
    daemon = RunningDaemon(program, place.variables(DISPLAY=":0"), place.runtime, place.errors)
    daemon.start()
    return daemon


def readings_of_a_start(place, trace, file) -> int:
    daemon = start(place, trace, file, "EIO", "1000")
    eventually(lambda: daemon.status()["condition"] == "healthy", "it has started")
    assert daemon.stop() == 0
    return trace.read_text().count("openat(")


def check(place, tmp_path, name: str, error: str, words: str, is_first: bool = False):
    file = FILES[name](place)
    trace = tmp_path / "trace"
    # Another start may read it once more.
    first = 1 if is_first else readings_of_a_start(place, trace, file) + 2
    # A folder is opened to be watched, too, and read once more after that.
    when = f"{first}..{first + 5}" if file.is_dir() else str(first)
    daemon = start(place, trace, file, error, when)
    try:
        watcher = Watcher(daemon)

        def has_failed():
            if "INJECTED" in trace.read_text():
                return True
            # Everything is read again then.
            os.utime(place.settings)
            return False

        if not is_first:
            eventually(has_failed, f"reading {file} fails", every=0.3)

        def is_well():
            status = daemon.status()
            return status["condition"] == "healthy" and not status["findings"]

        eventually(is_well, "all is well again")
        findings = [finding for status in watcher.seen for finding in status["findings"]]
        if not is_first:
            assert {status["condition"] for status in watcher.seen} == {"healthy"}, daemon.journal()
        assert not [f for f in findings if any(word in f["fix"] for word in ("rm ", "mv ", "chmod", "setup"))]
        # At the start, files are read once more at once, for what their watches may have missed.
        told = [line for line in daemon.journal().splitlines() if str(file) in line and words in line]
        assert told or is_first, daemon.journal()
    finally:
        assert daemon.stop() == 0
    assert "INJECTED" in trace.read_text()
    assert not place.runs.exists(), "it signed in"
    return daemon


@pytest.mark.parametrize("name", [name for name in FILES if name != "state"])
def test_it_stays_in_force(whole, tmp_path, name):
    check(whole, tmp_path, name, "EIO", "Input/output error")


@pytest.mark.parametrize("name", FILES)
def test_the_first_reading_fails(whole, tmp_path, name):
    daemon = check(whole, tmp_path, name, "EIO", "Input/output error", is_first=True)
    assert "cooldowns and learned lifetimes are lost" not in daemon.journal()
    assert not (whole.state / "state.json.unreadable").exists()
    assert json.loads((whole.state / "state.json").read_text())["sessions"]["corp"]["lifetimes"] == [28800, 28800]


@pytest.mark.parametrize("name", ["settings", "token"])
def test_no_descriptor_is_left(whole, tmp_path, name):
    check(whole, tmp_path, name, "EMFILE", "Too many open files")
