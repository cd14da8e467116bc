"""What leaves the machine: nothing but what AWS is asked, by `bedrock-agent-net` alone, and nothing in it about the
machine."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

HEADERS = {
    "accept", "authorization", "content-length", "content-type", "host", "user-agent", "x-amz-date",
    "x-amz-security-token", "x-amz-sso_bearer_token", "x-amz-content-sha256"}


class Trace:
    """Starts and network calls of programs that run under strace, and of all that they start."""

    def __init__(self, folder):
        self.folder = folder
        # What they run under.
        self.strace = ["strace", "-ff", "-qq", "-s", "65536", "-e",
                       "trace=execve,clone,clone3,fork,vfork,connect,sendto,sendmsg,sendmmsg", "-e", "signal=none", "-o", folder / "trace"]

    @staticmethod
    def stop(strace: subprocess.Popen):
        """Stops what runs under it; strace itself ends then."""
        (program,) = Path(f"/proc/{strace.pid}/task/{strace.pid}/children").read_text().split()
        os.kill(int(program), signal.SIGTERM)
        assert strace.wait(timeout=60) == 0

    def internet(self) -> list[tuple[str, str]]:
        """(program, address) of whatever leaves the family of Unix and netlink sockets: connections, and datagrams
        without one."""
        return [(program, address) for program, text in self.programs()
                for address in re.findall(r"^(?:connect|send\w+)\(.*?\{sa_family=AF_INET6?, ([^}]*)\}", text, re.MULTILINE)]

    def sent(self) -> str:
        """What bedrock-agent-net sent there, as it went over the wire; not what it answers the browser."""
        parts = []
        for program, text in self.programs():
            if program == "bedrock-agent-net":
                connected = set(re.findall(r"connect\((\d+), \{sa_family=AF_INET", text))
                parts += [data for descriptor, data in re.findall(r'sendto\((\d+), "((?:[^"\\]|\\.)*)"', text)
                          if descriptor in connected]
        return "".join(part.encode().decode("unicode_escape") for part in parts)

    def programs(self) -> list[tuple[str, str]]:
        """(program, its calls). A thread belongs to the program that made it, and so does a child until it starts one
        of its own."""
        lines = {file.suffix[1:]: file.read_text().splitlines() for file in self.folder.glob("trace.*")}
        makers = {made[1]: (number, at) for number in lines for at, line in enumerate(lines[number])
                  if (made := re.match(r"(?:clone3?|v?fork)\(.*\) = (\d+)$", line))}

        @cache
        def names_of(number: str) -> list[str]:
            """The program at each line of its file."""
            maker, at = makers.get(number, (None, 0))
            names = [names_of(maker)[at] if maker else ""]
            for line in lines[number]:
                started = re.match(r'execve\("(?:[^"]*/)?([^"/]+)".*= 0$', line)
                names.append(started[1] if started else names[-1])
            return names[1:]

        calls = defaultdict(list)
        for number in lines:
            for name, line in zip(names_of(number), lines[number]):
                calls[number, name].append(line)
        return [(name, "\n".join(those)) for (_, name), those in calls.items()]


@pytest.fixture
def trace(tmp_path):
    (tmp_path / "traces").mkdir()
    return Trace(tmp_path / "traces")


THREAD = """
import socket, threading
def send():
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"told", ("127.0.0.1", 53))
thread = threading.Thread(target=send)
thread.start()
thread.join()
"""


def test_what_a_thread_sends_is_seen(trace):
    """As of the one in which libcurl looks up a name."""
    subprocess.run([*trace.strace, sys.executable, "-c", THREAD], check=True, timeout=60)
    ((program, address),) = trace.internet()
    assert program.startswith("python3") and "htons(53)" in address


def test_a_whole_story(agent, home, sandbox, trace):
    """Setup with a sign-in, a model and all, a refresh, every command; the sandbox is AWS."""
    told = {"setup", "daemon"}
    agent.run(
        "setup", "--profile", "work-dev", "--region", "us-west-2", "--model", "opus", "--yes", "--no-enable",
        "--coalesce", under=trace.strace)
    agent.launch(*trace.strace)
    agent.wait_until_it_listens()
    agent.control("Refresh", session="corp")
    for command in (["status"], ["doctor"], ["log"], ["use", "no-bedrock", "--yes"], ["use", "-", "--yes"],
                    ["migrate", "--profile", "old-profile", "--yes", "--no-login"], ["cover", "1h", "--yes"], ["login"],
                    ["credentials", "--profile", "chained"], ["approve", "--yes"], ["fleet"], ["reset", "--yes"]):
        agent.run(*command, check=False, under=trace.strace)
        told.add(command[0])
    assert told == set(agent.commands()), "another command"
    assert len(agent.requests()) >= 1 and sandbox.record("AssumeRole")
    trace.stop(agent.process)
    agent.process = None

    places = trace.internet()
    port = sandbox.url.rpartition(":")[2]
    ours = {address for program, address in places if program.startswith("bedrock-agent")}
    assert len(ours) > 0 and all(f"htons({port})" in address and "127.0.0.1" in address for address in ours), ours
    assert {program for program, _ in places if program.startswith("bedrock-agent")} == {"bedrock-agent-net"}

    version = agent.run("--version").stdout.split()[-1]
    sent = trace.sent()
    assert "POST /token" in sent and "GET /inference-profiles" in sent
    headers = {name.lower() for name in re.findall(r"^([\w-]+): ", sent, re.MULTILINE)}
    assert headers <= HEADERS
    names = set(re.findall(r"^user-agent: (.*?)\r?$", sent, re.MULTILINE | re.IGNORECASE))
    assert names == {f"bedrock-agent-net/{version}"}
    # As the AWS CLI calls it.
    assert set(re.findall(r"[\w-]*corp[\w-]*", sent)) == {"botocore-client-corp"}
    for private in (socket.gethostname(), str(home.path), "claude", "AWS_PROFILE", "work-dev"):
        # Not as a part of a token, where a short name can be by chance.
        assert not re.search(rf"(?<![\w-]){re.escape(private)}(?![\w-])", sent), private
