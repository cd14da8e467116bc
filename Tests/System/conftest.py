"""Fixtures: one machine for the whole run, and for each test a separate user with an agent and a session to guard.

Needs root, systemd-container and dbus-user-session; otherwise the tests fail and say so.
"""

import os
import shutil
import sys
from pathlib import Path

import pytest

for tests in (Path(__file__).parent, Path(__file__).parents[1] / "CommandTests"):
    sys.path.append(str(tests.resolve() / "support"))
pytest.register_assert_rewrite(
    "machine", "machine_user", "machine_agent", "raw_client", "rollout", "running_sandbox", "whole_machine")

from installation import build_archive, build_package, install  # noqa: E402
from machine import Machine  # noqa: E402
from machine_agent import MachineAgent  # noqa: E402
from machine_sandbox import MachineSandbox  # noqa: E402
from machine_user import User  # noqa: E402
from spawning import begin_as_usual  # noqa: E402
from whole_machine import booted, sandbox_of  # noqa: E402

begin_as_usual()


@pytest.fixture(scope="session")
def build() -> Path:
    """The folder of the built programs: $BEDROCK_BUILD, or else .build/release."""
    return Path(os.environ.get("BEDROCK_BUILD") or Path(__file__).resolve().parents[2] / ".build" / "release").resolve()


@pytest.fixture(scope="session")
def package(tmp_path_factory) -> Path:
    """The Debian package: $BEDROCK_PACKAGE, or else a new build."""
    given = os.environ.get("BEDROCK_PACKAGE")
    return Path(given) if given else build_package(tmp_path_factory.mktemp("package"))


@pytest.fixture(scope="session")
def archive(tmp_path_factory) -> Path:
    """The archive: $BEDROCK_ARCHIVE, or else a new build."""
    given = os.environ.get("BEDROCK_ARCHIVE")
    return Path(given) if given else build_archive(tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="session")
def machine(build, package) -> Machine:
    """The machine, with the package installed. The tests join its network."""
    assert os.geteuid() == 0, "only root can boot a machine: sudo Tests/run"
    assert shutil.which("systemd-nspawn"), "systemd-nspawn is missing: apt-get install systemd-container"
    with booted(build, lambda machine: install(machine, package)) as machine:
        yield machine


@pytest.fixture(scope="session")
def sandbox(machine, build) -> MachineSandbox:
    """The sandbox that all users of the machine sign in to."""
    with sandbox_of(machine, build) as sandbox:
        yield sandbox


@pytest.fixture
def user(machine) -> User:
    """A user for the test."""
    user = machine.add_user()
    yield user
    user.remove()


@pytest.fixture
def other(machine) -> User:
    """A second user."""
    other = machine.add_user()
    yield other
    other.remove()


@pytest.fixture
def agent(user, sandbox) -> MachineAgent:
    """The user's agent, with a session to guard, but not yet enabled."""
    agent = MachineAgent(user, sandbox)
    agent.guard()
    return agent


@pytest.fixture
def running(agent) -> MachineAgent:
    """The user's agent, enabled and healthy."""
    agent.enable()
    agent.wait_until("healthy")
    return agent
