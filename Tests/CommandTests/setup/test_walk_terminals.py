"""`setup` on other terminals: dumb, without color, too small for its lists."""

import re

import pytest

from claude_settings import COMMAND
from pty_terminal import CTRL_C, ENTER, ESC
from walking import HOOKS, NEWEST, STATUS_LINE, files, leave_extras


def test_a_dumb_terminal_gets_plain_lines(walk, home, raw):
    home.sign_in(raw)
    terminal = walk("--no-enable", term="dumb")
    terminal.wait_for("Which profile", "1. work-dev", "Number [1]:")
    terminal.type("99")
    terminal.wait_for("99 is not a number from 1 to")
    terminal.type("")
    terminal.wait_for("use Bedrock in?", "1. us-west-2")
    terminal.type("")
    terminal.wait_for("Which model?", f"1. {NEWEST}")
    terminal.type("2")
    terminal.wait_for("How should Claude Code sign in?", "1. bedrock-agent login", "2. aws sso login")
    terminal.type("2")
    terminal.wait_for(STATUS_LINE, "1. Yes", "2. No", "Number [1]")
    terminal.type("2")
    terminal.wait_for(HOOKS, "1. Yes", "2. No", "Number [1]")
    terminal.type("2")
    terminal.wait_for("Apply?", "1. Apply", "2. Go back", "3. Leave everything as it is")
    terminal.type("1")
    assert terminal.wait() == 0 and home.claude_settings()["awsAuthRefresh"] == COMMAND
    assert b"\x1b" not in terminal.output


@pytest.mark.parametrize("key", [CTRL_C, "\x04", ESC + "\n"], ids=["Ctrl-C", "end of input", "Esc"])
def test_leaving_a_dumb_terminal(walk, home, raw, key):
    home.sign_in(raw)
    before = files(home)
    terminal = walk("--no-enable", term="dumb")
    terminal.wait_for("Number [1]:")
    terminal.press(key)
    assert terminal.wait() == 130
    assert files(home) == before


def test_without_colour(walk, home, raw):
    home.sign_in(raw)
    terminal = walk("--profile", "work-dev", "--region", "us-west-2", "--no-enable", NO_COLOR="1")
    terminal.wait_for("Which model?")
    terminal.press(ENTER)
    terminal.wait_for("How should Claude Code sign in?")
    terminal.press(ENTER)
    leave_extras(terminal)
    terminal.wait_for("Apply?")
    terminal.press(CTRL_C)
    assert terminal.wait() == 130
    assert not re.search(rb"\x1b\[[0-9;]+m", terminal.output)


def test_long_lists_are_searched(walk, home, start_sandbox, raw):
    """A hundred profiles; typing filters the list."""
    home.sign_in(raw)
    with home.config.open("a") as config:
        for number in range(100):
            config.write(f"\n[profile team-{number:02}]\nsso_session = corp\nsso_account_id = 123456789012\n"
                         "sso_role_name = Dev\n")
    terminal = walk("--no-enable")
    terminal.wait_for("Which profile", "type to filter 107")
    assert len([row for row in terminal.rows() if "team-" in row]) < 20
    terminal.press("team-77x")
    terminal.wait_for('no match for "team-77x"')
    terminal.press(ENTER, "\x7f")
    terminal.wait_for("> team-77")
    terminal.press(ENTER)
    terminal.wait_for("team-77 → corp", "use Bedrock in?")
    terminal.press(CTRL_C)
    assert terminal.wait() == 130


def test_a_settings_file_that_is_not_json_is_refused_before_anything_is_asked_for_nothing(walk, home, raw):
    home.sign_in(raw)
    file = home.path / ".claude" / "settings.json"
    file.parent.mkdir()
    file.write_bytes(b'{"env": {,}}')
    terminal = walk("--no-enable")
    assert terminal.wait() == 1
    assert "line 1, column 10" in terminal.text() and "Which profile" not in terminal.text()
    assert file.read_bytes() == b'{"env": {,}}'
