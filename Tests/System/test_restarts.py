"""Whoever asks while the service restarts gets an answer: the socket is systemd's and stays open."""

import json

from machine_agent import SERVICE
from waiting import eventually

# Connects and asks; the service is stopped meanwhile, so the question waits in the socket's queue. Prints the answer.
ASK = """
import socket, sys
client = socket.socket(socket.AF_UNIX)
client.connect(sys.argv[1])
client.sendall(b'{"method": "org.bedrockagent.Control.GetStatus"}' + bytes(1))
print("asked", flush=True)
print(client.recv(65536).decode())
"""


def test_connection_made_while_it_starts_is_answered(agent):
    agent.user.drop_in(SERVICE, "[Service]\nExecStartPre=/bin/sleep 1\n")
    agent.enable()
    agent.user.systemctl("restart", "--no-block", SERVICE)
    eventually(lambda: agent.user.property(SERVICE, "SubState") == "start-pre", "it restarts")
    client = agent.user.start("python3", "-c", ASK, str(agent.socket))
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
