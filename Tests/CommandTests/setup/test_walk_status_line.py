"""The question about Claude Code's status line: when `setup` at a terminal asks it, what is selected, and what is written."""

import json

import pytest

from claude_settings import settings, write_settings
from pty_terminal import CTRL_C, DOWN, END, ENTER, ESC, HOME, UP
from walking import NEWEST, STATUS_LINE

QUESTION = "Show the session's state in Claude Code's status line?"
LINE = "bedrock-agent status --line"
OURS = {"type": "command", "command": LINE, "refreshInterval": 60}
MINE = {"type": "command", "command": "~/bin/mine", "padding": 2}
LOGIN = "bedrock-agent login --profile work-dev"
COMPLETE = settings(LOGIN)
# Every other question is answered.
FLAGS = ("--region", "us-west-2", "--model", NEWEST, "--coalesce", "--no-hooks", "--no-login", "--no-enable")
WORK_DEV = ("--profile", "work-dev", *FLAGS)


def put(home, content: dict):
    file = home.path / ".claude" / "settings.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(content, indent=2))


def applied(terminal, home):
    """The status line after Apply; nothing without one."""
    terminal.wait_for_next("Apply?")
    terminal.press(ENTER)
    assert terminal.wait() == 0, terminal.text()
    return home.claude_settings().get("statusLine")


# What is selected


def test_yes_in_a_first_setup(walk, home):
    terminal = walk(*WORK_DEV)
    terminal.wait_for(QUESTION, "> Yes  such as: work-dev ok", "  No", "Enter selects")
    terminal.press(ENTER)
    shown = terminal.wait_for_next(f"shows the session's state: {LINE}", "Apply?")
    assert f'+    "command": "{LINE}",' in shown and '+    "refreshInterval": 60' in shown
    assert applied(terminal, home) == OURS


def test_no_in_a_first_setup(walk, home):
    terminal = walk(*WORK_DEV)
    terminal.wait_for(STATUS_LINE, "Enter selects")
    terminal.press(DOWN, ENTER)
    assert "statusLine" not in terminal.wait_for_next("Apply?")
    assert applied(terminal, home) is None


def test_no_where_the_rest_is_set_up(walk, home):
    put(home, COMPLETE)
    assert walk(*WORK_DEV, "--yes").wait() == 0
    terminal = walk(*WORK_DEV)
    terminal.wait_for(STATUS_LINE, "> No", "  Yes  such as: work-dev ok")
    terminal.press(ENTER)
    terminal.wait_for_next("nothing was changed")
    assert terminal.wait() == 0, terminal.text()
    assert home.claude_settings() == COMPLETE
    terminal = walk(*WORK_DEV)
    terminal.wait_for(STATUS_LINE, "> No")
    terminal.press(UP, ENTER)
    assert applied(terminal, home) == OURS
    assert home.claude_settings() == {**COMPLETE, "statusLine": OURS}


@pytest.mark.parametrize("content", [{}, COMPLETE], ids=["first", "again"])
@pytest.mark.parametrize("keys, becomes", [((ENTER,), MINE), ((UP, ENTER), {**MINE, "command": f"{LINE}; ~/bin/mine"})])
def test_no_where_another_program_has_one(walk, home, content, keys, becomes):
    put(home, {**content, "statusLine": MINE})
    # Something is left to apply.
    terminal = walk("--profile", "work-dev", "--region", "us-east-1", *FLAGS[2:])
    terminal.wait_for(QUESTION, "> No   leave it as it is", "  Yes  above what yours shows")
    terminal.press(*keys)
    assert applied(terminal, home) == becomes


# Where it is not asked


@pytest.mark.parametrize("there", [LINE, f"{LINE}; mine", f"mine; /opt/bin/{LINE}", "bedrock-agent status --waybar | jq"])
def test_not_where_it_is_shown_already(walk, home, there):
    put(home, {"statusLine": {"type": "command", "command": there}})
    terminal = walk(*WORK_DEV)
    assert STATUS_LINE not in terminal.wait_for("Apply?")
    assert applied(terminal, home) == {"type": "command", "command": there}
    assert QUESTION.encode() not in terminal.output


@pytest.mark.parametrize("file", ["managed-settings.json", "managed-settings.d/50-line.json"])
@pytest.mark.parametrize("managed", [MINE, OURS], ids=["another's", "ours"])
@pytest.mark.parametrize("user", [{}, {"statusLine": MINE}], ids=["none", "mine"])
def test_not_where_a_managed_one_would_hide_it(walk, home, tmp_path, file, managed, user):
    (tmp_path / "managed" / file).parent.mkdir(parents=True)
    (tmp_path / "managed" / file).write_text(json.dumps({"statusLine": managed}))
    put(home, user)
    terminal = walk(*WORK_DEV, BEDROCK_AGENT_MANAGED_ROOT=str(tmp_path / "managed"))
    terminal.wait_for("Apply?")
    assert applied(terminal, home) == user.get("statusLine")
    assert QUESTION.encode() not in terminal.output


def test_not_where_the_flag_says_it(walk, home):
    put(home, {"statusLine": MINE})
    terminal = walk(*WORK_DEV, "--status-line")
    terminal.wait_for("Apply?")
    assert applied(terminal, home) == {**MINE, "command": f"{LINE}; ~/bin/mine"}
    assert QUESTION.encode() not in terminal.output


def test_not_where_nobody_is_to_be_asked(walk, home):
    terminal = walk(*WORK_DEV, "--yes")
    assert terminal.wait() == 0 and "statusLine" not in home.claude_settings()
    assert QUESTION.encode() not in terminal.output


# Back and forth


@pytest.mark.parametrize("content, yes", [({}, OURS), ({"statusLine": MINE}, {**MINE, "command": f"{LINE}; ~/bin/mine"})])
@pytest.mark.parametrize("first, then", [("Yes", "No"), ("No", "Yes")])
def test_another_answer_after_going_back(walk, home, content, yes, first, then):
    put(home, content)
    keys = {"Yes": HOME, "No": END}
    terminal = walk(*WORK_DEV)
    terminal.wait_for(STATUS_LINE, "Enter selects")
    terminal.press(keys[first], ENTER)
    assert (f'"{LINE}' in terminal.wait_for_next("Apply?", "Go back")) == (first == "Yes")
    terminal.press(DOWN, ENTER)
    terminal.wait_for_next(STATUS_LINE, f"> {first}")
    terminal.press(ENTER)
    terminal.wait_for_next("Apply?")
    terminal.press(ESC)
    terminal.wait_for_next(STATUS_LINE, f"> {first}")
    terminal.press(keys[then], ENTER)
    assert applied(terminal, home) == (yes if then == "Yes" else content.get("statusLine"))


@pytest.mark.parametrize("again", [False, True], ids=["first", "again"])
def test_what_was_answered_stays_with_another_profile(walk, home, again):
    """Whatever was selected before it was answered."""
    if again:
        put(home, COMPLETE)
    terminal = walk(*FLAGS)
    terminal.wait_for("Which profile", "> work-dev")
    terminal.press(ENTER)
    terminal.wait_for_next(STATUS_LINE)
    terminal.press(HOME if again else END, ENTER)
    terminal.wait_for_next("Apply?")
    for question in (STATUS_LINE, "Which profile"):
        terminal.press(ESC)
        terminal.wait_for_next(question)
    terminal.press("no-bedrock", ENTER)
    terminal.wait_for_next(STATUS_LINE, "> Yes" if again else "> No", "such as: work-dev ok")
    terminal.press(CTRL_C)
    assert terminal.wait() == 130


def test_leaving_at_it(walk, home):
    write_settings(home.path, LOGIN, ANTHROPIC_MODEL="another")
    before = (home.path / ".claude" / "settings.json").read_bytes()
    terminal = walk(*WORK_DEV)
    terminal.wait_for(STATUS_LINE)
    terminal.press(UP, CTRL_C)
    assert terminal.wait() == 130
    assert (home.path / ".claude" / "settings.json").read_bytes() == before
