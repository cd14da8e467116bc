"""When there are no descriptors left: by a low limit, by clients, and by a limit that is lowered while it runs."""

import contextlib
import json
import os
import resource
import socket

import pytest

from calls import MONITOR
from claude_settings import write_settings
from upkeep import Upkeep
from varlink_client import CONTROL, SERVICE, VarlinkClient
from waiting import eventually, stays

FEW = 40
MANY = 10_000 if os.environ.get("BEDROCK_LONG") else 600
# In kB: what all clients' buffers may hold at most, and what the allocator keeps of it.
GROWTH = 24 * 1024
DESCRIBE = {"method": f"{SERVICE}.GetInterfaceDescription", "parameters": {"interface": CONTROL}}


@pytest.fixture
def few(agent):
    """The daemon may have few descriptors from now on, once it has all that it needs itself."""
    agent.status()
    resource.prlimit(agent.process.pid, resource.RLIMIT_NOFILE, (FEW, FEW))
    return agent


@pytest.fixture(autouse=True)
def many_of_our_own():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = MANY + 200
    assert hard == resource.RLIM_INFINITY or hard >= needed, f"this test opens {MANY} sockets: ulimit -Hn {needed}"
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_clients_take_what_there_is(few, home):
    """What was read last stays in force, a change is seen, and the loop sleeps in between."""
    upkeep = Upkeep(few.process.pid)
    with contextlib.ExitStack() as open_ones:
        for _ in range(MANY):
            open_ones.enter_context(few.client())
        few.status()
        assert upkeep.descriptors() < FEW - 8
        write_settings(home.path, ANTHROPIC_MODEL="another")
        eventually(lambda: few.status()["claude"].get("model") == "another", "the change is read")
        assert "cannot be read" not in json.dumps(few.status()["findings"]) + few.journal()
        switches, ticks = upkeep.switches(), upkeep.ticks()
        stays(lambda: upkeep.ticks() - ticks < 50, "it sleeps")
        assert upkeep.switches() - switches < 50
    assert few.status()["version"] == 1


UNREAD = (json.dumps(DESCRIBE).encode() + b"\0") * 20


@pytest.mark.parametrize("first", [b"", b'{"method":"', json.dumps(MONITOR).encode() + b"\0", UNREAD],
                         ids=["silent", "half a call", "monitors", "unread replies"])
def test_memory_stays_small_while_many_come(agent, first):
    """There are as many descriptors as anybody has; somebody else is answered all the while."""
    agent.status()
    upkeep = Upkeep(agent.process.pid)
    before, most = upkeep.memory(), 0
    with contextlib.ExitStack() as open_ones:
        for number in range(MANY):
            client = open_ones.enter_context(agent.client())
            with contextlib.suppress(ConnectionError):
                client.write(first)
            if number % 100 == 0:
                assert agent.status()["version"] == 1
                most = max(most, upkeep.memory())
        assert agent.run("status", check=False).returncode == 2
        most = max(most, upkeep.memory())
    assert most - before < GROWTH, f"{most - before} kB"
    assert agent.status()["version"] == 1
    eventually(lambda: upkeep.memory() - before < GROWTH / 2, "nothing of it stays")


def test_none_is_left_at_all(agent):
    """The limit falls below what is open: nobody can be accepted, until one is free."""
    agent.status()
    upkeep = Upkeep(agent.process.pid)
    limits = resource.prlimit(agent.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(agent.process.pid, resource.RLIMIT_NOFILE, (3, limits[1]))
    waiting = VarlinkClient(agent.socket)
    try:
        waiting.ask("GetStatus")
        switches, ticks = upkeep.switches(), upkeep.ticks()
        stays(lambda: upkeep.ticks() - ticks < 50, "it does not spin")
        assert upkeep.switches() - switches < 50
        resource.prlimit(agent.process.pid, resource.RLIMIT_NOFILE, limits)
        assert waiting.answer()["status"]["version"] == 1
    finally:
        waiting.close()
    assert agent.status()["version"] == 1


def test_the_idle_go_first(few):
    """One that waits for news stays, however many come and say nothing."""
    with few.client() as monitor, contextlib.ExitStack() as open_ones:
        monitor.ask("Monitor", more=True)
        assert monitor.answer()["status"]["version"] == 1
        for _ in range(200):
            open_ones.enter_context(few.client())
        assert few.status()["version"] == 1
        monitor.socket.setblocking(False)
        with pytest.raises(BlockingIOError):
            monitor.socket.recv(1, socket.MSG_PEEK)


def test_the_program_with_most_connections_goes_first(agent):
    """As many as there may be at all wait for news, from one process: another one's that waits so, too, is not dropped."""
    with agent.client() as mine:
        mine.ask("Monitor", more=True)
        assert mine.answer()["status"]["version"] == 1
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            others = [VarlinkClient(agent.socket) for _ in range(400)]
            for other in others:
                with contextlib.suppress(OSError):
                    other.ask("Monitor", more=True)
            agent.status()
            os.write(writing, b"x")
            os.read(os.pipe()[0], 1)
            os._exit(0)
        try:
            os.read(reading, 1)
            mine.socket.setblocking(False)
            with pytest.raises(BlockingIOError):
                mine.socket.recv(1, socket.MSG_PEEK)
        finally:
            os.kill(child, 9)
            os.waitpid(child, 0)
    assert agent.status()["version"] == 1
