"""A service that dies or hangs is restarted; one that always dies stays down, and can be started again."""

import time

from machine_agent import SERVICE, SOCKET, MachineAgent
from waiting import eventually


def crash(agent: MachineAgent) -> float:
    """Kills the daemon; returns the seconds until another one serves, or until the unit has failed."""
    before, began = agent.pid(), time.monotonic()
    agent.kill("KILL")
    eventually(lambda: agent.pid() not in (0, before) or has_failed(agent), "another daemon", every=0.02)
    return time.monotonic() - began


def has_failed(agent: MachineAgent) -> bool:
    return agent.user.property(SERVICE, "ActiveState") == "failed"


def test_killed_it_is_back_within_two_seconds(running):
    took = crash(running)
    assert running.status()["condition"] == "healthy" and took < 2
    assert running.user.property(SERVICE, "NRestarts") == "1"


def test_hanging_it_is_started_anew(running):
    running.user.drop_in(SERVICE, "[Service]\nWatchdogSec=1s\n")
    running.user.systemctl("restart", SERVICE)
    before = running.pid()
    running.kill("STOP")
    eventually(lambda: running.pid() not in (0, before), "another daemon")
    assert running.wait_until("healthy")["daemon"]["pid"] != before
    assert running.user.messages(SERVICE, "Watchdog timeout")
    assert not running.user.messages(SERVICE, "Backtracing")


def test_hanging_it_leaves_nobody_waiting(running):
    running.kill("STOP")
    status = running.status()
    running.kill("CONT")
    assert (status["exit"], status["condition"]) == (3, "healthy")
    assert "does not answer: cannot read from the control socket: Connection timed out" in status["complaints"]


def test_alive_it_is_left_alone_by_the_watchdog(running):
    running.user.drop_in(SERVICE, "[Service]\nWatchdogSec=500ms\n")
    running.user.systemctl("restart", SERVICE)
    before = running.pid()
    asked = running.user.property(SERVICE, "WatchdogTimestampMonotonic")
    eventually(lambda: int(running.user.property(SERVICE, "WatchdogTimestampMonotonic")) > int(asked) + 1_000_000,
               "it says that it is alive")
    assert running.pid() == before


def test_after_twenty_crashes_it_stays_down(running):
    for _ in range(20):
        crash(running)
    eventually(lambda: has_failed(running), "systemd gives up")
    assert running.user.property(SERVICE, "NRestarts") == "20"
    # The socket failed too: a client is refused at once, does not hang, and reads the files instead.
    eventually(lambda: running.user.property(SOCKET, "Result") == "service-start-limit-hit", "the socket is closed")
    status = running.status()
    assert (status["exit"], status["daemon"]["running"], status["condition"]) == (3, False, "healthy")
    assert running.user.systemctl("start", SERVICE, check=False).returncode == 1
    # The printed fix works.
    finding = status["findings"][0]
    assert finding["code"] == "service-failed"
    running.user.run("sh", "-c", finding["fix"].split(";")[0])
    assert running.wait_until("healthy")["exit"] == 0
    assert running.user.property(SOCKET, "ActiveState") == "active"


def test_crashing_at_every_start_it_leaves_nobody_waiting(agent):
    agent.user.drop_in(SERVICE, "[Service]\nExecStart=\nExecStart=/bin/false\n")
    agent.user.systemctl("start", SOCKET)
    # The client waits in the socket's queue while systemd retries; then it gets a reset, and the next client is
    # refused.
    status = agent.status()
    assert (status["exit"], status["condition"], status["complaints"]) == (3, "healthy", "")
    assert agent.user.property(SOCKET, "Result") == "service-start-limit-hit"
