"""The Debian package in a booted system: installed, upgraded under a running daemon, removed and purged."""

import shutil
import subprocess
from pathlib import Path

import machine as machines
import pytest

SOURCES = Path(__file__).resolve().parents[2]
VERSIONS = ("0.0.1", "0.0.2")


@pytest.fixture(scope="module")
def bare():
    """A machine of its own, without the agent: dpkg brings it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(machines, "GROUP", "bedrock-packages-")
        machine = machines.Machine()
    yield machine
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(machines, "GROUP", "bedrock-packages-")
        machine.end()


@pytest.fixture(scope="module")
def packages(bare, tmp_path_factory) -> list[str]:
    """Where the packages of two versions are, in the machine."""
    folder = tmp_path_factory.mktemp("packages")
    for version in VERSIONS:
        subprocess.run([SOURCES / "systemd" / "package", "--version", version, folder], check=True)
    found = sorted(folder.glob("*.deb"))
    for package in found:
        shutil.copy(package, bare.files / "root")
    return [f"/root/{package.name}" for package in found]


def dpkg(machine, *arguments: str):
    """Runs dpkg; it has nothing to complain about."""
    assert machine.root("dpkg", *arguments, timeout=300).stderr == ""


def states(user) -> list[str]:
    units = ("bedrock-agent.service", "bedrock-agent.socket")
    return [user.systemctl(verb, unit, check=False).stdout.strip() for verb in ("is-enabled", "is-active")
            for unit in units]


def explained(machine) -> int:
    return machine.root("journalctl", "--list-catalog").stdout.count(" bedrock-agent: ")


def test_a_package_s_whole_life(bare, packages):
    user, resting, other = bare.add_user(), bare.add_user(), bare.add_user()
    assert explained(bare) == 0

    dpkg(bare, "--install", packages[0])
    assert states(user) == states(other) == ["disabled", "disabled", "inactive", "inactive"]
    assert explained(bare) > 10
    assert bare.root("man", "-w", "bedrock-agent").stdout == "/usr/share/man/man1/bedrock-agent.1.gz\n"

    user.systemctl("enable", "--now", "bedrock-agent.service")
    resting.systemctl("enable", "--now", "bedrock-agent.service")
    resting.systemctl("stop", "bedrock-agent.service", "bedrock-agent.socket")
    before = user.property("bedrock-agent.service", "MainPID")
    dpkg(bare, "--install", packages[1])
    after = user.property("bedrock-agent.service", "MainPID")
    assert states(user) == ["enabled", "enabled", "active", "active"] and after != before
    assert bare.root("readlink", f"/proc/{after}/exe").stdout == "/usr/bin/bedrock-agent\n"
    assert states(resting) == ["enabled", "enabled", "inactive", "inactive"], "an upgrade starts what somebody stopped"
    assert states(other) == ["disabled", "disabled", "inactive", "inactive"]

    assert "started" in user.run("bedrock-agent", "log").stdout
    assert "bedrock-agent status" in user.run("bedrock-agent", "log", "--explain").stdout

    home = sorted(path for path in user.path(".").rglob("*") if "bedrock" in path.name)
    assert home
    dpkg(bare, "--remove", "bedrock-agent")
    assert user.systemctl("is-active", "bedrock-agent.service", check=False).stdout == "inactive\n"
    assert bare.root("pgrep", "bedrock-agent", check=False).stdout == ""
    assert explained(bare) == 0
    dpkg(bare, "--purge", "bedrock-agent")
    assert sorted(path for path in user.path(".").rglob("*") if "bedrock" in path.name) == home
