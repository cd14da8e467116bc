"""Fixtures: a daemon for tests of the control socket, without a graphical session."""

import os
import shutil
import signal

import pytest

from claude_settings import COMMAND, approve, write_settings
from running_daemon import RunningDaemon, RuntimeFolder

# systemd before 256 has no varlinkctl. `Tests/run debian` names this file, which is then run in any case.
collect_ignore = [] if shutil.which("varlinkctl") else ["test_varlinkctl.py"]


@pytest.fixture(autouse=True)
def no_test_waits_for_ever():
    """The Varlink client from PyPI has no timeout of its own. Returns what gives another minute."""
    def expire(*_):
        raise TimeoutError("no answer within a minute")

    def begin():
        signal.alarm(60)

    signal.signal(signal.SIGALRM, expire)
    begin()
    yield begin
    signal.alarm(0)


@pytest.fixture
def runtime():
    folder = RuntimeFolder()
    yield folder
    folder.remove()


@pytest.fixture
def environment(home, sandbox):
    """The daemon's environment: the sandbox is AWS, the browser presses Allow, and there is no display."""
    return home.environment(sandbox.environment, {"BROWSER": sandbox.browser()})


@pytest.fixture
def start_agent(build, home, environment, runtime, tmp_path):
    """Starts a daemon, which must exit successfully at the end of the test."""
    started = []

    def start(**more) -> RunningDaemon:
        agent = RunningDaemon(
            build / "bedrock-agent", {**environment, **more}, runtime, tmp_path / "agent-errors.txt")
        started.append(agent)
        agent.start()
        return agent

    yield start
    for agent in started:
        if agent.process:
            assert agent.stop() == 0, agent.journal()


@pytest.fixture
def agent(start_agent, home):
    """A daemon with an approved sign-in command and without a token."""
    write_settings(home.path)
    approve(home.path, COMMAND)
    return start_agent()


@pytest.fixture
def gate(tmp_path):
    """A FIFO: its reader waits until somebody opens it for writing. Named before `agent`, which may leave one."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    yield gate
    # Whoever still waits there sees its end, and who comes later sees nothing.
    writer = os.open(gate, os.O_RDWR | os.O_NONBLOCK)
    gate.unlink()
    os.close(writer)
