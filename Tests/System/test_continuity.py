"""A restart, as an upgrade is one, is nothing that a connected client would notice."""

import json

import pytest

from machine_agent import SERVICE

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
    refresh = running.user.start("python3", "-c", REFRESH, str(running.socket))
    assert refresh.stdout.readline() == "asked\n"
    running.user.systemctl("restart", SERVICE)
    assert json.loads(refresh.communicate(timeout=20)[0].rstrip("\0\n")) == {"parameters": {}}


REFRESH = """
import socket, sys
client = socket.socket(socket.AF_UNIX)
client.connect(sys.argv[1])
client.sendall(b'{"method": "org.bedrockagent.Control.Refresh"}' + bytes(1))
print("asked", flush=True)
print(client.recv(65536).decode())
"""
