"""After an upgrade, the daemon of the earlier version runs on until it is restarted; commands of the new one ask it."""

import json
import socket

import pytest

from accepting import accept_each
from running_daemon import RuntimeFolder
from varlink_client import VarlinkClient


class EarlierDaemon:
    """In front of this version's: refuses a parameter that an earlier one did not know."""

    def __init__(self, agent, *unknown: str):
        self.agent = agent
        self.unknown = unknown
        self.refused = 0
        self.runtime = RuntimeFolder()
        self.runtime.socket.parent.mkdir()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.runtime.socket))
        self.listener.listen()
        accept_each(self.listener, self.talk)

    def talk(self, connection: socket.socket):
        with connection, self.agent.client() as daemon:
            calls = b""
            while data := connection.recv(65536):
                *whole, calls = (calls + data).split(b"\0")
                for call in map(json.loads, whole):
                    for reply in self.replies(call, daemon):
                        connection.sendall(json.dumps(reply).encode() + b"\0")

    def replies(self, call: dict, daemon: VarlinkClient):
        for name in set(self.unknown) & set(call.get("parameters", {})):
            self.refused += 1
            yield {"error": "org.varlink.service.InvalidParameter", "parameters": {"parameter": name}}
            return
        daemon.send(call)
        yield (reply := daemon.reply())
        while reply.get("continues"):
            yield (reply := daemon.reply())

    def end(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.runtime.remove()


@pytest.fixture
def earlier(agent):
    started = []

    def start(*unknown: str) -> EarlierDaemon:
        started.append(EarlierDaemon(agent, *unknown))
        return started[-1]

    yield start
    for daemon in started:
        daemon.end()


def test_a_login_joins_one_that_counts_no_earlier_sign_in(agent, earlier, home, raw, sandbox):
    """0.2.0's `SignIn` has no `since`."""
    home.sign_in(raw)
    sandbox.revoke()
    home.age_token(left=-60)
    agent.start(signIn="ask")
    daemon = earlier("since")
    said = agent.run("login", **daemon.runtime.environment)
    assert daemon.refused == 1 and agent.sign_ins() == 1, said.stderr
    agent.wait_until("healthy")
