"""A restart, such as an upgrade, goes unnoticed by clients: the socket stays open, and so do the connections."""

import json

from machine_agent import SERVICE
from waiting import eventually

# Connects and calls a method; prints that it has asked, then the answer.
ASK = """
import socket, sys
client = socket.socket(socket.AF_UNIX)
client.connect(sys.argv[1])
client.sendall(b'{"method": "org.bedrockagent.Control.%s"}' % sys.argv[2].encode() + bytes(1))
print("asked", flush=True)
print(client.recv(65536).decode())
"""


def test_connection_made_while_it_starts_is_answered(agent):
    agent.enable()
    go = agent.socket.parent.parent / "go"
    agent.user.drop_in(SERVICE, f"[Service]\nExecStartPre=/bin/sh -c 'until [ -e {go} ]; do sleep 0.1; done'\n")
    agent.user.systemctl("restart", "--no-block", SERVICE)
    eventually(lambda: agent.user.property(SERVICE, "SubState") == "start-pre", "it restarts")
    client = agent.user.start("python3", "-c", ASK, str(agent.socket), "GetStatus")
    assert client.stdout.readline() == "asked\n"
    assert agent.user.property(SERVICE, "SubState") == "start-pre"
    agent.user.run("touch", str(go))
    answer = json.loads(client.communicate(timeout=20)[0].rstrip("\0\n"))
    assert answer["parameters"]["status"]["daemon"]["pid"] == agent.pid()


def test_status_is_answered_throughout_ten_restarts(running):
    restarts = running.user.start(
        "sh", "-ec", f"for _ in 1 2 3 4 5 6 7 8 9 10; do systemctl --user restart {SERVICE}; done")
    pids = set()
    while restarts.poll() is None:
        status = running.status()
        assert (status["exit"], status["daemon"]["running"], status["complaints"]) == (0, True, "")
        pids.add(status["daemon"]["pid"])
    assert restarts.returncode == 0 and len(pids) > 1


# Three connections: one monitors from the start, one after the first restart; their updates are printed. The third one
# is silent and finally sends an invalid message, which ends its connection.
CLIENT = """
import json, socket, sys

class Client:
    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20)
        self.socket.connect(sys.argv[1])
        self.input = b""

    def watch(self):
        self.socket.sendall(b'{"method": "org.bedrockagent.Control.Monitor", "more": true}' + bytes(1))

    def hear(self, before=None):
        while True:
            while bytes(1) not in self.input:
                data = self.socket.recv(65536)
                assert data, "closed"
                self.input += data
            message, _, self.input = self.input.partition(bytes(1))
            pid = json.loads(message)["parameters"]["status"]["daemon"]["pid"]
            if pid != before:
                print(pid, flush=True)
                return pid

early, late, idle = Client(), Client(), Client()
early.watch()
first = early.hear()
second = early.hear(first)
late.watch()
late.hear()
early.hear(second)
late.hear(second)
idle.socket.sendall(b"nonsense" + bytes(1))
while idle.socket.recv(65536):
    pass
print("closed", flush=True)
"""


def test_connections_pass_from_one_daemon_to_the_next(running):
    client = running.user.start("python3", "-c", CLIENT, str(running.socket))

    def hear() -> str:
        return client.stdout.readline().strip()

    assert hear() == str(running.pid())
    running.user.systemctl("restart", SERVICE)
    assert [hear(), hear()] == [str(running.pid())] * 2
    running.user.systemctl("restart", SERVICE)
    assert [hear(), hear()] == [str(running.pid())] * 2
    assert hear() == "closed"
    assert client.wait(timeout=10) == 0
    eventually(lambda: running.user.property(SERVICE, "NFileDescriptorStore") == "0", "nothing is kept any more")


def test_a_call_in_the_middle_is_answered(running, sandbox):
    sandbox.fault("CreateToken", "delay", grantType="refresh_token", times=1, delay="2s")
    refresh = running.user.start("python3", "-c", ASK, str(running.socket), "Refresh")
    assert refresh.stdout.readline() == "asked\n"
    running.user.systemctl("restart", SERVICE)
    assert json.loads(refresh.communicate(timeout=20)[0].rstrip("\0\n")) == {"parameters": {}}
