"""Malformed calls, calls that are too large, and too many calls; another client must not be affected."""

import contextlib
import json
import resource

import pytest

from calls import GET_INFO, GET_STATUS, MONITOR
from upkeep import Upkeep
from varlink_client import CONTROL, SERVICE


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
    with agent.client() as ordinary, agent.client() as raw:
        assert ordinary.call(**GET_INFO)["parameters"]
        # Earlier calls are still answered.
        raw.send(GET_INFO, message, GET_INFO)
        assert raw.reply()["parameters"]["product"] == "bedrock-agent"
        if isinstance(message, bytes) and b"ud800" in message:
            # A string that is not valid Unicode may also be taken for an unknown method.
            with contextlib.suppress(ConnectionError):
                assert "error" in raw.reply()
        else:
            assert raw.is_dropped()
        assert ordinary.call(**GET_INFO)["parameters"]
    assert agent.status()["daemon"]["pid"] == agent.process.pid


def test_a_message_without_end(agent):
    with agent.client() as raw, agent.client() as ordinary:
        raw.write(b'{"method":"' + b"x" * 50_000)
        assert ordinary.call(**GET_STATUS)["parameters"]
        with pytest.raises(ConnectionError):
            for _ in range(10_000):
                raw.write(b"x" * 65536)
                assert ordinary.call(**GET_STATUS)["parameters"]
        assert ordinary.call(**GET_STATUS)["parameters"]


@pytest.mark.parametrize("size", [1 << 17, 1 << 20, 16 << 20])
def test_a_huge_message(agent, size):
    upkeep = Upkeep(agent.process.pid)
    agent.status()
    before = upkeep.peak()
    with agent.client() as raw, agent.client() as ordinary:
        with contextlib.suppress(ConnectionError):
            raw.send({**GET_INFO, "parameters": {"x": "y" * size}})
        assert raw.is_dropped()
        assert ordinary.call(**GET_STATUS)["parameters"]
    # In kB: a call is 64 KiB at most, and so much of it was read before that was seen.
    assert upkeep.peak() - before < 2048


def test_frames_of_16_mib_from_many_at_once(agent):
    """Each of them sends one, piece by piece, beside the others."""
    upkeep = Upkeep(agent.process.pid)
    agent.status()
    before, piece = upkeep.peak(), b"x" * (1 << 16)
    with contextlib.ExitStack() as open_ones:
        clients = [open_ones.enter_context(agent.client()) for _ in range(200)]
        for client in clients:
            client.write(b'{"method":"')
        for _ in range((16 << 20) // len(piece)):
            for client in list(clients):
                try:
                    client.write(piece)
                except ConnectionError:
                    clients.remove(client)
            assert agent.status()["version"] == 1
            if not clients:
                break
        assert not clients, "each was ended"
    assert upkeep.peak() - before < 24 * 1024


def test_a_large_message_that_is_allowed(agent):
    name = "x" * 60_000
    with agent.client() as raw:
        assert raw.call(f"{CONTROL}.Refresh", {"session": name})["parameters"]["session"] == name


def test_byte_by_byte(agent):
    message = json.dumps(GET_STATUS).encode() + b"\0"
    with agent.client() as raw, agent.client() as ordinary:
        for byte in message:
            raw.write(bytes([byte]))
            assert ordinary.call(**GET_INFO)["parameters"]
        assert raw.reply()["parameters"]["status"]["version"] == 1


@pytest.fixture
def many_files():
    """Raises the limit for open sockets."""
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
            raw = open_ones.enter_context(agent.client())
            if first:
                with contextlib.suppress(ConnectionError):
                    raw.write(first)
        for _ in range(3):
            assert agent.status()["version"] == 1
        assert agent.run("status", check=False).returncode == 2
    assert agent.status()["version"] == 1


def test_hundreds_that_never_read(agent, many_files):
    """Each client leaves more unread than its socket holds."""
    call = {"method": f"{SERVICE}.GetInterfaceDescription", "parameters": {"interface": CONTROL}}
    with contextlib.ExitStack() as open_ones:
        for _ in range(400):
            raw = open_ones.enter_context(agent.client())
            with contextlib.suppress(ConnectionError):
                raw.send(*[call] * 200)
        assert agent.status()["version"] == 1
