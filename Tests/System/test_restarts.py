"""A restart, as an upgrade is one, is nothing that a client would notice: the socket stays open, and so does what is
connected to it."""

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
    agent.user.drop_in(SERVICE, "[Service]\nExecStartPre=/bin/sleep 1\n")
    agent.enable()
    agent.user.systemctl("restart", "--no-block", SERVICE)
    eventually(lambda: agent.user.property(SERVICE, "SubState") == "start-pre", "it restarts")
    client = agent.user.start("python3", "-c", ASK, str(agent.socket), "GetStatus")
    assert client.stdout.readline() == "asked\n"
    assert agent.user.property(SERVICE, "SubState") == "start-pre"
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


# One connection that is silent until the daemon is another one, and one that watches. Prints each answer.
CLIENT = """
import json, socket, sys

def connect():
    client = socket.socket(socket.AF_UNIX)
    client.connect(sys.argv[1])
    return client

def send(client, **call):
    client.sendall(json.dumps(call).encode() + bytes(1))

def receive(client):
    answer = b""
    while not answer.endswith(bytes(1)):
        data = client.recv(65536)
        assert data, "closed"
        answer += data
    print(answer[:-1].split(bytes(1))[-1].decode(), flush=True)

silent, watching = connect(), connect()
send(watching, method="org.bedrockagent.Control.Monitor", more=True)
for _ in range(3):
    receive(watching)
send(silent, method="org.bedrockagent.Control.GetStatus")
receive(silent)
"""


def test_connections_pass_from_one_daemon_to_the_next(running):
    client = running.user.start("python3", "-c", CLIENT, str(running.socket))

    def pid() -> int:
        return json.loads(client.stdout.readline())["parameters"]["status"]["daemon"]["pid"]

    seen = [pid()]
    for _ in range(2):
        running.user.systemctl("restart", SERVICE)
        seen.append(pid())
    assert pid() == seen[-1] == running.pid()
    assert len(set(seen)) == 3
    assert client.wait(timeout=10) == 0


def test_a_call_in_the_middle_is_answered(running, sandbox):
    sandbox.fault("CreateToken", "delay", grantType="refresh_token", times=1, delay="2s")
    refresh = running.user.start("python3", "-c", ASK, str(running.socket), "Refresh")
    assert refresh.stdout.readline() == "asked\n"
    running.user.systemctl("restart", SERVICE)
    assert json.loads(refresh.communicate(timeout=20)[0].rstrip("\0\n")) == {"parameters": {}}
