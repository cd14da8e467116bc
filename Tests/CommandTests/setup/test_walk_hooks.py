"""The question whether Claude Code is to say when to sign in: when `setup` asks it, and what is written."""

import json

import pytest

from claude_settings import settings
from pty_terminal import DOWN, ENTER, ESC, UP
from walking import HOOKS, NEWEST

QUESTION = "Say in Claude Code when to sign in?"
COMPLETE = settings("bedrock-agent login --profile work-dev")
LINE = {"type": "command", "command": "bedrock-agent status --line"}
EVENTS = ["SessionStart", "StopFailure", "FileChanged"]
# Every other question is answered; the one about the status line is no question where that is shown.
WORK_DEV = ("--profile", "work-dev", "--region", "us-west-2", "--model", NEWEST, "--coalesce", "--no-login",
            "--no-enable", "--status-line")


def put(home, content: dict):
    file = home.path / ".claude" / "settings.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(content, indent=2))


def applied(terminal, home) -> list:
    """The events of the hooks after Apply."""
    terminal.wait_for_next("Apply?")
    terminal.press(ENTER)
    assert terminal.wait() == 0, terminal.text()
    return list(home.claude_settings().get("hooks", {}))


def test_yes_in_a_first_setup(walk, home):
    terminal = walk(*WORK_DEV)
    terminal.wait_for(QUESTION, "> Yes  one sentence at its start, and when credentials fail", "  No", "Enter selects")
    terminal.press(ENTER)
    assert '"command": "bedrock-agent hook session-start' in terminal.wait_for_next("Apply?")
    assert applied(terminal, home) == EVENTS


def test_no_in_a_first_setup(walk, home):
    terminal = walk(*WORK_DEV)
    terminal.wait_for(HOOKS, "Enter selects")
    terminal.press(DOWN, ENTER)
    assert "bedrock-agent hook" not in terminal.wait_for_next("Apply?")
    assert applied(terminal, home) == []


def test_no_where_the_rest_is_set_up(walk, home):
    put(home, {**COMPLETE, "statusLine": LINE})
    assert walk(*WORK_DEV, "--yes").wait() == 0
    terminal = walk(*WORK_DEV)
    terminal.wait_for(HOOKS, "> No", "  Yes")
    terminal.press(ENTER)
    terminal.wait_for_next("nothing was changed")
    assert terminal.wait() == 0, terminal.text()
    terminal = walk(*WORK_DEV)
    terminal.wait_for(HOOKS, "> No")
    terminal.press(UP, ENTER)
    assert applied(terminal, home) == EVENTS


def test_another_answer_after_going_back(walk, home):
    terminal = walk(*WORK_DEV)
    terminal.wait_for(HOOKS)
    terminal.press(ENTER)
    terminal.wait_for_next("Apply?")
    terminal.press(ESC)
    terminal.wait_for_next(HOOKS, "> Yes")
    terminal.press(DOWN, ENTER)
    assert applied(terminal, home) == []


# Where it is not asked


def test_not_where_they_are_there(walk, home):
    assert walk(*WORK_DEV, "--hooks", "--yes").wait() == 0
    terminal = walk(*WORK_DEV[:-1], "--status-line")
    terminal.wait_for_next("nothing was changed")
    assert terminal.wait() == 0 and QUESTION.encode() not in terminal.output


@pytest.mark.parametrize("managed", [{"allowManagedHooksOnly": True}, {"disableAllHooks": True}])
def test_not_where_they_would_not_run(walk, home, tmp_path, managed):
    (tmp_path / "managed").mkdir()
    (tmp_path / "managed" / "managed-settings.json").write_text(json.dumps(managed))
    terminal = walk(*WORK_DEV, BEDROCK_AGENT_MANAGED_ROOT=str(tmp_path / "managed"))
    assert applied(terminal, home) == []
    assert QUESTION.encode() not in terminal.output


@pytest.mark.parametrize("flag, events", [("--hooks", EVENTS), ("--no-hooks", [])])
def test_not_where_a_flag_says_it(walk, home, flag, events):
    terminal = walk(*WORK_DEV, flag)
    assert applied(terminal, home) == events
    assert QUESTION.encode() not in terminal.output


def test_not_where_nobody_is_to_be_asked(walk, home):
    terminal = walk(*WORK_DEV, "--yes")
    assert terminal.wait() == 0 and "hooks" not in home.claude_settings()
    assert QUESTION.encode() not in terminal.output
