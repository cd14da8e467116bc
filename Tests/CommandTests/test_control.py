"""The control socket, as Varlink clients that nobody here wrote see it, and as nobody should use it."""

import contextlib
import json
import mmap
import os
import resource
import signal
import socket
import stat
import subprocess
from pathlib import Path

import pytest
import varlink

from control_agent import (
    COMMAND, CONTROL, NOBODY, SERVICE, ControlAgent, RawClient, RuntimeFolder, approve, as_nobody, settings,
    write_settings, write_whole)
from running_sandbox import die_with_parent
from waiting import eventually

GET_INFO = {"method": f"{SERVICE}.GetInfo"}
GET_STATUS = {"method": f"{CONTROL}.GetStatus"}
MONITOR = {"method": f"{CONTROL}.Monitor", "more": True}


@pytest.fixture(autouse=True)
def no_test_waits_for_ever():
    """PyPI's client has no time limit of its own."""
    def expire(*_):
        raise TimeoutError("no answer within a minute")

    signal.signal(signal.SIGALRM, expire)
    signal.alarm(60)
    yield
    signal.alarm(0)


@pytest.fixture
def runtime():
    folder = RuntimeFolder()
    yield folder
    folder.remove()


@pytest.fixture
def environment(home, sandbox):
    """Of the daemon: the sandbox is AWS, the browser presses Allow, and there is no display."""
    return home.environment(sandbox.environment, {"BROWSER": sandbox.browser()})


@pytest.fixture
def start_agent(build, home, environment, runtime, tmp_path):
    """Starts a daemon; it must end well when the test does."""
    started = []

    def start(**more) -> ControlAgent:
        agent = ControlAgent(
            build / "bedrock-agent", {**environment, **more}, runtime, tmp_path / "agent-errors.txt")
        started.append(agent)
        return agent

    yield start
    for agent in started:
        if agent.process.poll() is None:
            assert agent.stop() == 0, agent.errors.read_text()


@pytest.fixture
def agent(start_agent, home):
    """A daemon whose command is set and approved, and that has no token yet."""
    write_settings(home.path)
    approve(home.path, COMMAND)
    return start_agent()


@contextlib.contextmanager
def control(agent):
    with agent.client() as client, client.open(CONTROL) as connection:
        yield connection


def error_of(call, *arguments, **more) -> tuple:
    with pytest.raises(varlink.VarlinkError) as caught:
        call(*arguments, **more)
    return caught.value.error(), caught.value.parameters()


# What PyPI's client sees


def test_service_describes_itself(agent):
    with agent.client() as client, client.open(SERVICE) as service:
        info = service.GetInfo()
        assert (info["vendor"], info["product"]) == ("bedrock-agent", "bedrock-agent")
        assert info["version"]
        assert info["interfaces"] == [CONTROL, SERVICE]
        for name in info["interfaces"]:
            assert f"interface {name}\n" in service.GetInterfaceDescription(name)["description"]


def test_interface_is_the_contract(agent):
    with agent.client() as client:
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
    assert any(reply.get("code") for reply in replies)


def test_two_sign_ins_are_one(agent, sandbox):
    with agent.raw() as first, agent.raw() as second:
        for raw in (first, second):
            raw.send({"method": f"{CONTROL}.SignIn"})
        assert [raw.reply()["parameters"]["state"] for raw in (first, second)] == ["healthy", "healthy"]
    assert len(sandbox.record("StartDeviceAuthorization")) == 1


def test_pipelined_sign_ins_are_all_answered(agent, home):
    """The second call is taken when the first one is answered, and starts a sign-in of its own."""
    with agent.raw() as raw:
        raw.send({"method": f"{CONTROL}.SignIn"}, {"method": f"{CONTROL}.SignIn"}, GET_INFO)
        assert raw.reply()["parameters"]["state"] == "healthy"
        assert raw.reply()["parameters"]["state"] == "healthy"
        assert raw.reply()["parameters"]["product"] == "bedrock-agent"


def test_monitor_follows_changes(agent, home):
    with agent.client() as client, client.open(CONTROL) as connection:
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
    with agent.raw() as monitor, agent.raw() as other:
        monitor.send(MONITOR)
        first = monitor.reply()
        assert first["continues"] is True
        for _ in range(3):
            assert other.call(f"{CONTROL}.Reload")["parameters"] == {}
        monitor.socket.setblocking(False)
        with pytest.raises(BlockingIOError):
            monitor.socket.recv(1)


# Every error


def test_no_such_session(agent):
    with control(agent) as connection:
        for method in (connection.SignIn, connection.Refresh):
            assert error_of(method, "nobody") == (f"{CONTROL}.NoSuchSession", {"session": "nobody"})


def test_not_approved(agent, home):
    write_settings(home.path, "touch ran; aws sso login --profile work-dev")
    eventually(lambda: not agent.status()["claude"]["approved"], "the change is seen")
    with control(agent) as connection:
        assert error_of(connection.SignIn)[0] == f"{CONTROL}.NotApproved"
        # Approving another text than the one that is there approves nothing.
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
    command = "echo the reason it gives; exit 7"
    write_settings(home.path, command)
    approve(home.path, command)
    eventually(lambda: agent.status()["claude"]["awsAuthRefresh"] == command, "the change is seen")
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
        # The same token is not tried twice, and nobody waits for that.
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
    with agent.raw() as raw:
        raw.send(call, GET_INFO)
        reply = raw.reply()
        assert (reply["error"], reply.get("parameters", {})) == (f"{SERVICE}.{error}", parameters)
        assert "continues" not in reply
        # The connection is as good as before.
        assert raw.reply()["parameters"]["product"] == "bedrock-agent"


def test_status_without_an_answer_is_read_from_disk(agent):
    """Exit 1 would say that the session has a warning."""
    stopped = agent.command("status", "--json")
    agent.process.send_signal(signal.SIGSTOP)
    try:
        result = agent.command("status", "--json")
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
    with agent.raw() as raw:
        raw.send({**call, "more": False, "oneway": None, "upgrade": False, "com.example.extension": {"a": 1}})
        assert raw.reply()["error"] == f"{CONTROL}.Unguarded"


# Clients that do as they please, and one beside them that must not notice


def test_oneway_has_no_answer(agent):
    with agent.raw() as raw:
        raw.send({**GET_STATUS, "oneway": True}, {"method": f"{CONTROL}.Monitor", "oneway": True},
                 {"method": f"{CONTROL}.Nothing", "oneway": True}, {"method": f"{CONTROL}.Reload", "oneway": True},
                 GET_INFO)
        assert raw.reply()["parameters"]["product"] == "bedrock-agent"


def test_oneway_sign_in_holds_nothing_up(agent, home, tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    command = f"cat '{gate}'"
    write_settings(home.path, command)
    approve(home.path, command)
    eventually(lambda: is_approved(agent, command), "the change is seen")
    with agent.raw() as raw:
        raw.send({"method": f"{CONTROL}.SignIn", "oneway": True}, GET_STATUS)
        assert raw.reply()["parameters"]["status"]["version"] == 1
        eventually(lambda: agent.status()["condition"] == "signing-in", "the sign-in runs")
        with gate.open("w"):
            pass
        eventually(lambda: agent.status()["condition"] != "signing-in", "the command has ended")
        raw.send(GET_INFO)
        assert raw.reply()["parameters"]["product"] == "bedrock-agent"


def test_pipelined_calls_are_answered_in_order(agent):
    names = [f"org.example.I{number}" for number in range(500)]
    with agent.raw() as raw:
        raw.send(*({"method": f"{SERVICE}.GetInterfaceDescription", "parameters": {"interface": name}}
                   for name in names))
        assert [raw.reply()["parameters"]["interface"] for _ in names] == names


MALFORMED = {
    "oneway and more": {**GET_STATUS, "oneway": True, "more": True},
    "upgrade": {**GET_STATUS, "upgrade": True},
    "repeated key": b'{"method":"org.varlink.service.GetInfo","method":"org.varlink.service.GetInfo"}',
    "repeated key, escaped": b'{"method":"org.varlink.service.GetInfo","\\u006dethod":"org.varlink.service.GetInfo"}',
    "unknown key": {**GET_INFO, "methods": 1},
    "not JSON": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "empty": b"",
    "an array": [GET_INFO],
    "a string": "org.varlink.service.GetInfo",
    "no method": {"parameters": {}},
    "method is a number": {"method": 1},
    "parameters is a list": {**GET_INFO, "parameters": []},
    "more is a string": {**GET_INFO, "more": "true"},
    "two values": b"{}{}",
    "not UTF-8": b'{"method":"\xff\xfe"}',
    "half a surrogate": b'{"method":"\\ud800"}\x00',
    "deep": b'{"method":"a.B","parameters":' + b"[" * 60_000 + b"]" * 200 + b"}",
    "deep objects": b'{"method":"a.B","parameters":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}",
}


@pytest.mark.parametrize("message", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_no_call_ends_the_connection(agent, message):
    with agent.raw() as ordinary, agent.raw() as raw:
        assert ordinary.call(**GET_INFO)["parameters"]
        # What was asked before is still answered.
        raw.send(GET_INFO, message, GET_INFO)
        assert raw.reply()["parameters"]["product"] == "bedrock-agent"
        if isinstance(message, bytes) and b"ud800" in message:
            # A string that is no text may also be a method that does not exist.
            with contextlib.suppress(ConnectionError):
                assert "error" in raw.reply()
        else:
            assert raw.is_dropped()
        assert ordinary.call(**GET_INFO)["parameters"]
    assert agent.status()["daemon"]["pid"] == agent.process.pid


def test_a_message_without_end(agent):
    with agent.raw() as raw, agent.raw() as ordinary:
        raw.write(b'{"method":"' + b"x" * 50_000)
        assert ordinary.call(**GET_STATUS)["parameters"]
        with pytest.raises(ConnectionError):
            for _ in range(10_000):
                raw.write(b"x" * 65536)
                assert ordinary.call(**GET_STATUS)["parameters"]
        assert ordinary.call(**GET_STATUS)["parameters"]


@pytest.mark.parametrize("size", [1 << 17, 1 << 20, 8 << 20])
def test_a_huge_message(agent, size):
    with agent.raw() as raw, agent.raw() as ordinary:
        with contextlib.suppress(ConnectionError):
            raw.send({**GET_INFO, "parameters": {"x": "y" * size}})
        assert raw.is_dropped()
        assert ordinary.call(**GET_STATUS)["parameters"]


def test_a_large_message_that_is_allowed(agent):
    name = "x" * 60_000
    with agent.raw() as raw:
        assert raw.call(f"{CONTROL}.Refresh", {"session": name})["parameters"]["session"] == name


def test_byte_by_byte(agent):
    message = json.dumps(GET_STATUS).encode() + b"\0"
    with agent.raw() as raw, agent.raw() as ordinary:
        for byte in message:
            raw.write(bytes([byte]))
            assert ordinary.call(**GET_INFO)["parameters"]
        assert raw.reply()["parameters"]["status"]["version"] == 1


@pytest.fixture
def many_files():
    """Leave to have thousands of sockets."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert hard == resource.RLIM_INFINITY or hard >= 8192, "this test opens thousands of sockets: ulimit -Hn 8192"
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 8192), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("first", [None, b'{"method":"org.varl', json.dumps(MONITOR).encode() + b"\0"],
                         ids=["silent", "half a call", "monitor"])
def test_thousands_of_connections(agent, many_files, first):
    with contextlib.ExitStack() as open_ones:
        for _ in range(3000):
            raw = open_ones.enter_context(agent.raw())
            if first:
                with contextlib.suppress(ConnectionError):
                    raw.write(first)
        for _ in range(3):
            assert agent.status()["version"] == 1
        assert agent.command("status").returncode == 2
    assert agent.status()["version"] == 1


def test_hundreds_that_never_read(agent, many_files):
    """Each leaves more unread than its socket takes."""
    with contextlib.ExitStack() as open_ones:
        for _ in range(400):
            raw = open_ones.enter_context(agent.raw())
            with contextlib.suppress(ConnectionError):
                raw.send(*[{"method": f"{SERVICE}.GetInterfaceDescription", "parameters": {"interface": CONTROL}}] * 200)
        assert agent.status()["version"] == 1


def is_approved(agent, command):
    """Not merely what was approved before the settings changed."""
    claude = agent.status()["claude"]
    return claude["awsAuthRefresh"] == command and claude["approved"]


def test_half_closed_with_a_call_pending(agent, home, tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    command = f"cat '{gate}'; exit 3"
    write_settings(home.path, command)
    approve(home.path, command)
    eventually(lambda: is_approved(agent, command), "the change is seen")
    with agent.raw() as raw:
        raw.send({"method": f"{CONTROL}.SignIn"}, GET_INFO)
        raw.finish_sending()
        assert agent.status()["condition"] == "signing-in"
        with gate.open("w"):
            pass
        assert raw.reply()["error"] == f"{CONTROL}.SignInFailed"
        assert raw.reply()["parameters"]["product"] == "bedrock-agent"
        assert raw.is_dropped()


def test_half_closed_monitor_goes_on(agent, home):
    with agent.raw() as raw:
        raw.send(MONITOR)
        raw.finish_sending()
        assert raw.reply()["continues"]
        write_settings(home.path, ANTHROPIC_MODEL="another")
        assert raw.reply()["parameters"]["status"]["claude"]["model"] == "another"


def test_a_monitor_that_never_reads_gets_the_newest_in_the_end(agent, home):
    """More than its socket holds is not kept for it: it gets what is true when it reads again."""
    changes = 40
    with agent.raw() as lazy, agent.raw() as eager:
        lazy.send(MONITOR)
        eager.send(MONITOR)
        eager.reply()
        for number in range(changes):
            model = f"{number}-" + "x" * 20_000
            write_settings(home.path, ANTHROPIC_MODEL=model)
            while eager.reply()["parameters"]["status"]["claude"]["model"] != model:
                pass
            assert agent.status()["claude"]["model"] == model
        seen = [lazy.reply()["parameters"]["status"]["claude"]["model"]]
        while seen[-1] != model:
            seen.append(lazy.reply()["parameters"]["status"]["claude"]["model"])
        assert len(seen) < changes


def test_clients_that_vanish(agent, home):
    """In the middle of a call, of a reply, of a monitor, and of a sign-in that others joined."""
    command = "sleep 0.2; exit 1"
    write_settings(home.path, command)
    approve(home.path, command)
    eventually(lambda: is_approved(agent, command), "the change is seen")
    with agent.raw() as waiting:
        for number in range(20):
            for message in (b'{"method"', MONITOR, {"method": f"{CONTROL}.SignIn", "more": True}, GET_STATUS):
                with agent.raw() as raw:
                    raw.write(message) if isinstance(message, bytes) else raw.send(message)
            if number == 0:
                waiting.send({"method": f"{CONTROL}.SignIn"})
            write_settings(home.path, command, ANTHROPIC_MODEL=f"m{number}")
        assert waiting.reply()["error"] == f"{CONTROL}.SignInFailed"
    assert agent.status()["daemon"]["pid"] == agent.process.pid


# Whose socket it is


def test_modes(agent):
    assert stat.S_IMODE(agent.socket.stat().st_mode) == 0o600
    assert stat.S_IMODE(agent.socket.parent.stat().st_mode) == 0o700
    assert stat.S_ISSOCK(agent.socket.stat().st_mode)


def test_a_folder_that_was_open_is_closed(start_agent, home, runtime):
    runtime.socket.parent.mkdir(mode=0o755)
    agent = start_agent()
    assert stat.S_IMODE(agent.socket.parent.stat().st_mode) == 0o700


def test_another_user_is_not_answered(agent):
    """With every file mode out of the way, so that only the check of the peer is left."""
    agent.runtime.path.chmod(0o755)
    agent.socket.parent.chmod(0o755)
    agent.socket.chmod(0o666)

    def ask():
        with RawClient(agent.socket) as raw:
            return raw.call(**GET_INFO)["parameters"]["product"]

    assert as_nobody(lambda: os.getuid()) == str(NOBODY)
    assert as_nobody(ask) in ("ConnectionResetError", "BrokenPipeError")
    assert ask() == "bedrock-agent"


# Beginning and end


def test_term_ends_it_and_removes_the_socket(agent):
    assert agent.socket.exists()
    assert agent.stop() == 0
    assert not agent.socket.exists()


def test_int_ends_it_too(agent):
    assert agent.stop(signal.SIGINT) == 0
    assert not agent.socket.exists()


def test_a_socket_left_by_a_killed_daemon_is_replaced(agent, start_agent):
    agent.process.kill()
    agent.process.wait()
    assert agent.socket.exists()
    result = agent.command("status")
    assert result.returncode == 3 and "daemon is not running" in result.stdout
    assert start_agent().status()["version"] == 1


def test_hup_reads_everything_again(agent, home):
    path = home.path / ".claude" / "settings.json"
    assert agent.status()["claude"]["region"] == "us-west-2"
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
        # Written through memory, a change raises no event; only asking again can show it.
        start = memory.find(b"us-west-2")
        memory[start:start + 9] = b"eu-west-1"
        assert agent.status()["claude"]["region"] == "us-west-2"
        agent.process.send_signal(signal.SIGHUP)
        eventually(lambda: agent.status()["claude"]["region"] == "eu-west-1", "the file was read again")
        memory[start:start + 9] = b"us-east-1"
        with control(agent) as connection:
            assert connection.Reload() == {}
            assert connection.GetStatus()["status"]["claude"]["region"] == "us-east-1"


def test_a_folder_above_that_is_swapped_is_followed(start_agent, home):
    """Nothing in the folder itself changes when one above it is renamed."""
    above = home.path / "dotfiles"
    (above / "claude" / "now").mkdir(parents=True)
    (above / "claude" / "now" / "settings.json").write_text(json.dumps(settings()))
    agent = start_agent(CLAUDE_CONFIG_DIR=str(above / "claude" / "now"))
    assert agent.status()["claude"]["region"] == "us-west-2"
    above.rename(home.path / "dotfiles.old")
    (above / "claude" / "now").mkdir(parents=True)
    (above / "claude" / "now" / "settings.json").write_text(json.dumps(settings(AWS_REGION="eu-west-1")))
    eventually(lambda: agent.status()["claude"].get("region") == "eu-west-1", "the new folder is read")


def test_a_second_daemon_gives_way(agent):
    before = agent.socket.stat().st_ino
    result = agent.command("daemon")
    assert result.returncode not in (0, 64)
    assert "already running" in result.stderr and str(agent.socket) in result.stderr
    assert agent.socket.stat().st_ino == before
    assert agent.status()["daemon"]["pid"] == agent.process.pid


class NotifySocket:
    """Where a service manager would listen."""

    def __init__(self, path: Path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.settimeout(10)

    def next(self) -> dict:
        return dict(line.split("=", 1) for line in self.socket.recv(4096).decode().splitlines())

    def until(self, key: str) -> list:
        seen = [self.next()]
        while key not in seen[-1]:
            seen.append(self.next())
        return seen


def test_tells_the_service_manager(start_agent, home, runtime):
    write_settings(home.path)
    approve(home.path, COMMAND)
    notify = NotifySocket(runtime.path / "notify")
    agent = start_agent(NOTIFY_SOCKET=str(runtime.path / "notify"))
    ready = notify.until("READY")[-1]
    assert ready["READY"] == "1" and "sign-in-needed" in ready["STATUS"]
    agent.process.send_signal(signal.SIGHUP)
    assert any(said.get("RELOADING") == "1" for said in notify.until("READY"))
    with control(agent) as connection:
        assert connection.SignIn()["state"] == "healthy"
    while "healthy" not in notify.until("STATUS")[-1]["STATUS"]:
        pass
    assert agent.stop() == 0
    assert notify.until("STOPPING")[-1]["STOPPING"] == "1"


def test_feeds_the_watchdog(start_agent, runtime):
    notify = NotifySocket(runtime.path / "notify")
    start_agent(NOTIFY_SOCKET=str(runtime.path / "notify"), WATCHDOG_USEC="400000")
    for _ in range(3):
        notify.until("WATCHDOG")


def test_socket_activation(build, home, environment, runtime, tmp_path):
    activate = Path("/usr/bin/systemd-socket-activate")
    assert activate.exists(), f"{activate} is missing: apt-get install systemd"
    write_settings(home.path)
    runtime.socket.parent.mkdir(mode=0o700)
    passed = {**environment, "XDG_RUNTIME_DIR": str(runtime.path)}
    process = subprocess.Popen(
        [activate, f"--listen={runtime.socket}", *(f"--setenv={name}" for name in passed),
         build / "bedrock-agent", "daemon"], env=passed, stderr=(tmp_path / "errors").open("w"),
        preexec_fn=die_with_parent)
    eventually(runtime.socket.exists, "the manager listens")
    inode = runtime.socket.stat().st_ino
    with RawClient(runtime.socket) as raw:
        status = raw.call(**GET_STATUS)["parameters"]["status"]
        assert status["daemon"]["pid"] == process.pid
    assert runtime.socket.stat().st_ino == inode
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0, (tmp_path / "errors").read_text()
    # It belongs to the manager, which may start the daemon again with it.
    assert runtime.socket.stat().st_ino == inode


# Where it cannot begin


def daemon(build, environment, **more):
    result = subprocess.run(
        [build / "bedrock-agent", "daemon"], env={**environment, **more}, capture_output=True, text=True,
        stdin=subprocess.DEVNULL, timeout=30)
    assert result.returncode not in (0, 64), result.stderr
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr


def test_a_socket_path_that_is_too_long(build, environment, runtime):
    folder = runtime.path / ("x" * 100)
    folder.mkdir()
    said = daemon(build, environment, XDG_RUNTIME_DIR=str(folder))
    assert "107" in said and "XDG_RUNTIME_DIR" in said and str(folder) in said
    # Nobody can listen there, so nobody does.
    status = subprocess.run(
        [build / "bedrock-agent", "status"], env={**environment, "XDG_RUNTIME_DIR": str(folder)},
        capture_output=True, text=True, timeout=30)
    assert status.returncode == 3, status.stderr


@pytest.fixture
def public_build(build, runtime):
    """The daemon's program where every user can run it."""
    runtime.path.chmod(0o755)
    copy = runtime.path / "bin"
    copy.mkdir()
    os.link(build / "bedrock-agent", copy / "bedrock-agent") if os.stat(build).st_dev == os.stat(copy).st_dev else None
    if not (copy / "bedrock-agent").exists():
        (copy / "bedrock-agent").write_bytes((build / "bedrock-agent").read_bytes())
    (copy / "bedrock-agent").chmod(0o755)
    return copy


@pytest.mark.parametrize("runtime_dir", ["unset", "unwritable", "a file", "somebody else's"])
def test_no_runtime_folder(public_build, runtime, runtime_dir):
    """As an ordinary user: root may do anything."""
    assert os.geteuid() == 0, "this test runs the daemon as another user: run it as root"
    home = runtime.path / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    folder = runtime.path / "run"
    expected = folder
    if runtime_dir == "unset":
        expected = Path(f"/run/user/{NOBODY}")
    elif runtime_dir == "a file":
        folder.write_text("")
    else:
        folder.mkdir(mode=0o755)
        if runtime_dir == "somebody else's":
            (folder / "bedrock-agent").mkdir(mode=0o777)
            (folder / "bedrock-agent").chmod(0o777)
    if runtime_dir != "unset":
        environment["XDG_RUNTIME_DIR"] = str(folder)
    result = subprocess.run(
        [public_build / "bedrock-agent", "daemon"], env=environment, capture_output=True, text=True, timeout=30,
        user=NOBODY, group=NOBODY, extra_groups=[])
    assert result.returncode not in (0, 64)
    assert str(expected) in result.stderr and "XDG_RUNTIME_DIR" in result.stderr, result.stderr
    assert result.stderr.count("\n") == 1, result.stderr
