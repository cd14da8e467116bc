"""The output of a daemon started by hand: lines with local times in a file, with syslog's `<N>` in a pipe."""

import re
import subprocess

from waiting import eventually

STARTED = re.compile(r"^2\d{3}-\d\d-\d\d \d\d:\d\d:\d\d  bedrock-agent \S+ started$", re.MULTILINE)


def test_a_file_gets_local_times(agent, signed_in):
    agent.use()
    agent.start()
    eventually(lambda: STARTED.search(agent.journal()), "it has said that it started")
    assert not re.search(r"^<\d>", agent.journal(), re.MULTILINE)
    agent.control("Refresh")
    line = eventually(lambda: agent.entries("refreshed until"), "the refresh is in the log")[0]
    assert re.search(r"refreshed until (\w{3} +\d+ \w{3} )?\d\d:\d\d$", line), line


def test_a_pipe_gets_priorities(agent):
    agent.use()
    daemon = subprocess.Popen(
        [agent.program, "daemon"], env=agent.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True)
    try:
        assert re.match(r"<6>bedrock-agent \S+ started$", daemon.stderr.readline())
    finally:
        daemon.terminate()
        daemon.wait()
        daemon.stderr.close()
