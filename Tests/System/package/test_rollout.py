"""A silent rollout, as the README has it under "For many machines": files in /etc, and one global `enable`. Whoever logs in for
the first time has a daemon, and is asked for one thing, the sign-in."""

import json

import pytest

from aws_home import FIRST_PROFILE
from desktop import Recorder
from machine_agent import SERVICE
from rollout import MODEL, Rollout, status, wait_until_healthy, written
from screen import Screen
from waiting import eventually, stays

FULL = ("actions", "body", "body-markup", "persistence")


@pytest.fixture
def rollout(machine, sandbox):
    rollout = Rollout(machine, sandbox)
    yield rollout
    rollout.undo()


def test_from_managed_settings(rollout, sandbox):
    rollout.write("bedrock-agent/aws-config", FIRST_PROFILE.format(start_url=sandbox.start_url))
    rollout.write("claude-code/managed-settings.json", json.dumps({
        "env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_CONFIG_FILE": "/etc/bedrock-agent/aws-config",
                "AWS_PROFILE": "acme", "AWS_REGION": "us-west-2", "ANTHROPIC_MODEL": MODEL},
        "awsAuthRefresh": "bedrock-agent login --profile acme"}))
    rollout.write("bedrock-agent/config.json", json.dumps({"refreshAhead": "25min", "locked": ["refreshAhead"]}))
    user = rollout.arrive()
    screen = Screen(user)
    recorder = Recorder(user, *FULL)
    note = recorder.wait_for("AWS sign-in needed")
    assert note["actions"] == ["sign-in", "Sign in", "later", "Later"]
    before = sandbox.prompts()
    recorder.press(note["id"], "sign-in")
    wait_until_healthy(user)
    assert sandbox.prompts() == before + 1
    # Nothing but what the sign-in itself leaves.
    assert all(name.startswith(".aws/sso/cache/") for name in written(user))
    screen.leave()


def test_from_defaults(rollout, sandbox):
    rollout.give_defaults()
    # One is at a screen, and presses a button.
    user = rollout.arrive()
    screen = Screen(user)
    recorder = Recorder(user, *FULL)
    note = recorder.wait_for("Claude Code is ready to be set up")
    assert note["actions"] == ["set-up", "Set up and sign in", "later", "Later"] and written(user) == set()
    before = sandbox.prompts()
    recorder.press(note["id"], "set-up")
    rollout.is_set_up(user)
    assert sandbox.prompts() == before + 1
    eventually(lambda: not recorder.open, "the notification is gone")
    assert user.messages(SERVICE, "setting Claude Code up, as its user has just agreed to")
    eventually(lambda: user.messages(SERVICE, "Claude Code is set up"), "it is in the journal")
    screen.leave()
    # Another one has a terminal only, and one command.
    other = rollout.arrive()
    assert status(other)["condition"] == "unguarded"
    other.run("bedrock-agent", "setup", "--yes")
    rollout.is_set_up(other)


def test_what_fails_is_said_and_later_is_later(rollout):
    rollout.give_defaults(roleName="Nobody")
    user = rollout.arrive()
    recorder = Recorder(user, *FULL)
    recorder.press(recorder.wait_for("Claude Code is ready to be set up")["id"], "set-up")
    note = recorder.wait_for("Claude Code was not set up")
    assert not user.path(".claude/settings.json").exists()
    recorder.press(note["id"], "later")
    eventually(lambda: not recorder.open, "it is closed")
    count = len(recorder.notes)
    user.systemctl("restart", "bedrock-agent")
    stays(lambda: len(recorder.notes) == count, "nothing more is shown", seconds=2, every=0.3)
