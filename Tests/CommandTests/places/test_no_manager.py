"""Where no user manager runs, as in a container, in WSL without systemd, and over some SSH logins: `setup` ends well,
and says how to run the daemon there; so do the other commands."""

import json
import re
import shutil
from pathlib import Path

import pytest

from pty_terminal import ENTER

UNITS = Path(__file__).resolve().parents[3] / "systemd"


@pytest.fixture(params=["no systemctl", "no systemd", "no bus"])
def unmanaged(request, somewhere):
    """As the real `systemctl` of systemd 252 and 255 says it."""
    says = {"no systemd": "System has not been booted with systemd as init system (PID 1). Can't operate.",
            "no bus": "Failed to connect to bus: No medium found"}.get(request.param)
    somewhere.environment["XDG_RUNTIME_DIR"] = somewhere.runtime()
    if says:
        somewhere.tool("systemctl", f'echo "{says}" >&2; exit 1')
    return somewhere


def words(text: str) -> str:
    return " ".join(text.split())


def test_setup_ends_well(unmanaged):
    """As a container's postCreateCommand runs it: another exit status would end the making of the container."""
    result = unmanaged.setup()
    assert "RESTART REQUIRED" in result.stdout and "bedrock-agent reset" in result.stdout
    assert "bedrock-agent daemon" in result.stdout
    # Nothing is promised that cannot be, and nothing is blamed that nobody can change.
    assert "will be enabled" not in result.stdout and "systemctl" not in result.stdout
    assert result.stderr == ""
    assert unmanaged.home.claude_settings()["env"]["AWS_PROFILE"] == "work-dev"


def test_a_second_setup_changes_nothing_and_ends_well(unmanaged):
    unmanaged.setup(status=None)
    assert "nothing was changed" in unmanaged.setup().stdout


def test_for_a_program_it_is_no_failure(unmanaged):
    report = json.loads(unmanaged.setup("--json").stdout)
    assert report["service"] != "failed" and "problem" not in report


def test_the_walk_says_it_before_it_asks(somewhere):
    """On a screen of 80 by 24, as on every first terminal."""
    somewhere.environment["XDG_RUNTIME_DIR"] = somewhere.runtime()
    terminal = somewhere.terminal("setup", "--profile", "work-dev", "--region", "us-west-2")
    terminal.wait_for("Go on without the AWS CLI?")
    terminal.press(ENTER)
    terminal.wait_for("Which model?")
    terminal.press(ENTER)
    for question in ("Claude Code's status line?", "when to sign in?"):
        terminal.wait_for(question)
        terminal.press(ENTER)
    shown = words(terminal.wait_for("Apply?"))
    terminal.press(ENTER)
    assert terminal.wait() == 0, terminal.text()
    assert "will be enabled" not in shown and "bedrock-agent daemon" in shown
    end = words(terminal.text().split("Apply")[-1])
    assert "RESTART REQUIRED" in end and "bedrock-agent daemon" in end and "Error" not in end


def test_reset_takes_back_what_was_half_enabled(somewhere):
    """The real `systemctl enable --now` enables the units first, and then finds no manager to start them."""
    somewhere.tool("systemctl", 'exec /usr/bin/systemctl "$@"')
    units = somewhere.home.path / ".local" / "share" / "systemd" / "user"
    units.mkdir(parents=True)
    for unit in UNITS.glob("bedrock-agent.s*"):
        shutil.copy(unit, units)
    assert any(units.iterdir())
    somewhere.environment["XDG_RUNTIME_DIR"] = somewhere.runtime()
    somewhere.setup(status=None)
    somewhere.run("reset", "--yes")
    assert somewhere.left() == []


def test_status_names_what_starts_the_daemon_here(unmanaged):
    unmanaged.use()
    text = unmanaged.run("status", status=3).stdout
    assert "bedrock-agent daemon" in text and "systemctl" not in text


def test_doctor_names_what_starts_the_daemon_here(unmanaged):
    unmanaged.use()
    text = unmanaged.run("doctor", "--offline", status=None).stdout
    assert "fix: bedrock-agent daemon" in text and "systemctl" not in text


def test_the_log_says_where_the_entries_are(container):
    """There is no journal: the daemon prints them where it was started."""
    container.environment["XDG_RUNTIME_DIR"] = container.runtime()
    said = words(container.run("log", status=None).stderr)
    assert "bedrock-agent daemon" in said and "no journal" in said


def test_what_the_daemon_prints_has_times(container):
    container.environment["XDG_RUNTIME_DIR"] = container.runtime()
    container.use()
    container.daemon()
    for line in container.log.read_text().splitlines():
        assert re.match(r"2\d{3}-\d\d-\d\d \d\d:\d\d:\d\d  \S", line), line


def test_reset_needs_no_manager(unmanaged):
    unmanaged.setup(status=None)
    text = unmanaged.run("reset", "--yes").stdout
    assert "RESTART REQUIRED" in text and not (unmanaged.home.path / ".claude" / "settings.json").exists()
