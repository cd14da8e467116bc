"""Every error reply of the control socket."""

import json
import signal
from pathlib import Path

import pytest

from calls import GET_INFO, control, error_of, sign_in_by
from claude_settings import COMMAND, write_settings
from varlink_client import CONTROL, SERVICE, fill_queue
from waiting import eventually


def test_no_such_session(agent):
    with control(agent) as connection:
        for method in (connection.SignIn, connection.Refresh):
            assert error_of(method, "nobody") == (f"{CONTROL}.NoSuchSession", {"session": "nobody"})


def test_not_approved(agent, home):
    write_settings(home.path, "touch ran; aws sso login --profile work-dev")
    eventually(lambda: not agent.status()["claude"]["approved"], "the change is seen")
    with control(agent) as connection:
        assert error_of(connection.SignIn)[0] == f"{CONTROL}.NotApproved"
        # Approving another command than the configured one has no effect.
        assert error_of(connection.Approve, COMMAND) == (f"{SERVICE}.InvalidParameter", {"parameter": "command"})
        assert connection.GetStatus()["status"]["claude"]["approved"] is False
    assert not (home.path / "ran").exists() and not Path("ran").exists()


def test_approved_over_the_socket(agent, home):
    write_settings(home.path, "echo approved; aws sso login --profile work-dev")
    eventually(lambda: not agent.status()["claude"]["approved"], "the change is seen")
    with control(agent) as connection:
        assert connection.Approve("echo approved; aws sso login --profile work-dev") == {}
        assert connection.GetStatus()["status"]["claude"]["approved"] is True
        assert connection.SignIn()["state"] == "healthy"


def test_sign_in_failed(agent, home):
    sign_in_by(agent, home, "echo the reason it gives; exit 7")
    with control(agent) as connection:
        name, parameters = error_of(connection.SignIn)
    assert name == f"{CONTROL}.SignInFailed"
    assert "status 7" in parameters["reason"] and "the reason it gives" in parameters["reason"]


def test_unguarded(agent, home):
    with control(agent) as connection:
        name, parameters = error_of(connection.Refresh)
        assert name == f"{CONTROL}.Unguarded" and "bedrock-agent login" in parameters["reason"]
    write_settings(home.path, AWS_BEARER_TOKEN_BEDROCK="secret-value")
    eventually(lambda: agent.status()["condition"] == "unguarded", "the change is seen")
    with control(agent) as connection:
        for method in (connection.SignIn, connection.Refresh):
            name, parameters = error_of(method)
            assert name == f"{CONTROL}.Unguarded" and "AWS_BEARER_TOKEN_BEDROCK" in parameters["reason"]
            assert "secret-value" not in parameters["reason"]


def test_refresh_of_an_ended_session_is_answered(agent, sandbox):
    with control(agent) as connection:
        assert connection.SignIn()["state"] == "healthy"
        sandbox.revoke(hard=True)
        assert connection.Refresh() == {}
        assert connection.GetStatus()["status"]["condition"] == "sign-in-needed"
        # The same token is not tried twice, and the call returns at once.
        name, parameters = error_of(connection.Refresh)
        assert name == f"{CONTROL}.Unguarded" and parameters["reason"]


@pytest.mark.parametrize(("call", "error", "parameters"), [
    ({"method": "org.bedrockagent.Nothing.Get"}, "InterfaceNotFound", {"interface": "org.bedrockagent.Nothing"}),
    ({"method": f"{CONTROL}.Nothing"}, "MethodNotFound", {"method": f"{CONTROL}.Nothing"}),
    ({"method": f"{SERVICE}.Nothing"}, "MethodNotFound", {"method": f"{SERVICE}.Nothing"}),
    ({"method": "nothing"}, "InvalidParameter", {"parameter": "method"}),
    ({"method": ""}, "InvalidParameter", {"parameter": "method"}),
    ({"method": f"{SERVICE}.GetInterfaceDescription"}, "InvalidParameter", {"parameter": "interface"}),
    ({"method": f"{SERVICE}.GetInterfaceDescription", "parameters": {"interface": "org.no"}}, "InterfaceNotFound",
     {"interface": "org.no"}),
    ({"method": f"{SERVICE}.GetInterfaceDescription", "parameters": {"interface": 1}}, "InvalidParameter",
     {"parameter": "interface"}),
    ({"method": f"{CONTROL}.Monitor"}, "ExpectedMore", {}),
    ({"method": f"{CONTROL}.GetStatus", "parameters": {"verbose": True}}, "InvalidParameter",
     {"parameter": "verbose"}),
    ({"method": f"{CONTROL}.SignIn", "parameters": {"session": 5}}, "InvalidParameter", {"parameter": "session"}),
    ({"method": f"{CONTROL}.SignIn", "parameters": {"sesion": "corp"}}, "InvalidParameter", {"parameter": "sesion"}),
    ({"method": f"{CONTROL}.Refresh", "parameters": {"session": ["corp"]}}, "InvalidParameter",
     {"parameter": "session"}),
    ({"method": f"{CONTROL}.Approve"}, "InvalidParameter", {"parameter": "command"}),
    ({"method": f"{CONTROL}.Approve", "parameters": {"command": None}}, "InvalidParameter", {"parameter": "command"}),
    ({"method": f"{CONTROL}.Reload", "parameters": {"force": True}}, "InvalidParameter", {"parameter": "force"}),
])
def test_errors_of_the_service_interface(agent, call, error, parameters):
    with agent.client() as raw:
        raw.send(call, GET_INFO)
        reply = raw.reply()
        assert (reply["error"], reply.get("parameters", {})) == (f"{SERVICE}.{error}", parameters)
        assert "continues" not in reply
        # The connection still works.
        assert raw.reply()["parameters"]["product"] == "bedrock-agent"


@pytest.mark.parametrize("is_full", [False, True], ids=["silent", "with a full queue"])
def test_status_without_an_answer_is_read_from_disk(agent, is_full):
    """Exit status 1 would mean that the session has a warning."""
    stopped = agent.run("status", "--json", check=False)
    agent.process.send_signal(signal.SIGSTOP)
    if is_full:
        fill_queue(agent.socket)
    try:
        result = agent.run("status", "--json", check=False)
    finally:
        agent.process.send_signal(signal.SIGCONT)
    assert stopped.returncode == 2
    assert result.returncode == 3 and "does not answer" in result.stderr
    assert json.loads(result.stdout)["daemon"]["running"] is False
    assert json.loads(result.stdout)["sessions"] == json.loads(stopped.stdout)["sessions"]


@pytest.mark.parametrize("parameters", [None, {}, "null", {"session": None}])
def test_absent_parameters_may_be_spelled_in_any_way(agent, parameters):
    method = f"{CONTROL}.Refresh"
    call = {"method": method} if parameters is None else {
        "method": method, "parameters": None if parameters == "null" else parameters}
    with agent.client() as raw:
        raw.send({**call, "more": False, "oneway": None, "upgrade": False, "com.example.extension": {"a": 1}})
        assert raw.reply()["error"] == f"{CONTROL}.Unguarded"
