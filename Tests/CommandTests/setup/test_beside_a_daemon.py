"""Beside a running daemon, our own commands leave nothing in its log to be taken back: it finds their files whole, and
what they approve approved."""

import os
import re
import subprocess

import pytest

from running_agent import RunningAgent
from running_daemon import RunningDaemon
from spawning import die_with_parent
from waiting import eventually

MODEL = "global.anthropic.claude-opus-4-5-20251101-v1:0"
ROUNDS = 10
# Wrong before the first setup and after the last reset.
NOTHING = "Claude Code is not set to use Bedrock"


class PipedAgent(RunningAgent):
    """Its log as the journal gets it, with priorities: a file would get it as for people."""

    def launch(self):
        self.text = ""
        self.reading, writing = os.pipe()
        os.set_blocking(self.reading, False)
        self.process = subprocess.Popen(
            [self.program, "daemon"], env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=writing, preexec_fn=die_with_parent)
        os.close(writing)

    def journal(self) -> str:
        """All that it has written so far: what it wrote before it answered is there when it has answered."""
        if self.process is not None:
            try:
                while data := os.read(self.reading, 65536):
                    self.text += data.decode()
            except BlockingIOError:
                pass
        return self.text


@pytest.fixture
def agent(build, home, sandbox):
    agent = PipedAgent(build, home, sandbox)
    agent.text = ""
    yield agent
    agent.end()
    os.close(agent.reading)


@pytest.fixture
def home(home):
    """With a second employer."""
    home.add_second_employer()
    return home


@pytest.fixture
def signed_in(home, raw):
    home.sign_in(raw)
    home.sign_in(raw, "globex")
    return home


def alarms(agent, start: int = 0, but: str | None = None) -> list[str]:
    """What it reported as wrong since then, or took back, except entries with these words."""
    lines = agent.journal()[start:].splitlines()
    assert all(re.match("<[0-7]>", line) for line in lines), lines
    return [line for line in lines
            if (re.match("<[0-4]>", line) or "resolved:" in line) and not (but and but in line)]


def settled(agent, profile: str | None):
    """Waits until the daemon has read the last change, and tells of that profile. `Reload` makes it read all again."""
    def seen():
        claude = agent.control("GetStatus")["status"]["claude"]
        return claude["profile"] == profile if profile else not claude["usesBedrock"]

    try:
        eventually(seen, f"it sees {profile}")
    except AssertionError as error:
        raise AssertionError(f"{error}\n{agent.control('GetStatus')}\n{agent.journal()}") from None
    agent.control("Reload")


def set_up(agent, profile="work-dev", region="us-west-2", *flags, **exported):
    agent.run("setup", "--profile", profile, "--region", region, "--model", MODEL, "--yes", "--no-enable", "--no-login",
              *flags, **exported)


@pytest.fixture
def guarded(agent, signed_in):
    """A daemon beside settings that `setup` wrote: nothing is wrong."""
    set_up(agent)
    agent.start()
    assert agent.status()["condition"] == "healthy" and alarms(agent) == []
    return agent


def test_setup_again(guarded):
    for number in range(ROUNDS):
        profile = ("globex-dev", "work-dev")[number % 2]
        set_up(guarded, profile, ("eu-central-1", "us-west-2")[number % 2])
        settled(guarded, profile)
    assert alarms(guarded) == [] and guarded.findings() == []


def test_another_form_of_the_command(guarded):
    set_up(guarded, "work-dev", "us-west-2", "--coalesce")
    settled(guarded, "work-dev")
    assert alarms(guarded) == [] and guarded.findings() == []


def test_use(guarded):
    guarded.run("use", "globex-dev", "--no-login")
    for number in range(ROUNDS):
        guarded.run("use", "-", "--no-login")
        settled(guarded, ("work-dev", "globex-dev")[number % 2])
    assert alarms(guarded) == [] and guarded.findings() == []


@pytest.mark.parametrize("content", [None, '{"theme": "dark"}'])
def test_the_first_setup(agent, signed_in, content):
    """The daemon said that there is nothing to guard, and takes back that alone."""
    if content is not None:
        agent.settings.parent.mkdir()
        agent.settings.write_text(content)
    RunningDaemon.start(agent)
    settled(agent, None)
    before = len(agent.journal())
    set_up(agent)
    settled(agent, "work-dev")
    assert alarms(agent, before, but=NOTHING) == [] and agent.findings() == []


def test_a_second_folder(guarded, signed_in):
    """The daemon learns of it, and that it is gone, by config.json."""
    other = signed_in.path / "globex claude"
    set_up(guarded, "globex-dev", "eu-central-1", CLAUDE_CONFIG_DIR=str(other))
    eventually(lambda: len(guarded.control("GetStatus")["status"]["sessions"]) == 2, "both are guarded")
    guarded.control("Reload")
    assert alarms(guarded) == []
    guarded.run("reset", "--yes", CLAUDE_CONFIG_DIR=str(other))
    eventually(lambda: len(guarded.control("GetStatus")["status"]["sessions"]) == 1, "one is guarded")
    guarded.control("Reload")
    assert alarms(guarded) == []


def test_migrate(agent, signed_in, raw):
    """The warning about the legacy profile was there before, and goes. What the new session wants stays."""
    signed_in.config.write_text(
        f"[profile old-profile]\nsso_start_url = {signed_in.start_url}\nsso_region = us-east-1\n"
        "sso_account_id = 123456789012\nsso_role_name = Dev\nregion = us-west-2\n")
    signed_in.sign_in(raw, signed_in.start_url)
    token = signed_in.token(signed_in.start_url)
    signed_in.write_token({key: token[key] for key in ("startUrl", "region", "accessToken", "expiresAt")},
                          signed_in.start_url)
    set_up(agent, "old-profile")
    agent.start()
    assert agent.findings() == ["legacy-profile"]
    before = len(agent.journal())
    agent.run("migrate", "--yes", "--no-login")
    eventually(lambda: "legacy-profile" not in agent.findings(), "it is migrated")
    agent.control("Reload")
    since = alarms(agent, before)
    assert all("legacy" in line for line in since if "resolved:" in line), since
    left = agent.control("GetStatus")["status"]
    messages = [finding["message"] for finding in left["findings"]] + [f": {left['condition']}"]
    assert all(any(message in line for message in messages) for line in since if "resolved:" not in line), since


def test_reset(guarded):
    """That nothing is guarded then is true, and stays."""
    guarded.run("use", "globex-dev", "--no-login")
    guarded.run("reset", "--yes")
    settled(guarded, None)
    assert alarms(guarded, but=NOTHING) == []


def test_there_and_away(guarded):
    """Again and again, nothing else is wrong for a moment."""
    for _ in range(3):
        guarded.run("reset", "--yes")
        settled(guarded, None)
        set_up(guarded)
        settled(guarded, "work-dev")
    assert alarms(guarded, but=NOTHING) == []
