"""The service survives disruptions; what it cannot do, it reports with the fix."""

from contextlib import contextmanager

import pytest

from machine_agent import SERVICE, MachineAgent
from waiting import eventually, stays


@contextmanager
def full(agent: MachineAgent, folder: str):
    """Meanwhile, the user's folder is a full file system with the same contents."""
    user, path = agent.user, str(agent.user.home / folder)
    options = f"size=128k,mode=700,uid={user.id},gid={user.id}"
    with over(agent, path, "-t", "tmpfs", "-o", options, "tmpfs", path, keep=True):
        user.run("sh", "-c", f"cat /dev/zero > {path}/filler", check=False)
        yield


@contextmanager
def read_only(agent: MachineAgent, folder: str):
    """Meanwhile, nothing can be changed in the user's folder."""
    path = str(agent.user.home / folder)
    with over(agent, path, "--bind", path, path):
        agent.user.machine.root("mount", "-o", "remount,bind,ro", path)
        yield


@contextmanager
def over(agent: MachineAgent, path: str, *mount: str, keep: bool = False):
    if keep:
        agent.user.run("cp", "-a", path, "kept")
    agent.user.machine.root("mount", *mount)
    if keep:
        agent.user.run("cp", "-a", "kept/.", path)
    try:
        yield
    finally:
        agent.user.machine.root("umount", "--lazy", path)


@pytest.fixture
def due(agent) -> MachineAgent:
    """An agent that will refresh as soon as it starts."""
    agent.home.age_token(left=600)
    return agent


def assert_refreshes(agent: MachineAgent):
    agent.home.age_token(left=600)
    eventually(lambda: len(agent.refreshes()) == 1, "a refresh")
    agent.wait_until("healthy")


def assert_idle(agent: MachineAgent):
    """It does not wake up repeatedly for something that is gone."""
    def processor_time():
        return sum(map(int, agent.user.run("cat", f"/proc/{agent.pid()}/stat").stdout.split()[13:15]))

    before = processor_time()
    stays(lambda: processor_time() - before < 20, "it uses less than 0.2 s of processor time")


def test_journald_restarts(running, machine):
    before = running.pid()
    machine.root("systemctl", "restart", "systemd-journald")
    running.user.write(".claude/settings.json", "{")
    eventually(lambda: running.user.messages(SERVICE, "is not JSON"), "the journal has what came later")
    assert running.pid() == before


def test_user_bus_restarts(running):
    before = running.pid()
    running.user.systemctl("restart", "dbus.service")
    running.user.systemctl("reload", SERVICE)
    assert running.wait_until("healthy")["daemon"]["pid"] == before
    assert_refreshes(running)


def test_service_manager_is_executed_anew(running):
    before = running.pid()
    running.user.systemctl("daemon-reexec")
    assert_refreshes(running)
    assert running.pid() == before


def test_system_bus_and_logind_restart(running, machine):
    before = running.pid()
    machine.root("systemctl", "restart", "systemd-logind")
    machine.root("systemctl", "restart", "dbus")
    assert_refreshes(running)
    assert running.pid() == before
    assert_idle(running)


def test_tokens_read_only(due):
    with read_only(due, ".aws"):
        due.enable()
        finding = due.wait_until("misconfigured")["findings"][0]
        assert "Read-only file system" in finding["message"] and "writable" in finding["message"]
    due.user.systemctl("reload", SERVICE)
    due.wait_until("healthy")
    assert len(due.refreshes()) == 1


def test_no_room_for_a_token_spends_no_refresh_token(due):
    with full(due, ".aws/sso/cache"):
        due.enable()
        finding = due.wait_until("misconfigured")["findings"][0]
        assert "No space left on device (free some space there)" in finding["message"]
        assert due.refreshes() == []
        due.user.run("rm", str(due.user.home / ".aws/sso/cache/filler"))
        due.user.systemctl("reload", SERVICE)
        due.wait_until("healthy")
        assert len(due.refreshes()) == 1


def test_no_room_for_its_own_state(due):
    with full(due, ".local/state/bedrock-agent"):
        due.enable()
        eventually(lambda: due.refreshes(), "a refresh")
        status = due.wait_until("healthy")
        assert [finding["code"] for finding in status["findings"]] == ["state-not-saved"] and status["exit"] == 1
        complaints = due.user.messages(SERVICE, "No space left on device")
        assert len(complaints) == 1 and "free some space there" in complaints[0]
        due.user.run("rm", str(due.user.home / ".local/state/bedrock-agent/filler"))
        due.user.systemctl("reload", SERVICE)
        assert due.wait_until("healthy")["exit"] == 0
