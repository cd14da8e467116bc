"""The Debian package in a booted system: installed, upgraded under a running daemon, removed and purged."""

import json
import subprocess

import pytest

from aws_home import CONFIG
from installation import dpkg, install, next_package
from machine import Machine
from machine_agent import SERVICE, MachineAgent
from waiting import eventually


@pytest.fixture
def bare():
    """A separate machine without the agent, which dpkg then installs."""
    machine = Machine()
    yield machine
    machine.end()


def states(user) -> list[str]:
    units = ("bedrock-agent.service", "bedrock-agent.socket")
    return [user.systemctl(verb, unit, check=False).stdout.strip() for verb in ("is-enabled", "is-active")
            for unit in units]


def explained(machine) -> int:
    return machine.root("journalctl", "--list-catalog").stdout.count(" bedrock-agent: ")


def test_set_up_by_an_ordinary_user(user, sandbox):
    """The package, `setup`, the service, `status`: everything that a user does."""
    agent = MachineAgent(user, sandbox)
    agent.arrive()
    said = user.run("bedrock-agent", "setup", "--profile", "work-dev", "--region", "us-west-2",
                    "--model", "global.anthropic.claude-opus-4-5-20251101-v1:0", "--yes").stdout
    assert "RESTART REQUIRED" in said
    user.systemctl("enable", "--now", "bedrock-agent")
    status = user.run("bedrock-agent", "status")
    assert status.stdout.startswith("healthy: work-dev is refreshed automatically")
    agent.home.age_token(left=600)
    refreshed = "193b93a5b6e6494c85f97bbca7a81c25"
    eventually(lambda: user.journal(SERVICE, f"MESSAGE_ID={refreshed}"), "a refresh")
    explained = user.run("journalctl", "--user", "--unit=bedrock-agent", "--catalog").stdout
    assert "░░ Subject: bedrock-agent has started" in explained
    assert "░░ Subject: Session corp has a new access token" in explained


def test_lintian_finds_nothing(package):
    said = subprocess.run(
        ["lintian", "--allow-root", "--info", "--display-experimental", "--pedantic", package], capture_output=True, text=True)
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")


def test_a_package_s_whole_life(bare, package, tmp_path):
    user, resting, other = bare.add_user(), bare.add_user(), bare.add_user()
    assert explained(bare) == 0

    install(bare, package)
    assert states(user) == states(other) == ["disabled", "disabled", "inactive", "inactive"]
    assert explained(bare) > 10
    assert bare.root("man", "-w", "bedrock-agent").stdout == "/usr/share/man/man1/bedrock-agent.1.gz\n"

    user.systemctl("enable", "--now", "bedrock-agent.service")
    resting.systemctl("enable", "--now", "bedrock-agent.service")
    resting.systemctl("stop", "bedrock-agent.service", "bedrock-agent.socket")
    before = user.property("bedrock-agent.service", "MainPID")
    install(bare, next_package(package, tmp_path))
    after = user.property("bedrock-agent.service", "MainPID")
    assert states(user) == ["enabled", "enabled", "active", "active"] and after != before
    assert bare.root("readlink", f"/proc/{after}/exe").stdout == "/usr/bin/bedrock-agent\n"
    assert states(resting) == ["enabled", "enabled", "inactive", "inactive"], "an upgrade starts what somebody stopped"
    assert states(other) == ["disabled", "disabled", "inactive", "inactive"]

    assert "started" in user.run("bedrock-agent", "log").stdout
    assert "bedrock-agent status" in user.run("bedrock-agent", "log", "--explain").stdout

    # One of them lets Claude Code sign in with the program that goes.
    other.write(".aws/config", CONFIG.format(start_url="https://corp.awsapps.com/start"))
    other.run("bedrock-agent", "setup", "--profile", "work-dev", "--region", "us-west-2", "--model", "opus", "--yes",
              "--no-login", "--no-enable", "--coalesce")
    settings = json.loads(other.path(".claude/settings.json").read_text())
    assert settings["awsAuthRefresh"] == "bedrock-agent login --profile work-dev"

    home = sorted(path for path in user.path(".").rglob("*") if "bedrock" in path.name)
    assert home
    dpkg(bare, "--remove", "bedrock-agent")
    has_aws = bare.root("sh", "-c", "command -v aws", check=False).returncode == 0
    left = {"awsAuthRefresh": "aws sso login --profile work-dev"} if has_aws else {}
    del settings["awsAuthRefresh"]
    assert json.loads(other.path(".claude/settings.json").read_text()) == {**settings, **left}
    assert user.systemctl("is-active", "bedrock-agent.service", check=False).stdout == "inactive\n"
    assert bare.root("pgrep", "bedrock-agent", check=False).stdout == ""
    assert explained(bare) == 0
    dpkg(bare, "--purge", "bedrock-agent")
    assert sorted(path for path in user.path(".").rglob("*") if "bedrock" in path.name) == home
