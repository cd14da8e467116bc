"""`notify` tells a person who is elsewhere, by a transient unit that does not depend on the agent."""

import json
import shlex

import pytest

from machine_agent import SERVICE
from screen import Screen
from waiting import eventually, stays

UNITS = "bedrock-agent-notify-*"
KIND = "5b0c9a3e7d5f4f0f9a86c1f4d27be913"
# Nobody but `approve` may show it.
ADDRESS = "https://chat.example/hook/B4711-secret-room"
SCRIPT = """#!/bin/sh
echo >> ~/begun
env -0 > ~/environment
cat > ~/new
until [ -e ~/go-on ]; do sleep 0.1; done
cat ~/new >> ~/messages
echo >> ~/ends
"""


@pytest.fixture
def ended(agent, sandbox):
    """A stopped agent that only asks; its session was revoked, and its token is due for a refresh."""
    sandbox.revoke()
    agent.home.age_token(left=1202)
    agent.user.write("tell", SCRIPT, 0o700)
    notify(agent, f"~/tell {ADDRESS}", signIn="ask")
    return agent


def notify(agent, command: str, **config):
    agent.user.write(".config/bedrock-agent/config.json", json.dumps({"notify": command, **config}))
    agent.user.run("bedrock-agent", "approve", "--yes")


def go_on(agent):
    """The command may end."""
    agent.user.write("go-on", "")


def count(agent, what: str) -> int:
    file = agent.user.path(what)
    return file.read_text().count("\n") if file.exists() else 0


def units(agent) -> list[str]:
    """Those that run."""
    listed = agent.user.systemctl("list-units", "--no-legend", "--plain", "--state=active,activating", UNITS).stdout
    return [line.split()[0] for line in listed.splitlines()]


def failed(agent) -> str:
    """The units that the service manager keeps because they failed."""
    return agent.user.systemctl("list-units", "--failed", "--no-legend", "--plain", UNITS).stdout


def told(agent) -> list[str]:
    return agent.user.messages(SERVICE, "corp: notify was run: a sign-in is needed")


def entries(agent) -> list[dict]:
    """What the journal has of the command's end."""
    return agent.user.journal(SERVICE, f"MESSAGE_ID={KIND}")


def test_a_unit_of_its_own(ended, machine):
    agent, user = ended, ended.user
    agent.enable()
    unit = eventually(lambda: units(agent), "a message is being sent")[0]
    assert user.property(unit, "Description") == "Message about the AWS SSO session corp"
    assert user.property(unit, "RuntimeMaxUSec") == "1min 5s"
    pid = user.property(unit, "MainPID")
    given = machine.root("cat", f"/proc/{pid}/environ", f"/proc/{pid}/cmdline").stdout
    given += user.systemctl("show", unit).stdout
    assert "AWS_ENDPOINT_URL" in given and "sign-in needed" not in given
    token = agent.home.token()
    assert not any(token[name] in given for name in ("accessToken", "refreshToken", "clientSecret"))
    go_on(agent)
    eventually(lambda: told(agent), "it has ended well")
    assert not units(agent) and count(agent, "begun") == 1
    host = machine.root("uname", "--nodename").stdout.strip()
    assert user.path("messages").read_text() == (
        f"AWS sign-in needed on {host}\n\n"
        "work-dev: Identity Center has ended the session; without it, Claude Code cannot reach Bedrock.\n"
        "To sign in, run there: bedrock-agent login --profile work-dev\n")


@pytest.mark.parametrize("end", ["restart", "kill"])
def test_it_outlives_the_agent_and_is_not_run_again(ended, end):
    agent = ended
    agent.enable()
    unit, = eventually(lambda: units(agent), "a message is being sent")
    for _ in range(2):
        before = agent.pid()
        if end == "kill":
            agent.kill("KILL")
        else:
            agent.user.systemctl("restart", SERVICE)
        eventually(lambda: agent.pid() not in (0, before), "back")
        agent.wait_until("sign-in-needed")
        assert units(agent) == [unit]
    go_on(agent)
    eventually(lambda: count(agent, "ends") == 1 and not units(agent), "it has ended")
    stays(lambda: count(agent, "begun") == 1, "it was run once", seconds=1, every=0.3)


def test_it_has_the_environment_of_the_service_and_of_claude(ended):
    agent = ended
    agent.user.drop_in(SERVICE, '[Service]\nEnvironment="CHAT_ROOM=a room"\n')
    settings = json.loads(agent.user.path(".claude/settings.json").read_text())
    settings["env"]["NO_PROXY"] = "127.0.0.1"
    agent.user.write(".claude/settings.json", json.dumps(settings))
    go_on(agent)
    agent.enable()
    eventually(lambda: told(agent), "it has ended well")
    environment = agent.user.path("environment").read_text().split("\0")
    wanted = {"CHAT_ROOM=a room", "NO_PROXY=127.0.0.1", "AWS_PROFILE=work-dev", f"HOME={agent.user.home}"}
    assert wanted <= set(environment)


def test_what_it_leaves_behind_lives_on(ended):
    """As a mailer that sends in the background."""
    agent = ended
    go_on(agent)
    notify(agent, "cat > mail; (while sleep 0.1; do echo still here; done) & echo $! > left; ~/tell x < mail",
           signIn="ask")
    agent.enable()
    eventually(lambda: told(agent), "it has ended well")
    left = agent.user.path("left").read_text().strip()

    def lives() -> bool:
        return agent.user.run("kill", "-0", left, check=False).returncode == 0

    assert lives() and count(agent, "ends") == 1
    agent.user.systemctl("restart", SERVICE)
    agent.kill("KILL")
    agent.wait_until("sign-in-needed")
    stays(lives, "it, which goes on talking", seconds=1, every=0.3)
    assert len(told(agent)) == 1 and count(agent, "begun") == 1
    agent.user.run("kill", "-KILL", left)


def test_the_next_need_while_something_of_the_last_one_lives(ended, sandbox):
    """It keeps the name of the first unit in use."""
    agent = ended
    go_on(agent)
    notify(agent, "~/tell x; sleep 300 &", signIn="ask")
    agent.enable()
    eventually(lambda: len(told(agent)) == 1, "told")
    agent.user.run("bedrock-agent", "login")
    agent.wait_until("healthy")
    sandbox.revoke()
    agent.home.age_token(left=1202)
    eventually(lambda: len(told(agent)) == 2, "told again")
    assert count(agent, "ends") == 2


@pytest.mark.parametrize(("command", "said"), [
    ("echo out; echo no such room >&2; exit 3", "exited with status 3: no such room"),
    ("no-such-program", "exited with status 127: /bin/sh: 1: no-such-program: not found"),
    ("kill -KILL $$", "was killed by signal 9"),
])
def test_its_failure_is_in_the_journal(ended, command, said):
    agent, user = ended, ended.user
    notify(agent, f": {ADDRESS}; echo >> begun; {command}", signIn="ask")
    agent.enable()
    entry, = eventually(lambda: entries(agent), "an entry")
    assert entry["MESSAGE"] == f"corp: notify in {user.home}/.config/bedrock-agent/config.json {said}"
    assert entry["PRIORITY"] == "4"
    eventually(lambda: not failed(agent), "the unit is forgotten")
    user.systemctl("restart", SERVICE)
    agent.wait_until("sign-in-needed")
    stays(lambda: len(entries(agent)) == 1 and count(agent, "begun") == 1, "one run, one entry", seconds=1, every=0.3)
    assert ADDRESS not in json.dumps(user.journal()) and not failed(agent)


def test_one_that_failed_while_no_daemon_ran_is_forgotten(ended):
    agent = ended
    notify(agent, "until [ -e ~/go-on ]; do sleep 0.1; done; exit 3", signIn="ask")
    agent.enable()
    eventually(lambda: units(agent), "a message is being sent")
    agent.user.systemctl("stop", SERVICE)
    go_on(agent)
    eventually(lambda: failed(agent), "it has failed")
    agent.user.systemctl("start", SERVICE)
    agent.wait_until("sign-in-needed")
    eventually(lambda: not failed(agent), "it is forgotten")


def test_the_catalogue_explains_the_entry(ended):
    agent, user = ended, ended.user
    notify(agent, "exit 3", signIn="ask")
    agent.enable()
    eventually(lambda: entries(agent), "an entry")
    shown = user.run("journalctl", "--catalog", f"MESSAGE_ID={KIND}").stdout
    assert 'Subject: The command "notify" was run' in shown and "how the command failed; it is not repeated" in shown
    explained = user.run("bedrock-agent", "log", "--explain").stdout
    assert "exited with status 3" in explained and 'The command "notify" was run' in explained


def test_away_it_tells_and_back_it_signs_in(agent, sandbox):
    """The page opens by itself then, and that is no other need."""
    screen = Screen(agent.user)
    screen.lock()
    sandbox.revoke()
    agent.home.age_token(left=1202)
    agent.user.write("tell", SCRIPT, 0o700)
    go_on(agent)
    notify(agent, "~/tell " + shlex.quote(ADDRESS))
    agent.enable()
    eventually(lambda: told(agent), "told")
    text = agent.user.path("messages").read_text()
    assert "cannot reach Bedrock. The page opens when you are back at the screen.\nTo sign in, run there: " in text
    screen.unlock()
    agent.wait_until("healthy")
    screen.lock()
    stays(lambda: count(agent, "begun") == 1, "told once", seconds=1, every=0.3)
    # The next need, and nobody is there again.
    sandbox.revoke()
    agent.home.age_token(left=1202)
    eventually(lambda: count(agent, "ends") == 2, "told again")
    screen.leave()


def test_not_approved_no_unit_runs(ended):
    agent = ended
    config = agent.user.path(".config/bedrock-agent/config.json")
    agent.user.write(".config/bedrock-agent/config.json", config.read_text().replace("tell", "./tell"))
    agent.enable()
    status = agent.wait_until("sign-in-needed")
    assert "notify-unapproved" in [finding["code"] for finding in status["findings"]]
    stays(lambda: not units(agent) and not count(agent, "begun"), "nothing is run", seconds=1, every=0.3)
    assert ADDRESS not in json.dumps(agent.user.journal()) + json.dumps(status)
