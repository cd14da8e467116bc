"""Failures on the way to the service: the agent waits and retries, keeps the token, and asks nobody to sign in."""

import contextlib
import socket
import socketserver
import threading

import pytest

from varlink_client import VarlinkRefused
from waiting import eventually, stays


@pytest.fixture
def due(agent, home, raw):
    """A session that is due for a refresh; the retries are 0.2 s apart at first, at most 4 s."""
    home.sign_in(raw)
    home.age_token(left=8)
    agent.configure(refreshAhead="8s")
    return agent


def offline(agent, home, before):
    """Waits until two attempts have failed and that is reported; the token is kept, and nobody is asked to sign in."""
    eventually(lambda: agent.entries("not refreshed, offline"), "it says that it is offline")
    status = agent.status()
    # Offline between two attempts, refreshing during one.
    assert status["condition"] in ("offline", "refreshing")
    status = agent.wait_until("offline")
    assert status["exit"] == 1 and [finding["code"] for finding in status["findings"]] == ["offline"]
    assert home.token_file().read_bytes() == before
    assert agent.sign_ins() == 0
    return status


def recovered(agent, home, before):
    status = agent.wait_until("healthy")
    assert status["exit"] == 0 and status["sessions"][0]["lastRefresh"]["result"] == "ok"
    assert home.token_file().read_bytes() != before
    assert agent.sign_ins() == 0 and agent.sandbox.prompts() == 0
    # One entry for going offline and one for coming back, however many attempts there were.
    assert len(agent.entries("not refreshed, offline")) == len(agent.entries("corp: refreshed until")) == 1


@pytest.mark.parametrize("fault", ["reset", "html", "empty", "garbage", "500", "503", "429", "slow_down"])
def test_offline_and_back(due, home, sandbox, fault):
    agent, before = due, home.token_file().read_bytes()
    sandbox.fault("CreateToken", fault, times=-1)
    agent.start()
    eventually(lambda: len(agent.requests()) >= 3, "it tries again")
    offline(agent, home, before)
    sandbox.clear_faults()
    recovered(agent, home, before)


@pytest.mark.parametrize("fault", ["lost", "truncate"])
@pytest.mark.parametrize("rotation", ["off", "omit"])
def test_an_answer_that_never_arrived(due, home, sandbox, fault, rotation):
    agent, before = due, home.token_file().read_bytes()
    sandbox.settings(rotation=rotation)
    sandbox.fault("CreateToken", fault, times=3)
    agent.start()
    eventually(lambda: len(agent.requests()) >= 2, "it tries again")
    offline(agent, home, before)
    recovered(agent, home, before)
    # The tokens in the lost responses are never used.
    assert len(agent.requests()) == 4


def test_a_lost_answer_with_the_only_refresh_token_in_it(due, sandbox):
    """With rotation, no program can recover from a lost response: one sign-in, while the access token is still valid.
    """
    agent = due
    sandbox.fault("CreateToken", "lost")
    agent.open_tabs()
    agent.start()
    agent.wait_until("signing-in")
    assert sandbox.is_usable("at-1")
    eventually(lambda: agent.session()["signIn"].get("url"), "a page")
    sandbox.approve()
    agent.wait_until("healthy")
    assert agent.sign_ins() == 1 and [request.get("error") for request in agent.requests()] == [None, "invalid_grant"]


def test_a_service_that_hangs(due, home, sandbox):
    agent, before = due, home.token_file().read_bytes()
    sandbox.fault("CreateToken", "hang")
    agent.start()
    eventually(agent.requests, "it asks")
    began = agent.wait_until("refreshing")
    assert began["exit"] == 0 and home.token_file().read_bytes() == before
    eventually(lambda: agent.entries("not refreshed, offline"), "it gives up")
    assert agent.sign_ins() == 0
    recovered(agent, home, before)


class Forwarder(socketserver.ThreadingTCPServer):
    """Forwards connections to the sandbox."""

    daemon_threads = True
    allow_reuse_address = True

    class RequestHandlerClass(socketserver.BaseRequestHandler):
        def handle(self):
            with socket.create_connection(self.server.target) as other:
                def pump(source, sink):
                    with contextlib.suppress(OSError):
                        while data := source.recv(65536):
                            sink.sendall(data)
                        sink.shutdown(socket.SHUT_WR)

                back = threading.Thread(target=pump, args=(other, self.request))
                back.start()
                pump(self.request, other)
                back.join()

    def __init__(self, address, url):
        self.target = ("127.0.0.1", int(url.rsplit(":")[-1]))
        super().__init__(address, self.RequestHandlerClass)


def test_nobody_listens_there(due, home, sandbox):
    agent, before = due, home.token_file().read_bytes()
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", 0))
        address = taken.getsockname()
        agent.environment["AWS_ENDPOINT_URL_SSO_OIDC"] = f"http://127.0.0.1:{address[1]}"
        agent.start()
        offline(agent, home, before)
    with Forwarder(address, sandbox.url) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        recovered(agent, home, before)
        server.shutdown()


def test_the_network_is_back_sooner_than_the_next_try(agent, home, sandbox, raw):
    """By default the first retry is after 30 s; Reload and Refresh do not wait for it."""
    home.sign_in(raw)
    home.age_token(left=1202)
    sandbox.fault("CreateToken", "503", times=2)
    agent.start()
    agent.wait_until("offline")
    agent.control("Refresh")
    assert agent.wait_until("offline") and len(agent.requests()) == 2
    agent.control("Reload")
    recovered(agent, home, b"")


@pytest.mark.parametrize("error, status", [("invalid_client", 401), ("unauthorized_client", 400)])
def test_a_dead_registration_is_set_aside(agent, aws, home, sandbox, error, status):
    aws("sso", "login", "--profile", "work-dev")
    registration, = (file for file in home.cache.iterdir() if file != home.token_file())
    kept = registration.read_bytes()
    home.age_token(left=1202)
    if error == "invalid_client":
        sandbox.expire_registration()
    else:
        sandbox.fault("CreateToken", "error", status=status, error=error, grantType="refresh_token")
    agent.start()
    # Until the refresh is due, the old token is valid and the session healthy.
    eventually(agent.sign_ins, "a sign-in")
    agent.wait_until("healthy")
    assert agent.sign_ins() == 1 and [request["error"] for request in agent.requests()] == [error]
    aside, = home.cache.glob(registration.name + ".set-aside-*")
    assert aside.read_bytes() == kept and registration.read_bytes() != kept
    assert len(sandbox.record("RegisterClient", client="aws-cli")) == 2
    assert agent.entries("its cached client registration was renamed to")


@pytest.mark.parametrize("error, status", [("access_denied", 400), ("invalid_request", 400), ("invalid_scope", 403)])
def test_another_refusal_is_for_a_person_to_mend(due, home, sandbox, error, status):
    agent, before = due, home.token_file().read_bytes()
    sandbox.fault("CreateToken", "error", status=status, error=error, description="KMS key is disabled", times=-1)
    agent.start()
    shown = agent.wait_until("misconfigured")
    assert shown["exit"] == 4 and [finding["code"] for finding in shown["findings"]] == ["refresh-refused"]
    assert error in shown["findings"][0]["message"] and "KMS key is disabled" in shown["findings"][0]["message"]
    agent.kill()
    agent.start()
    agent.wait_until("misconfigured")
    stays(lambda: len(agent.requests()) == 1, "it does not ask again", seconds=1)
    agent.control("Refresh")
    assert len(agent.requests()) == 2 and agent.wait_until("misconfigured")
    assert home.token_file().read_bytes() == before
    sandbox.clear_faults()
    agent.control("Reload")
    assert agent.wait_until("healthy")["exit"] == 0 and agent.sign_ins() == 0


def test_asking_to_refresh_what_is_over(agent, home, sandbox, raw):
    home.sign_in(raw)
    sandbox.expire_registration()
    home.age_token(left=1202)
    agent.start(signIn="never")
    agent.wait_until("sign-in-needed")
    for _ in range(2):
        with pytest.raises(VarlinkRefused) as answer:
            agent.control("Refresh")
        assert answer.value.name == "Unguarded" and "bedrock-agent login" in answer.value.parameters["reason"]
    assert len(agent.requests()) == 1
