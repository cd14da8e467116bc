"""The service as a user controls it: enabled, started by its socket, stopped, restarted, reloaded."""

from machine_agent import SERVICE, SOCKET
from waiting import eventually


def test_enabled_once_it_runs_and_answers(agent):
    agent.enable()
    status = agent.wait_until("healthy")
    assert status["exit"] == 0 and status["complaints"] == ""
    assert status["daemon"]["pid"] == agent.pid()
    assert agent.user.property(SERVICE, "StatusText").startswith("healthy")
    started = agent.user.journal(SERVICE, "SYSLOG_IDENTIFIER=bedrock-agent")[0]
    assert started["MESSAGE"].startswith("bedrock-agent") and len(started["MESSAGE_ID"]) == 32


def test_asking_for_status_starts_it(agent):
    agent.user.systemctl("start", SOCKET)
    assert agent.pid() == 0
    status = agent.status()
    assert (status["condition"], status["daemon"]["running"], status["complaints"]) == ("healthy", True, "")
    assert agent.pid() == status["daemon"]["pid"]


def test_stopped_with_its_socket_it_is_gone(running):
    running.user.systemctl("stop", SERVICE, SOCKET)
    assert running.user.property(SERVICE, "Result") == "success"
    status = running.status()
    assert (status["exit"], status["daemon"]["running"], status["condition"]) == (3, False, "healthy")


def test_stopped_alone_it_comes_back_for_whoever_asks(running):
    before = running.pid()
    running.user.systemctl("stop", SERVICE)
    assert running.status()["daemon"]["pid"] not in (0, before)


def test_reload_reads_everything_anew(running):
    before = running.pid()
    running.user.systemctl("reload", SERVICE)
    assert running.pid() == before
    assert running.wait_until("healthy")["daemon"]["pid"] == before
    assert eventually(lambda: running.user.property(SERVICE, "ActiveState") == "active", "reloaded")


def test_by_hand_it_leaves_the_socket_to_systemd(running):
    running.user.systemctl("stop", SERVICE)
    refused = running.user.run("bedrock-agent", "daemon", check=False)
    assert refused.returncode == 1 and "systemctl --user stop bedrock-agent.socket" in refused.stderr
    assert running.status()["daemon"]["running"]
