"""Leaving `setup` at a terminal, in any way and at any moment: every file is as before."""

import signal
import subprocess

import pytest

from pty_terminal import CTRL_C, DOWN, ENTER, ESC
from waiting import eventually
from walking import HOOKS, NO, STATUS_LINE, files

WAYS = {
    "new": [("Which profile", "new", ENTER), ("Start URL", "{start_url}", ENTER), ("Identity Center in?", ENTER),
            ("Which account?", ENTER), ("Which role?", DOWN, ENTER), ("Profile name", ENTER),
            ("use Bedrock in?", ENTER), ("Which model?", ENTER), ("How should", ENTER), (STATUS_LINE, *NO),
            (HOOKS, *NO), ("Apply?",)],
    "existing": [("Which profile", ENTER), ("use Bedrock in?", ENTER), ("Which model?", ENTER), ("How should", ENTER),
                 (STATUS_LINE, *NO), (HOOKS, *NO), ("Apply?",)],
    "legacy": [("Which profile", "old-profile", ENTER), ("Convert it", ENTER), ("use Bedrock in?", ENTER),
               ("Which model?", ENTER), ("How should", ENTER), (STATUS_LINE, *NO), (HOOKS, *NO), ("Apply?",)],
}


@pytest.mark.parametrize(
    "way, stop, key",
    [(way, stop, CTRL_C) for way, steps in WAYS.items() for stop in range(len(steps))] + [("new", 0, ESC)])
def test_leaving_at_any_prompt_leaves_every_file_as_it_was(walk, home, raw, way, stop, key):
    (home.path / ".claude").mkdir()
    (home.path / ".claude" / "settings.json").write_bytes(b'{ "model":"opus",\r\n"env":{}}')
    home.sign_in(raw)
    before = files(home)
    terminal = walk("--no-enable")
    for question, *keys in WAYS[way][:stop]:
        terminal.wait_for(question)
        terminal.press(*(text.format(start_url=home.start_url) for text in keys))
    terminal.wait_for(WAYS[way][stop][0])
    terminal.press(key)
    assert terminal.wait() == 130, terminal.text()
    assert "Nothing was changed." in terminal.text()
    assert files(home) == before


def test_leaving_in_the_middle_of_the_sign_in(walk, home, sandbox):
    """The page is open, and nobody has pressed a button yet."""
    before = files(home)
    terminal = walk("--profile", "work-dev", "--region", "us-west-2", "--no-enable", BROWSER=sandbox.tabs.command)
    terminal.wait_for(sandbox.url)
    terminal.press(CTRL_C)
    assert terminal.wait() == 130, terminal.text()
    assert "Nothing was changed." in terminal.text()
    after = files(home)
    # Not even the new client registration is left.
    assert after == before


def test_leaving_after_a_sign_in_that_another_asked_for(walk, build, home, sandbox):
    """Another login waits for this sign-in, so its token is kept."""
    login = subprocess.Popen(
        [build / "bedrock-agent", "login", "--profile", "work-dev"], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=home.environment(sandbox.environment, {"BROWSER": sandbox.tabs.command, "DISPLAY": ":0"}))
    try:
        eventually(sandbox.prompts, "it signs in")
        terminal = walk("--profile", "work-dev", "--region", "us-west-2", "--no-enable", BROWSER=sandbox.tabs.command)
        terminal.wait_for(sandbox.url)
        sandbox.approve()
        terminal.wait_for("signed in to corp", "Which model?")
        assert login.wait(timeout=60) == 0
        assert sandbox.prompts() == 1
        token = home.token()
        terminal.press(ESC)
        assert terminal.wait() == 130
        assert home.token() == token
    finally:
        login.kill()
        login.wait()


def test_leaving_while_aws_is_asked(walk, home, sandbox):
    """Already signed in; listing the models takes long."""
    before = files(home)
    sandbox.fault("ListInferenceProfiles", "delay", delay="10min")
    terminal = walk("--profile", "work-dev", "--region", "us-west-2", "--no-enable")
    terminal.wait_for("signed in to corp")
    eventually(lambda: sandbox.record("GetRoleCredentials"), "AWS is asked")
    terminal.press(CTRL_C)
    assert terminal.wait() == 130, terminal.text()
    assert files(home) == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_ended_by_a_signal_at_a_prompt(walk, home, raw, number):
    home.sign_in(raw)
    before = files(home)
    terminal = walk("--no-enable")
    terminal.wait_for("Which profile", "Enter selects")
    terminal.kill(number)
    assert terminal.wait() == 130, terminal.text()
    assert files(home) == before
