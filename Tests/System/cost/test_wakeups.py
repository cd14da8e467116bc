"""After a suspend, or when the network returns, everything that is overdue is done at once."""

import subprocess
from pathlib import Path

import pytest

from machine_agent import SERVICE
from waiting import eventually

HERE = Path(__file__).parent


def refreshed(agent) -> int:
    return len(agent.user.messages(SERVICE, "refreshed until"))


@pytest.fixture
def clock(agent, machine):
    """The wall clock of all that this user starts from now on: `clock(3600)` sets it forward by an hour."""
    library = machine.files / "usr/local/lib/clock.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, HERE / "clock.c"], check=True)
    offset = machine.files / f"usr/local/lib/clock.{agent.user.id}"
    # Not by a variable: the agent passes none such on to what it starts.
    preload = machine.files / "etc/ld.so.preload"
    preload.write_text("/usr/local/lib/clock.so\n")
    yield lambda seconds: offset.write_text(str(seconds))
    preload.unlink()
    offset.unlink(missing_ok=True)


@pytest.fixture
def sleeper(machine):
    """A machine that can be suspended; the end of a command wakes it up."""
    (machine.files / "run/sys/power").mkdir(parents=True)
    (machine.files / "run/sys/fs/cgroup").mkdir(parents=True)
    (machine.files / "run/sys/power/state").write_text("freeze mem\n")
    for unit, text in {
            "systemd-suspend": "ExecStart=\nExecStart=/bin/true\n",
            # The files in which logind checks whether the machine can sleep.
            "systemd-logind": "BindPaths=/run/sys:/sys /sys/fs/cgroup\n"}.items():
        folder = machine.files / f"run/systemd/system/{unit}.service.d"
        folder.mkdir(parents=True)
        (folder / "test.conf").write_text(f"[Service]\n{text}")
    machine.root("systemctl", "daemon-reload")
    machine.root("systemctl", "restart", "systemd-logind")
    return machine


def test_asleep_for_three_hours_it_refreshes_on_waking(agent, clock, sleeper):
    agent.enable()
    agent.wait_until("healthy")
    before = refreshed(agent)
    clock(3 * 3600)
    sleeper.root("systemctl", "suspend")
    eventually(lambda: agent.user.messages(SERVICE, "woke up"), "it saw the machine wake")
    eventually(lambda: refreshed(agent) > before, "a refresh")
    status = agent.wait_until("healthy")
    assert status["exit"] == 0


def test_the_clock_set_forward_ten_hours_and_back(agent, clock):
    # This makes the pause between two refreshes 5 s, not a minute.
    agent.user.write(".config/bedrock-agent/config.json", '{"refreshAhead": "100s"}')
    agent.enable()
    agent.wait_until("healthy")
    for offset in (10 * 3600, 0):
        before = refreshed(agent)
        clock(offset)
        # In place of the kernel, which fires timers when the clock is really set.
        agent.user.systemctl("reload", SERVICE)
        eventually(lambda: refreshed(agent) > before, f"a refresh at {offset} s")
        assert agent.wait_until("healthy")["exit"] == 0


def test_the_network_returns(running, machine, sandbox):
    agent = running
    sandbox.fault("CreateToken", "503", grantType="refresh_token", times=-1)
    try:
        agent.home.age_token(left=600)
        status = agent.wait_until("offline")
        assert status["exit"] == 1 and status["sessions"][0]["next"]["action"] == "refresh"
        before = refreshed(agent)
    finally:
        sandbox.clear_faults()
    machine.root("ip", "link", "add", "uplink", "type", "veth", "peer", "name", "far")
    machine.root("ip", "address", "add", "192.0.2.2/24", "dev", "uplink")
    for end in ("uplink", "far"):
        machine.root("ip", "link", "set", end, "up")
    try:
        # A pause of half a minute has begun a few seconds ago.
        machine.root("ip", "route", "add", "default", "via", "192.0.2.1")
        eventually(lambda: refreshed(agent) > before, "a refresh")
        assert agent.wait_until("healthy")["exit"] == 0
    finally:
        machine.root("ip", "link", "delete", "uplink")

