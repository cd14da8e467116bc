"""`setup` and `reset` in any order and from any folder: the original bytes are restored."""

import pytest

from place import Place
from pty_terminal import ENTER, Terminal
from ugly_files import Ugly

DARK = Ugly("dark", b'{"theme": "dark"}\n')


@pytest.fixture
def place(build, tmp_path) -> Place:
    place = Place(build, tmp_path)
    place.put(DARK, place.settings)
    return place


@pytest.mark.parametrize("model", [None, "another"], ids=["the same again", "another model"])
def test_setup_after_a_session_brought_our_values_back(place, model):
    before = place.everything()
    place.setup()
    ours = place.settings.read_bytes()
    place.run("reset", "--yes")
    place.settings.write_bytes(ours)
    place.setup(**({"model": model} if model else {}))
    place.run("reset", "--yes")
    assert place.everything() == before


@pytest.mark.parametrize("by_hand", [b'{"env":{}}', b"{ }\n", b'{"env": {"AWS_PROFILE": "x"}, "a": 1}', b""])
def test_a_setup_after_a_reset_begins_a_new_history(place, by_hand):
    """What somebody wrote in between is not taken for a rest of ours (case D8)."""
    place.settings.unlink()
    place.setup()
    place.run("reset", "--yes")
    place.settings.parent.mkdir(exist_ok=True)
    place.settings.write_bytes(by_hand)
    place.setup()
    place.run("reset", "--yes")
    assert place.settings.read_bytes() == by_hand


def test_setup_while_reset_asks(place):
    before = place.everything()
    place.setup()
    environment = place.home.environment(PATH=f"{place.tools}:/usr/bin:/bin")
    terminal = Terminal([place.program, "reset"], environment)
    try:
        terminal.wait_for("Undo all of this?")
        place.setup(profile="chained", model="another")
        place.run("migrate", "--profile", "old-profile", "--yes", "--no-login")
        changed = place.everything()
        terminal.press(ENTER)
        terminal.wait_for("changed something in the meantime")
        assert terminal.wait() == 1
    finally:
        terminal.end()
    assert place.everything() == changed
    place.run("reset", "--yes")
    assert place.everything() == before


def test_reset_while_reset_asks(place):
    before = place.everything()
    place.setup()
    terminal = Terminal([place.program, "reset"], place.home.environment(PATH=f"{place.tools}:/usr/bin:/bin"))
    try:
        terminal.wait_for("Undo all of this?")
        place.run("reset", "--yes")
        terminal.press(ENTER)
        terminal.wait_for("RESTART REQUIRED")
        assert terminal.wait() == 0
    finally:
        terminal.end()
    assert place.everything() == before


def test_a_config_file_that_was_named_from_where_one_was(place, monkeypatch):
    config = place.home.path / "aws-config"
    place.home.config.rename(config)
    before = place.everything()
    monkeypatch.chdir(place.home.path)
    place.run("migrate", "--profile", "old-profile", "--yes", "--no-login", AWS_CONFIG_FILE="aws-config")
    assert place.everything() != before
    monkeypatch.chdir("/")
    place.run("reset", "--yes")
    assert place.everything() == before


def test_settings_that_cannot_be_written_after_a_profile_was(place):
    before = place.everything()
    # A name so long that a temporary file next to it cannot be created.
    blocked = place.settings.parent / ("." + "x" * 240)
    place.settings.rename(blocked)
    place.settings.symlink_to(blocked.name)
    new = ("--sso-start-url", "https://other.awsapps.com/start", "--sso-region", "us-east-1", "--account-id",
           "123456789012", "--role-name", "Dev")
    failed = place.run("setup", *new, "--profile", "new", "--region", "us-west-2", "--model", "m", "--yes",
                       "--no-login", "--no-enable", status=1)
    assert f"{place.home.config} has already been changed" in failed.stderr and "bedrock-agent reset" in failed.stderr
    place.run("reset", "--yes")
    place.settings.unlink()
    blocked.rename(place.settings)
    assert place.everything() == before
