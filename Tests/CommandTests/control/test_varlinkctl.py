"""The control socket, used through varlinkctl of systemd 256 and later: older releases have none."""

import json
import subprocess

import pytest

from claude_settings import write_settings
from varlink_client import CONTROL


@pytest.fixture
def varlinkctl(agent):
    """Runs it as the daemon's user, on the socket where everybody has it."""
    assert agent.socket == agent.runtime.path / "bedrock-agent" / "control.sock"

    def run(verb: str, *arguments: str, option: str, status: int = 0) -> subprocess.CompletedProcess:
        result = subprocess.run(
            ["varlinkctl", option, verb, agent.socket, *arguments], capture_output=True, text=True, timeout=60,
            env=agent.environment)
        assert result.returncode == status, result.stdout + result.stderr
        return result

    return run


def test_it_introspects(varlinkctl):
    """It reads the interface, and prints it again from what it has understood."""
    info = json.loads(varlinkctl("info", option="--json=short").stdout)
    assert (info["product"], info["interfaces"]) == ("bedrock-agent", [CONTROL, "org.varlink.service"])
    printed = varlinkctl("introspect", CONTROL, option="--no-pager").stdout
    for member in (f"interface {CONTROL}", "type Session", "method Monitor", "error NoSuchSession"):
        assert member in printed, printed


def test_it_calls(varlinkctl, agent, home):
    status = json.loads(varlinkctl("call", f"{CONTROL}.GetStatus", "{}", option="--json=short").stdout)["status"]
    assert (status["condition"], status["daemon"]["pid"]) == ("sign-in-needed", agent.process.pid)
    replies = varlinkctl("call", f"{CONTROL}.SignIn", '{"session": "corp"}', option="--more").stdout
    assert [json.loads(reply)["state"] for reply in replies.split("\x1e")[1:]][-1] == "healthy"
    assert home.token()["refreshToken"]
    refused = varlinkctl("call", f"{CONTROL}.Refresh", '{"session": "nobody"}', option="--json=short", status=1)
    assert f"{CONTROL}.NoSuchSession" in refused.stderr


def test_it_monitors(agent, home):
    """Each change is a reply, as soon as it is there."""
    with subprocess.Popen(
            ["varlinkctl", "--more", "--json=short", "--timeout=60", "call", agent.socket, f"{CONTROL}.Monitor", "{}"],
            stdout=subprocess.PIPE, text=True, env=agent.environment) as monitor:
        assert json.loads(monitor.stdout.readline().lstrip("\x1e"))["status"]["condition"] == "sign-in-needed"
        write_settings(home.path, ANTHROPIC_MODEL="another")
        assert json.loads(monitor.stdout.readline().lstrip("\x1e"))["status"]["claude"]["model"] == "another"
        monitor.terminate()
