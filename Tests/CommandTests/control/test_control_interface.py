"""The control socket, used through the independent Varlink client from PyPI."""

import pytest

from aws_cli import redirects
from calls import GET_INFO, MONITOR, control, pypi_client
from claude_settings import COMMAND, write_settings
from varlink_client import CONTROL, SERVICE


def test_service_describes_itself(agent):
    with pypi_client(agent) as client, client.open(SERVICE) as service:
        info = service.GetInfo()
        assert (info["vendor"], info["product"]) == ("bedrock-agent", "bedrock-agent")
        assert info["version"]
        assert info["interfaces"] == [CONTROL, SERVICE]
        for name in info["interfaces"]:
            assert f"interface {name}\n" in service.GetInterfaceDescription(name)["description"]


def test_interface_is_the_contract(agent):
    with pypi_client(agent) as client:
        interface = client.get_interface(CONTROL)
    methods = {name for name, member in interface.members.items() if type(member).__name__ == "_Method"}
    errors = {name for name, member in interface.members.items() if type(member).__name__ == "_Error"}
    assert methods == {"GetStatus", "Monitor", "SignIn", "Refresh", "Approve", "Reload"}
    assert errors == {"NoSuchSession", "NotApproved", "SignInFailed", "Unguarded"}


def test_every_method(agent, home):
    with control(agent) as connection:
        status = connection.GetStatus()["status"]
        assert status["version"] == 1
        assert status["condition"] == "sign-in-needed"
        assert status["daemon"]["pid"] == agent.process.pid
        assert status["claude"]["approved"] is True
        assert status["sessions"][0]["profiles"] == ["work-dev"]

        assert connection.SignIn()["state"] == "healthy"
        first = home.token()
        assert connection.GetStatus()["status"]["condition"] == "healthy"

        assert connection.Refresh("corp") == {}
        assert home.token()["accessToken"] != first["accessToken"]

        assert connection.Reload() == {}
        assert connection.Approve(COMMAND) == {}


def test_sign_in_with_more_says_where(agent, sandbox):
    with control(agent) as connection:
        replies = list(connection.SignIn("corp", _more=True))
    assert [reply["state"] for reply in replies[:-1]] == ["signing-in"] * (len(replies) - 1)
    assert replies[-1]["state"] == "healthy"
    shown = [reply for reply in replies if reply.get("url")]
    assert shown and shown[-1]["url"].startswith(sandbox.url)
    assert any(reply.get("code") for reply in replies) or redirects()


def test_two_sign_ins_are_one(agent, sandbox):
    with agent.client() as first, agent.client() as second:
        for raw in (first, second):
            raw.send({"method": f"{CONTROL}.SignIn"})
        assert [raw.reply()["parameters"]["state"] for raw in (first, second)] == ["healthy", "healthy"]
    assert sandbox.prompts() == 1


def test_pipelined_sign_ins_are_all_answered(agent, home):
    """The second call is handled after the first one is answered, and starts a sign-in of its own."""
    with agent.client() as raw:
        raw.send({"method": f"{CONTROL}.SignIn"}, {"method": f"{CONTROL}.SignIn"}, GET_INFO)
        assert raw.reply()["parameters"]["state"] == "healthy"
        assert raw.reply()["parameters"]["state"] == "healthy"
        assert raw.reply()["parameters"]["product"] == "bedrock-agent"


def test_monitor_follows_changes(agent, home):
    with pypi_client(agent) as client, client.open(CONTROL) as connection:
        monitor = connection.Monitor(_more=True)
        assert next(monitor)["status"]["condition"] == "sign-in-needed"
        write_settings(home.path, ANTHROPIC_MODEL="another")
        assert next(monitor)["status"]["claude"]["model"] == "another"
        with control(agent) as other:
            assert other.SignIn()["state"] == "healthy"
        seen = [next(monitor)["status"]["condition"]]
        while seen[-1] != "healthy":
            seen.append(next(monitor)["status"]["condition"])
        assert seen[0] == "signing-in"


def test_monitor_says_nothing_where_nothing_changed(agent):
    with agent.client() as monitor, agent.client() as other:
        monitor.send(MONITOR)
        first = monitor.reply()
        assert first["continues"] is True
        for _ in range(3):
            assert other.call(f"{CONTROL}.Reload")["parameters"] == {}
        monitor.socket.setblocking(False)
        with pytest.raises(BlockingIOError):
            monitor.socket.recv(1)
