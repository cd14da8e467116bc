"""The command is run only as it was approved: `approve` shows it, and nothing else does."""

import json
import subprocess

import pytest

from pty_terminal import DOWN, ENTER, ESC, Terminal
from telling import ADDRESS
from waiting import eventually

AGAIN = "aws sso login --profile work-dev --no-browser"


@pytest.fixture
def unapproved(agent, chat, need):
    """A sign-in is needed, and only awsAuthRefresh is approved."""
    need.begin()
    agent.use()
    chat.configure(signIn="ask")
    return agent


@pytest.fixture
def typed(agent):
    """Starts `approve` at a terminal."""
    started = []

    def start(**environment: str) -> Terminal:
        started.append(Terminal(
            [agent.program, "approve"], {**agent.environment, **environment}, columns=400, lines=40))
        return started[-1]

    yield start
    for terminal in started:
        terminal.end()


def finding(agent) -> dict | None:
    return next((each for each in agent.status()["findings"] if each["code"].startswith("notify-")), None)


def refuse(agent, chat):
    """It is not run, and that is said."""
    found = eventually(lambda: finding(agent), "that is a finding")
    assert found == {
        "code": "notify-unapproved", "severity": "warning", "subject": str(agent.config), "fix": "bedrock-agent approve",
        "message": f"notify ({agent.config}, line 1) has not been approved, and is not run"}
    chat.no_more(0)


def approvals(agent) -> list[str]:
    file = agent.state / "approvals.json"
    return json.loads(file.read_text()) if file.exists() else []


def test_not_approved_it_is_not_run(unapproved, chat):
    unapproved.start()
    unapproved.wait_until("sign-in-needed")
    refuse(unapproved, chat)


def test_it_is_said_while_nothing_is_needed(agent, chat, signed_in):
    """Later may be too late."""
    agent.use()
    chat.configure()
    assert finding(agent)["code"] == "notify-unapproved", "without a daemon"
    agent.start()
    agent.wait_until("healthy")
    refuse(agent, chat)
    assert agent.status()["exit"] == 1


def test_approved_it_is_run_for_the_need_that_is_still_there(unapproved, chat):
    unapproved.start()
    refuse(unapproved, chat)
    said = unapproved.run("approve", "--yes").stdout
    assert f"notify in {unapproved.config}: {chat.command}\n" in said and "already approved: echo run" in said
    chat.wait_for()
    assert not finding(unapproved) and ADDRESS not in unapproved.journal()
    chat.no_more()
    assert f"already approved: {chat.command}\n" in unapproved.run("approve", "--yes").stdout


def test_what_it_says_to_try_it_works(unapproved, chat):
    said = unapproved.run("approve", "--yes").stdout.splitlines()[-1]
    attempt = said.removeprefix("approved; to try it: ")
    subprocess.run(["sh", "-c", attempt], check=True, env=unapproved.environment, timeout=20)
    assert chat.only() == "test\n"


def test_without_a_terminal_nobody_is_asked(unapproved, chat):
    unapproved.start()
    result = unapproved.run("approve", check=False)
    assert result.returncode == 1 and "--yes" in result.stderr
    refuse(unapproved, chat)


def test_without_claudes_command(unapproved, chat):
    """There is only this one to approve."""
    unapproved.settings.write_text(
        json.dumps({"env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work-dev", "AWS_REGION": "us-west-2"}}))
    unapproved.start()
    refuse(unapproved, chat)
    assert "awsAuthRefresh" not in unapproved.run("approve", "--yes").stdout
    chat.wait_for()


@pytest.mark.parametrize(("settings", "said"), [
    ('{"model": "opus"}', "awsAuthRefresh is not set in Claude Code's settings: run bedrock-agent setup"),
    ("{}", "settings.json is empty: it sets nothing. bedrock-agent setup, or restore a backup of")])
def test_there_is_nothing_to_approve(agent, settings, said):
    agent.settings.parent.mkdir()
    agent.settings.write_text(settings)
    agent.configure(signIn="ask")
    result = agent.run("approve", "--yes", check=False)
    assert result.returncode == 1 and said in result.stderr


def test_over_the_socket(unapproved, chat):
    unapproved.start()
    refuse(unapproved, chat)
    unapproved.control("Approve", command=chat.command)
    chat.wait_for()
    assert unapproved.entries("notify approved") and ADDRESS not in unapproved.journal()


def test_doctor_says_it_too(unapproved):
    for daemon in (False, True):
        if daemon:
            unapproved.start()
            unapproved.wait_until("sign-in-needed")
        checks = json.loads(unapproved.run("doctor", "--offline", "--json", check=False).stdout)["checks"]
        check, = [each for each in checks if each["code"] == "notify-unapproved"]
        assert (check["result"], check["fix"]) == ("warning", "bedrock-agent approve")


# At a terminal


def test_both_are_asked_about_one_after_the_other(unapproved, chat, typed):
    unapproved.use(command=AGAIN, approve=False)
    unapproved.start()
    terminal = typed()
    terminal.wait_for("now in the settings: ", AGAIN, "Allow the agent to run it when a sign-in is needed?")
    assert ADDRESS not in terminal.text()
    terminal.press(ENTER)
    terminal.wait_for(
        f"notify in {unapproved.config}: ", ADDRESS, "Allow the agent to run it when a sign-in waits for you?")
    chat.no_more(0)
    terminal.press(ENTER)
    terminal.wait_for("approved; to try it: ")
    assert terminal.wait() == 0
    chat.wait_for()
    assert [line.endswith(AGAIN) for line in approvals(unapproved)] == [False, True, False]


@pytest.mark.parametrize("keys", [(ESC,), (DOWN, ENTER)], ids=["Esc", "no"])
def test_a_no_to_this_one_keeps_the_yes_to_the_other(unapproved, chat, typed, keys):
    unapproved.use(command=AGAIN, approve=False)
    unapproved.start()
    terminal = typed()
    terminal.wait_for("Allow the agent to run it when a sign-in is needed?")
    terminal.press(ENTER)
    terminal.wait_for("Allow the agent to run it when a sign-in waits for you?")
    terminal.press(*keys)
    assert terminal.wait() == 130
    refuse(unapproved, chat)
    assert approvals(unapproved)[-1].endswith(AGAIN) and chat.command not in approvals(unapproved)


def test_a_no_to_each_approves_neither(unapproved, chat, typed):
    unapproved.use(command=AGAIN, approve=False)
    unapproved.start()
    before = approvals(unapproved)
    terminal = typed()
    terminal.wait_for("Allow the agent to run it when a sign-in is needed?")
    terminal.press(ESC)
    terminal.wait_for("Allow the agent to run it when a sign-in waits for you?")
    terminal.press(ESC)
    assert terminal.wait() == 130 and approvals(unapproved) == before
    refuse(unapproved, chat)


def test_what_was_approved_for_signing_in_so_far(unapproved, chat):
    """Of each command, the former one of its own is shown."""
    unapproved.run("approve", "--yes")
    chat.configure(chat.command + "-2", signIn="ask")
    unapproved.use(command=AGAIN, approve=False)
    said = unapproved.run("approve", "--yes").stdout
    former = next(line for line in said.splitlines() if line.startswith("approved so far:"))
    assert "aws sso login --profile work-dev" in former and ADDRESS not in former


# Changed since


@pytest.mark.parametrize("changed", ["{} ", "{} #", "true; {}", "{}\n"])
def test_changed_it_is_not_run(asking, chat, changed):
    """Not even by a space."""
    chat.configure(changed.format(chat.command), signIn="ask")
    asking.start()
    asking.wait_until("sign-in-needed")
    refuse(asking, chat)


def test_changed_while_the_daemon_runs(agent, chat, need, signed_in):
    chat.use(signIn="ask")
    agent.start()
    agent.wait_until("healthy")
    chat.configure(f"{chat.command}; touch {chat.folder}/harm", signIn="ask")
    eventually(lambda: finding(agent), "the change is seen")
    need.begin()
    agent.wait_until("sign-in-needed")
    refuse(agent, chat)
    assert not (chat.folder / "harm").exists()
    # As it was.
    chat.configure(signIn="ask")
    chat.wait_for()


def test_the_approval_of_another_text_is_none(asking, chat):
    """One of awsAuthRefresh counts, as it names the same text; one of the beginning does not."""
    (asking.state / "approvals.json").write_text(json.dumps([str(chat.program), chat.command[:-1]]))
    asking.start()
    asking.wait_until("sign-in-needed")
    refuse(asking, chat)


def test_damaged_approvals_are_none(asking, chat):
    (asking.state / "approvals.json").write_text("{")
    asking.start()
    asking.wait_until("sign-in-needed")
    refuse(asking, chat)
