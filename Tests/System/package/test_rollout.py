"""A silent rollout, as the README has it under "For many machines": files in /etc, and one global `enable`. Whoever logs in for
the first time has a daemon, and is asked for one thing, the sign-in."""

import json

import pytest

from aws_home import FIRST_PROFILE
from desktop import Recorder
from machine_agent import SERVICE, SOCKET
from screen import Screen
from waiting import eventually, stays

MODEL = "global.anthropic.claude-opus-4-5-20251101-v1:0"
FULL = ("actions", "body", "body-markup", "persistence")


class Etc:
    """What an administrator puts into the machine's /etc."""

    def __init__(self, machine):
        self.machine = machine
        self.files = []

    def write(self, path: str, text: str):
        file = self.machine.files / "etc" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o644)
        self.files.append(file)


@pytest.fixture
def etc(machine, sandbox):
    """The daemon for everybody, and the sandbox in AWS's place."""
    etc = Etc(machine)
    world = {**sandbox.environment, "BROWSER": sandbox.browser(), "DISPLAY": ":99"}
    etc.write("environment.d/90-sandbox.conf", "".join(f'{name}="{value}"\n' for name, value in world.items()))
    machine.root("systemctl", "--global", "enable", "bedrock-agent")
    yield etc
    machine.root("systemctl", "--global", "disable", "bedrock-agent", "bedrock-agent.socket")
    for file in etc.files:
        file.unlink()


@pytest.fixture
def arrive(etc, machine, sandbox):
    """Somebody's first login. The daemon runs by itself, and nothing of theirs has been written."""
    arrived = []

    def arrive():
        user = machine.add_user()
        arrived.append(user)
        user.environment |= sandbox.environment | {"BROWSER": sandbox.browser(), "DISPLAY": ":99"}
        states = [user.property(unit, "ActiveState") for unit in (SERVICE, SOCKET)]
        assert states == ["active", "active"] and written(user) == set()
        return user

    yield arrive
    for user in arrived:
        user.remove()


def written(user) -> set[str]:
    """What has been written for Claude Code and the AWS tools."""
    folders = (user.path(".aws"), user.path(".claude"), user.path(".config"))
    return {str(file.relative_to(user.path("."))) for folder in folders for file in folder.rglob("*") if file.is_file()}


def status(user) -> dict:
    return json.loads(user.run("bedrock-agent", "status", "--json", check=False).stdout)


def wait_until_healthy(user):
    eventually(lambda: status(user)["condition"] == "healthy" and not status(user)["findings"], f"{user.name} is healthy")


def test_from_managed_settings(etc, arrive, sandbox):
    etc.write("bedrock-agent/aws-config", FIRST_PROFILE.format(start_url=sandbox.start_url))
    etc.write("claude-code/managed-settings.json", json.dumps({
        "env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_CONFIG_FILE": "/etc/bedrock-agent/aws-config",
                "AWS_PROFILE": "acme", "AWS_REGION": "us-west-2", "ANTHROPIC_MODEL": MODEL},
        "awsAuthRefresh": "bedrock-agent login --profile acme"}))
    etc.write("bedrock-agent/config.json", json.dumps({"refreshAhead": "25min", "locked": ["refreshAhead"]}))
    user = arrive()
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


def give_defaults(etc, sandbox, **more):
    etc.write("bedrock-agent/config.json", json.dumps({"setup": {
        "profile": "acme", "ssoStartUrl": sandbox.start_url, "ssoRegion": "us-east-1", "ssoSession": "acme",
        "accountId": ["999999999999", "123456789012"], "roleName": ["Boss", "Dev"], "region": "us-west-2",
        "model": "claude-opus", "coalesce": True, "statusLine": True, **more}, "locked": ["setup.region"]}))


def is_set_up(user, sandbox):
    wait_until_healthy(user)
    assert user.path(".aws/config").read_text() == FIRST_PROFILE.format(start_url=sandbox.start_url)
    settings = json.loads(user.path(".claude/settings.json").read_text())
    assert settings["env"]["ANTHROPIC_MODEL"] == MODEL
    assert settings["awsAuthRefresh"] == "bedrock-agent login --profile acme"


def test_from_defaults(etc, arrive, sandbox):
    give_defaults(etc, sandbox)
    # One is at a screen, and presses a button.
    user = arrive()
    screen = Screen(user)
    recorder = Recorder(user, *FULL)
    note = recorder.wait_for("Claude Code is ready to be set up")
    assert note["actions"] == ["set-up", "Set up and sign in", "later", "Later"] and written(user) == set()
    before = sandbox.prompts()
    recorder.press(note["id"], "set-up")
    is_set_up(user, sandbox)
    assert sandbox.prompts() == before + 1
    eventually(lambda: not recorder.open, "the notification is gone")
    assert user.messages(SERVICE, "setting Claude Code up, as its user has just agreed to")
    eventually(lambda: user.messages(SERVICE, "Claude Code is set up"), "it is in the journal")
    screen.leave()
    # Another one has a terminal only, and one command.
    other = arrive()
    assert status(other)["condition"] == "unguarded"
    other.run("bedrock-agent", "setup", "--yes")
    is_set_up(other, sandbox)


def test_what_fails_is_said_and_later_is_later(etc, arrive, sandbox):
    give_defaults(etc, sandbox, roleName="Nobody")
    user = arrive()
    recorder = Recorder(user, *FULL)
    recorder.press(recorder.wait_for("Claude Code is ready to be set up")["id"], "set-up")
    note = recorder.wait_for("Claude Code was not set up")
    assert not user.path(".claude/settings.json").exists()
    recorder.press(note["id"], "later")
    eventually(lambda: not recorder.open, "it is closed")
    count = len(recorder.notes)
    user.systemctl("restart", "bedrock-agent")
    stays(lambda: len(recorder.notes) == count, "nothing more is shown", seconds=2, every=0.3)
