"""`bedrock-agent log`: the agent's journal entries as text, and the message catalog that explains them."""

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path

import pytest

from journal_files import JournalFiles, entry
from waiting import eventually

CATALOG = Path(__file__).resolve().parents[3] / "systemd" / "bedrock-agent.catalog"
NOON = int(datetime(2026, 11, 24, 12).timestamp())
NOBODY = 65534
CONDITION = {
    "MESSAGE_ID": "aa258084b1c948e2a113c64b22e7671d", "PRIORITY": "3", "BEDROCK_SESSION": "corp",
    "BEDROCK_PROFILE": "work-dev", "BEDROCK_CONDITION": "sign-in-needed", "BEDROCK_EXPIRES_AT": "2026-11-24T11:00:00Z"}


@pytest.fixture
def journal(tmp_path):
    journal = JournalFiles(tmp_path / "journal")
    yield journal
    journal.close()


@pytest.fixture
def log(build, journal):
    """Runs `log` on that journal, without a terminal."""

    def run(*arguments: str, program=build / "bedrock-agent", **options) -> subprocess.CompletedProcess:
        return subprocess.run(
            [program, "log", "--directory", journal.folder, *arguments], capture_output=True, text=True, timeout=20,
            **options)

    return run


@pytest.fixture
def installed(build, tmp_path):
    """The program and its message catalog in the layout of an installation."""
    program = tmp_path / "prefix" / "bin" / "bedrock-agent"
    catalog = tmp_path / "prefix" / "lib" / "systemd" / "catalog" / "bedrock-agent.catalog"
    for file, source in [(program, build / "bedrock-agent"), (catalog, CATALOG)]:
        file.parent.mkdir(parents=True)
        shutil.copy(source, file)
    return program


def messages(result) -> list[str]:
    assert result.returncode == 0 and result.stderr == "", result.stderr
    return [line.split("  ", 1)[1] for line in result.stdout.splitlines()]


def test_shows_only_our_entries_of_this_user(log, journal):
    journal.write(
        entry("first", NOON), entry("another program", NOON, SYSLOG_IDENTIFIER="bedrock-sandbox"),
        entry("another user", NOON, _UID="1234567"), entry("second", NOON + 1, PRIORITY="4"))
    journal.close()
    assert log().stdout == "2026-11-24 12:00:00  first\n2026-11-24 12:00:01  second\n"


def test_shows_the_last_fifty_or_as_many_as_asked(log, journal):
    journal.write(*(entry(f"entry {number}", NOON + number) for number in range(120)))
    journal.close()
    every = [f"entry {number}" for number in range(120)]
    assert messages(log()) == every[-50:]
    assert messages(log("--lines", "3")) == every[-3:]
    assert messages(log("-n", "1000")) == every
    assert messages(log("-n", "0")) == []
    assert messages(log("--since", "2026-11-24 12:00:30")) == every[30:]
    assert messages(log("--since", "2026-11-24 12:00:30", "-n", "2")) == every[-2:]


def test_since_is_what_people_write(log, journal):
    now = int(time.time())
    midnight = int(datetime.now().replace(hour=0, minute=0, second=0).timestamp())
    journal.write(
        entry("long ago", now - 500_000), entry("yesterday", midnight - 3600), entry("today", midnight + 1),
        entry("now", now))
    journal.close()
    assert messages(log("--since", "yesterday")) == ["yesterday", "today", "now"]
    assert messages(log("--since", "today")) == ["today", "now"]
    assert messages(log("--since", "20min"))[-1:] == ["now"]
    assert messages(log("--since", datetime.fromtimestamp(now).strftime("%F")))[0] == "today"
    refused = log("--since", "soon")
    assert refused.returncode == 64 and '"today"' in refused.stderr


def test_json_is_an_object_a_line(log, journal):
    journal.write(entry("corp: sign-in-needed", NOON, **CONDITION), entry('with "quotes"\tand more', NOON + 1))
    journal.close()
    first, second = map(json.loads, log("--json").stdout.splitlines())
    assert datetime.fromisoformat(first.pop("at").replace("Z", "+00:00")).timestamp() == NOON
    assert first == {
        "message": "corp: sign-in-needed", "messageId": CONDITION["MESSAGE_ID"], "priority": "error",
        "session": "corp", "profile": "work-dev", "condition": "sign-in-needed",
        "expiresAt": "2026-11-24T11:00:00Z"}
    assert second["message"] == 'with "quotes"\tand more'


def test_explains_each_kind_once_from_the_installed_catalogue(log, journal, installed):
    journal.write(entry("corp: sign-in-needed", NOON, **CONDITION), entry("corp: again", NOON + 1, **CONDITION))
    journal.close()
    shown = log("--explain", program=installed).stdout
    assert shown.count("Session corp is now sign-in-needed") == 1
    assert "    bedrock-agent login --profile work-dev\n" in shown and "@" not in shown
    assert shown.splitlines()[-1].endswith("corp: again")


def test_without_its_catalogue_explain_says_what_is_missing(log):
    refused = log("-x")
    assert refused.returncode == 1 and "bedrock-agent.catalog" in refused.stderr and "install" in refused.stderr


def test_nothing_in_an_entry_moves_the_terminal(log, journal, installed):
    evil = {**CONDITION, "BEDROCK_PROFILE": "\x1b]0;owned\x07"}
    journal.write(entry("\x1b[2Jcleared", NOON, **evil))
    journal.close()
    shown = log("-x", program=installed).stdout
    assert r"\u{1b}[2Jcleared" in shown and r"\u{1b}]0;owned\u{7}" in shown and "\x1b" not in shown


@pytest.mark.parametrize("no_color", ["", "1"])
def test_colours_warnings_only_on_a_terminal(build, journal, no_color):
    journal.write(entry("good", NOON), entry("warned", NOON, PRIORITY="4"), entry("failed", NOON, PRIORITY="3"))
    journal.close()
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "NO_COLOR": no_color}
    subprocess.run(
        [build / "bedrock-agent", "log", "--directory", journal.folder], stdout=theirs, env=environment, check=True)
    shown = os.read(ours, 4096).decode()
    os.close(ours), os.close(theirs)
    assert len(re.findall("\x1b", shown)) == (0 if no_color else 4)
    assert no_color or "  good\r\n" in shown and "\x1b[33mwarned\x1b[0m" in shown and "\x1b[31mfailed\x1b[0m" in shown


class Following:
    """A running `log --follow`, and its output."""

    def __init__(self, program: Path, journal: JournalFiles, *enter: str | Path):
        self.process = subprocess.Popen(
            [*enter, program, "log", "-f", "--directory", journal.folder], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env={name: value for name, value in os.environ.items() if name != "TZ"})
        self.shown = ""

    def until(self, words: str):
        def there():
            if select.select([self.process.stdout], [], [], 0.05)[0]:
                self.shown += os.read(self.process.stdout.fileno(), 4096).decode()
            return words in self.shown

        eventually(there, words)

    def ends(self) -> int:
        try:
            assert self.process.wait(timeout=10) is not None and self.process.stderr.read() == b""
            return self.process.returncode
        finally:
            self.process.kill()


def test_follows_until_interrupted(build, journal):
    journal.write(entry("before", NOON))
    following = Following(build / "bedrock-agent", journal)
    following.until("before")
    for number in range(3):
        journal.write(entry(f"after {number}", NOON + number))
        following.until(f"after {number}")
    following.process.send_signal(signal.SIGINT)
    assert following.ends() == -signal.SIGINT
    assert following.shown.count("before") == 1


def test_follows_a_journal_without_entries_yet(build, journal):
    journal.write(entry("another program", NOON, SYSLOG_IDENTIFIER="cron"))
    following = Following(build / "bedrock-agent", journal)
    assert b"no matching entries" in following.process.stderr.readline()
    journal.write(entry("the first", NOON))
    following.until("the first")
    following.process.kill()
    following.process.wait()


def test_ends_when_nobody_reads_any_more(build, journal):
    journal.write(entry("one", NOON))
    following = Following(build / "bedrock-agent", journal)
    following.until("one")
    following.process.stdout.close()
    assert following.ends() in (0, -signal.SIGPIPE)


def test_the_zone_changes_while_it_follows(build, journal, tmp_path):
    """The machine's time zone changes, as for a traveler, and so do the times."""
    zone, zones = tmp_path / "zone", Path("/usr/share/zoneinfo")
    shutil.copy2(zones / "Asia" / "Tokyo", zone)
    # In its own namespaces, it is root and can replace /etc/localtime.
    enter = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
             'mount --bind "$0" /etc/localtime && exec "$@"', zone]
    noon = int(datetime(2026, 11, 24, 12, tzinfo=timezone.utc).timestamp())
    journal.write(entry("before", noon, _UID="0"))
    following = Following(build / "bedrock-agent", journal, *enter)
    following.until("2026-11-24 21:00:00  before")
    zone.write_bytes((zones / "America" / "New_York").read_bytes())
    journal.write(entry("after", noon, _UID="0"))
    following.until("2026-11-24 07:00:00  after")
    following.process.kill()
    following.process.wait()


@pytest.fixture
def public(build):
    """A folder with the program that everybody can enter: root can read everything, so another user has to run it."""
    folder = Path(tempfile.mkdtemp(prefix="bedrock-log-"))
    folder.chmod(0o755)
    shutil.copy(build / "bedrock-agent", folder)
    yield folder
    (folder / "journal").chmod(0o700)
    shutil.rmtree(folder)


@pytest.mark.parametrize("what", ["file", "folder"])
def test_says_what_to_do_when_the_journal_is_not_readable(journal, public, what):
    journal.write(entry("hidden", NOON))
    journal.close()
    shutil.copytree(journal.folder, public / "journal")
    (public / "journal").chmod(0o755 if what == "file" else 0)
    (public / "journal" / "test.journal").chmod(0)
    somebody = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}
    refused = subprocess.run(
        [public / "bedrock-agent", "log", "--directory", public / "journal"], capture_output=True, text=True,
        timeout=20, **somebody)
    assert refused.returncode == 1 and "systemd-journal" in refused.stderr and "journalctl --user" in refused.stderr


def test_journald_takes_the_catalogue(tmp_path):
    folder = tmp_path / "usr" / "lib" / "systemd" / "catalog"
    folder.mkdir(parents=True)
    (tmp_path / "var" / "lib" / "systemd" / "catalog").mkdir(parents=True)
    shutil.copy(CATALOG, folder)
    updated = subprocess.run(
        ["journalctl", f"--root={tmp_path}", "--update-catalog"], capture_output=True, text=True, check=True)
    assert updated.stderr == ""
    listed = subprocess.run(
        ["journalctl", f"--root={tmp_path}", "--list-catalog"], capture_output=True, text=True, check=True)
    ids = re.findall(r"^-- ([0-9a-f]{32})$", CATALOG.read_text(), re.MULTILINE)
    assert [line.split()[0] for line in listed.stdout.splitlines()] == sorted(ids)
    assert all(" bedrock-agent: " in line for line in listed.stdout.splitlines())
