"""Clients that want everything at once. Another one is answered all the while, and nothing of them stays."""

import contextlib
import fcntl
import json
import os
import threading

import pytest

from calls import GET_STATUS, sign_in_by
from claude_settings import COMMAND
from upkeep import Upkeep
from varlink_client import CONTROL, SERVICE
from waiting import eventually

LONG = bool(os.environ.get("BEDROCK_LONG"))
# While each of the floods runs: with BEDROCK_LONG some minutes.
ANSWERS = 20_000 if LONG else 200
# Seconds: a little less than a client may leave a call unfinished, or a reply unread.
ALMOST = 40
# In kB: what the clients' buffers may hold at most, and what the allocator keeps of it.
GROWTH = 24 * 1024


def oneway(method: str, **parameters) -> dict:
    return {"method": f"{CONTROL}.{method}", "oneway": True, "parameters": parameters}


class Flood:
    """Clients that send one call again and again, as fast as the daemon takes it."""

    def __init__(self, agent, call: dict, clients: int, reads: bool):
        self.clients = [agent.client() for _ in range(clients)]
        self.threads = [threading.Thread(target=self.send, args=(client, call)) for client in self.clients]
        if reads:
            self.threads += [threading.Thread(target=self.read, args=(client,)) for client in self.clients]
        for client in self.clients:
            client.socket.settimeout(None)
        for thread in self.threads:
            thread.start()

    def send(self, client, call):
        calls = (json.dumps(call).encode() + b"\0") * 500
        with contextlib.suppress(OSError):
            while True:
                client.write(calls)

    def read(self, client):
        with contextlib.suppress(OSError):
            while client.socket.recv(1 << 20):
                pass

    def end(self):
        for client in self.clients:
            with contextlib.suppress(OSError):
                client.socket.shutdown(2)
        for thread in self.threads:
            thread.join()
        for client in self.clients:
            client.close()


FLOODS = {
    "Reload": ({"method": f"{CONTROL}.Reload"}, False),
    "Reload, and it reads": ({"method": f"{CONTROL}.Reload"}, True),
    "Reload, one-way": (oneway("Reload"), False),
    "GetStatus, and it reads": (GET_STATUS, True),
    "GetStatus": (GET_STATUS, False),
    "Monitor, one-way": (oneway("Monitor"), False),
    "Refresh, one-way": (oneway("Refresh"), False),
    "Approve, one-way": (oneway("Approve", command=COMMAND), False),
    "SignIn, one-way": (oneway("SignIn"), False),
    "an unknown method": ({"method": "a.b.C"}, True),
    "no method of ours, one-way": ({"method": f"{SERVICE}.Nothing", "oneway": True}, False),
}


@pytest.mark.parametrize("call, reads", FLOODS.values(), ids=FLOODS.keys())
def test_a_flood_of(gate, agent, home, call, reads, no_test_waits_for_ever):
    if call["method"].endswith("SignIn"):
        sign_in_by(agent, home, f"cat '{gate}'")
    upkeep = Upkeep(agent.process.pid)
    before = upkeep.memory()
    lines = len(agent.journal().splitlines())
    flood = Flood(agent, call, 8, reads)
    try:
        for _ in range(ANSWERS):
            no_test_waits_for_ever()
            assert agent.status()["version"] == 1
        if "SignIn" in call["method"]:
            eventually(lambda: agent.status()["condition"] == "signing-in", "the sign-in runs")
        assert upkeep.memory() - before < GROWTH
    finally:
        flood.end()
        if agent.status()["condition"] == "signing-in":
            with gate.open("w"):
                pass
    assert agent.status()["version"] == 1
    eventually(lambda: upkeep.memory() - before < GROWTH / 2, "nothing of it stays")
    # One line for an event: what is asked again and again is none.
    assert len(agent.journal().splitlines()) - lines < 20


def test_one_way_sign_ins_are_not_counted(gate, agent, home):
    """While one runs: each was kept until its end."""
    sign_in_by(agent, home, f"cat '{gate}'")
    upkeep = Upkeep(agent.process.pid)
    with agent.client() as raw:
        raw.send(oneway("SignIn"), GET_STATUS)
        raw.reply()
        eventually(lambda: agent.status()["condition"] == "signing-in", "the sign-in runs")
        try:
            before = upkeep.memory()
            for _ in range(100):
                raw.send(*[oneway("SignIn")] * 500, GET_STATUS)
                assert raw.reply()["parameters"]["status"]["condition"] == "signing-in"
            assert upkeep.memory() - before < 1024
        finally:
            with gate.open("w"):
                pass
    eventually(lambda: agent.status()["condition"] != "signing-in", "it has ended")


def test_calls_sent_at_once_before_leaving_are_taken(agent, home):
    """Many one-way calls, and the client is gone: none of them is lost for that."""
    sign_in_by(agent, home, "false")
    with agent.client() as raw:
        raw.send(*[oneway("Reload")] * 50, oneway("SignIn"))
    eventually(lambda: agent.status()["sessions"][0].get("lastSignIn"), "the last call was taken")


def test_unread_replies_of_all_together_are_bounded(agent):
    """Each leaves less unread than one may."""
    call = {"method": f"{SERVICE}.GetInterfaceDescription", "parameters": {"interface": CONTROL}}
    upkeep = Upkeep(agent.process.pid)
    before = upkeep.memory()
    with contextlib.ExitStack() as open_ones:
        for _ in range(250):
            raw = open_ones.enter_context(agent.client())
            raw.socket.setblocking(False)
            with contextlib.suppress(OSError):
                raw.write((json.dumps(call).encode() + b"\0") * 150)
            raw.socket.settimeout(60)
        for _ in range(20):
            assert agent.status()["version"] == 1
        assert upkeep.memory() - before < GROWTH
    assert agent.status()["version"] == 1


DESCRIPTIONS = json.dumps({"method": f"{SERVICE}.GetInterfaceDescription", "parameters": {"interface": CONTROL}})


@pytest.mark.skipif(not LONG, reason="the daemon's own patience is waited for: BEDROCK_LONG=1")
@pytest.mark.parametrize("first, reads", [(b'{"method":"', False), ((DESCRIPTIONS.encode() + b"\0") * 500, True)],
                         ids=["a call", "a reply"])
def test_a_byte_whenever_patience_almost_ends(agent, first, reads, no_test_waits_for_ever):
    """It is the whole that has its time, not each byte."""
    with agent.client() as client:
        client.socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            client.write(first)

        def is_dropped() -> bool:
            no_test_waits_for_ever()
            assert agent.status()["version"] == 1
            try:
                if reads:
                    client.socket.recv(1)
                client.socket.send(b" ")
            except BlockingIOError:
                return False
            except ConnectionError:
                return True
            return False

        eventually(is_dropped, "it is dropped", seconds=5 * ALMOST, every=ALMOST)


def test_somebody_holds_the_lock_of_the_approvals(agent, home):
    lock = home.path / ".local/state/bedrock-agent/approvals.json.lock"
    approve = {"method": f"{CONTROL}.Approve", "parameters": {"command": COMMAND}}
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with agent.client() as raw:
            raw.send(approve)
            for _ in range(20):
                assert agent.status()["version"] == 1
            refusal = raw.reply()
        assert "lock" in refusal["parameters"]["reason"] and str(lock) in refusal["parameters"]["reason"]
        with agent.client() as raw:
            raw.send(approve)
            agent.status()
            fcntl.flock(held, fcntl.LOCK_UN)
            assert raw.reply() == {"parameters": {}}
