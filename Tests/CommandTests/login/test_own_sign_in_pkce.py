"""`login` by a page that calls back to a port of this machine (PKCE): whoever else calls there, what the browser shows,
and what is said when it fails."""

import os
import socket
import struct

import pytest
import requests

from own_sign_in import InBackground, Page, left_behind, nothing_is_left, page_of, sentence
from waiting import eventually, stays

WHERE = ("corp", "Identity Center in us-east-1")


@pytest.fixture
def waiting(agent, logins):
    """A login in front of an open page."""
    agent.open_tabs()
    return logins.start()


@pytest.fixture
def page(waiting) -> Page:
    return page_of(waiting)


def exchanges(sandbox) -> list[int | None]:
    """The HTTP status of each exchange of a code; None where there was no answer."""
    return [entry.get("status") for entry in sandbox.record("CreateToken", grantType="authorization_code")]


def test_the_page_is_asked_for_as_rfc_7636_has_it(waiting, page, home, sandbox):
    assert page.url.startswith(f"{sandbox.url}/authorize?")
    assert page.query["response_type"] == "code" and page.query["code_challenge_method"] == "S256"
    assert page.redirect == f"http://127.0.0.1:{page.port}/oauth/callback" and len(page.state) >= 32
    sandbox.approve()
    assert waiting.end() == 0, waiting.text
    assert sandbox.tabs.opened() == [page.url]
    assert home.token()["refreshToken"] and sandbox.record("StartDeviceAuthorization") == []


def test_no_two_sign_ins_share_what_nobody_can_guess(waiting, page, logins, sandbox):
    waiting.interrupt()
    waiting.end()
    other = page_of(logins.start())
    assert other.state != page.state and other.query["code_challenge"] != page.query["code_challenge"]


# Whoever else calls


@pytest.mark.parametrize("query", [
    {"code": "made-up", "state": "another"}, {"code": "made-up", "state": ""}, {"code": "made-up"},
    {"error": "access_denied", "state": "another"}, {"code": "made-up", "error": "access_denied"},
], ids=["another state", "an empty state", "no state", "an error with another state", "both without a state"])
def test_an_answer_of_another_sign_in(waiting, page, sandbox, query):
    """The browser is told, and the sign-in goes on."""
    answer = page.bring(**query)
    assert answer.status_code == 400 and "does not belong" in answer.text
    assert page.state not in answer.text
    sandbox.approve()
    assert waiting.end() == 0, waiting.text
    assert exchanges(sandbox) == [200]


@pytest.mark.parametrize("head", [
    "POST {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n",
    "HEAD {target} HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "OPTIONS {target} HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "GET {target} HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "GET {target} HTTP/1.1\r\nHost: evil.example:{port}\r\n\r\n",
    "GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "GET {target} HTTP/1.1\r\nHost: 127.0.0.1.evil.example:{port}\r\n\r\n",
    "GET {target} HTTP/1.1\r\n\r\n",
    "GET {target}\r\nHost: {host}\r\n\r\n",
    "GET  HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "\r\n\r\n",
    "\x16\x03\x01\x02\r\n\r\n",
], ids=["POST", "HEAD", "OPTIONS", "another host", "another host, our port", "no port", "a longer name", "no host",
        "no version", "no target", "nothing", "TLS"])
def test_what_is_no_request_for_the_page(waiting, page, sandbox, head):
    """Another name may have been made to lead here (DNS rebinding). Even with the state, it ends nothing."""
    said = head.format(
        target=f"/oauth/callback?code=made-up&state={page.state}", host=f"127.0.0.1:{page.port}", port=page.port)
    assert page.say(said.encode("latin-1")).startswith(b"HTTP/1.1 400 ")
    sandbox.approve()
    assert waiting.end() == 0, waiting.text
    assert exchanges(sandbox) == [200]


def test_what_a_browser_asks_for_by_itself(waiting, page, sandbox):
    base = page.redirect.removesuffix("/oauth/callback")
    callback = ("", "?", "?utm=1", "?code", "/x?code=1")
    for path in ("/favicon.ico", "/", *("/oauth/callback" + more for more in callback)):
        assert requests.get(base + path, timeout=10).status_code == 404, path
    sandbox.approve()
    assert waiting.end() == 0, waiting.text


def test_connections_that_say_nothing_or_half_a_request(waiting, page, sandbox):
    """Browsers open some in advance; whatever they are, the answer gets through."""
    half = f"GET /oauth/callback?code=made-up&state={page.state} HTTP/1.1\r\nHost: 127.0.0.1".encode()
    opened = [page.connect() for _ in range(40)]
    try:
        for number, connection in enumerate(opened):
            try:
                connection.sendall(half[:number * 3])
            except ConnectionError:
                continue
        # Gone without a word.
        opened[0].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        opened.pop(0).close()
        sandbox.approve()
        assert waiting.end() == 0, waiting.text
    finally:
        for connection in opened:
            connection.close()
    assert exchanges(sandbox) == [200]


def test_a_request_in_pieces(waiting, page, sandbox):
    head = f"GET /oauth/callback?code=a&state=b HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\n\r\n".encode()
    with page.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in head:
            connection.sendall(bytes([byte]))
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")
    sandbox.approve()
    assert waiting.end() == 0, waiting.text


def test_a_request_without_an_end(waiting, page, sandbox):
    assert b" 200 " not in page.say(b"GET / HTTP/1.1\r\nCookie: " + b"x" * 4_000_000)
    sandbox.approve()
    assert waiting.end() == 0, waiting.text


def test_a_head_that_is_long_but_allowed(waiting, page):
    head = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\nCookie: {'x' * 12000}\r\n\r\n".encode()
    assert page.say(head).startswith(b"HTTP/1.1 404 ")


def test_it_listens_on_this_machine_only_and_only_meanwhile(agent, waiting, page, sandbox):
    assert page.addresses() == {"0100007F"}
    sandbox.approve()
    assert waiting.end() == 0, waiting.text
    nothing_is_left(agent, page)


# What the browser shows


def test_the_page_that_says_it_is_done(home, waiting, page, sandbox):
    code = page.code(sandbox)
    answer = page.bring(code=code, state=page.state)
    assert answer.status_code == 200 and "Signed in" in answer.text
    assert waiting.end() == 0, waiting.text
    token = home.token()
    secrets = [code, page.state, *(token[name] for name in ("accessToken", "refreshToken", "clientSecret"))]
    assert not any(secret in answer.text + str(answer.headers) for secret in secrets)
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("description", ["The person denied the request", None])
def test_denied(agent, waiting, page, description):
    more = {"error_description": description} if description else {}
    answer = page.bring(error="access_denied", state=page.state, **more)
    assert answer.status_code == 200 and "Not signed in" in answer.text and "denied" in answer.text
    sentence(waiting, "access for corp was denied on the sign-in page")
    nothing_is_left(agent, page)


def test_denied_in_the_browser(agent, sandbox, waiting, page):
    sandbox.deny()
    sentence(waiting, "access for corp was denied on the sign-in page")
    assert exchanges(sandbox) == []


def test_another_error_is_told_and_not_obeyed(waiting, page):
    """Neither the browser nor the terminal takes what the service says for more than text."""
    said = "Try <b>later</b> & \"never\" \x1b[2J\x9b\x07\nagain"
    answer = page.bring(error="server_error", error_description=said, state=page.state)
    assert "&lt;b&gt;later&lt;/b&gt; &amp; " in answer.text and "<b>" not in answer.text
    line = sentence(waiting, "sign-in page of corp", "server_error", "Try <b>later</b>", "again")
    assert not {"\x1b", "\x9b", "\x07"} & set(line), repr(line)


@pytest.mark.parametrize("knows_state", [True, False])
def test_an_address_in_an_error_is_not_the_page(waiting, page, sandbox, knows_state):
    """Anybody can call with an error: without the state, it ends nothing."""
    said = {"error": "server_error", "error_description": "see https://evil.example/?user_code=AAAA-BBBB AAAA-BBBB"}
    if knows_state:
        page.bring(**said, state=page.state)
        assert waiting.end() == 1, waiting.text
    else:
        assert "reports: server_error" in page.bring(**said).text
        stays(lambda: waiting.process.poll() is None, "it waits", seconds=1)
    assert waiting.text.count("Sign in at") == 1 and "with the code" not in waiting.text, waiting.text
    assert waiting.page[0] == page.url and sandbox.tabs.opened() == [page.url]


def test_what_the_service_says_of_the_code_is_escaped_too(waiting, page, sandbox):
    sandbox.fault("CreateToken", "error", error="invalid_grant", description="<script>alert(1)</script> <\u0301b>")
    answer = page.bring(code=page.code(sandbox), state=page.state)
    assert "&lt;script&gt;alert(1)" in answer.text and "<script>alert" not in answer.text
    assert "<\u0301" not in answer.text and "&lt;" in answer.text.partition("/script")[2]
    sentence(waiting, *WHERE, "invalid_grant, <script>")


def test_what_the_service_repeats_of_our_secrets(logins, agent, sandbox, service):
    """Not in the browser, and not in the terminal."""
    def refuse(asked, status, said):
        repeated = " ".join(asked[name] for name in ("clientSecret", "code", "codeVerifier"))
        return 400, {"error": "invalid_request", "error_description": f"Not good: {repeated}"}

    service.changes["/token"] = refuse
    agent.open_tabs()
    login = logins.start(AWS_ENDPOINT_URL_SSO_OIDC=service.url)
    page = page_of(login)
    answer = page.bring(code=page.code(sandbox), state=page.state)
    line = sentence(login, *WHERE, "invalid_request", "Not good")
    sent = [asked for asked in service.heard if "codeVerifier" in asked][0]
    for name in ("clientSecret", "code", "codeVerifier"):
        assert sent[name] not in answer.text + line, name


# A second tab


def test_a_second_tab_when_it_is_done(waiting, page, sandbox):
    code = page.code(sandbox)
    assert "Signed in" in page.bring(code=code, state=page.state).text
    assert waiting.end() == 0, waiting.text
    with pytest.raises(requests.ConnectionError):
        page.bring(code=code, state=page.state)
    assert exchanges(sandbox) == [200]


def test_a_second_tab_while_the_code_is_exchanged(waiting, page, sandbox):
    """The code works once: it is sent once. Whether the second tab shows anything is its own business."""
    sandbox.fault("CreateToken", "delay", delay="1s")
    code = page.code(sandbox)
    tabs = [InBackground(lambda: page.bring(code=code, state=page.state)) for _ in range(2)]
    shown = [tab.get() for tab in tabs]
    assert waiting.end() == 0, waiting.text
    assert exchanges(sandbox) == [200]
    assert any(answer is not None and "Signed in" in answer.text for answer in shown)


def test_a_second_tab_while_the_service_is_asked_again(waiting, page, sandbox):
    sandbox.fault("CreateToken", "503", times=2)
    code = page.code(sandbox)
    first = InBackground(lambda: page.bring(code=code, state=page.state))
    eventually(lambda: exchanges(sandbox), "the code was sent")
    second = InBackground(lambda: page.bring(code=code, state=page.state))
    assert "Signed in" in first.get().text and "Signed in" in second.get().text
    assert waiting.end() == 0, waiting.text


# The exchange of the code


def test_an_answer_that_does_not_come_is_asked_for_again(waiting, page, sandbox):
    sandbox.fault("CreateToken", "503")
    sandbox.fault("CreateToken", "reset")
    sandbox.approve()
    assert waiting.end() == 0, waiting.text
    assert len(exchanges(sandbox)) == 3


@pytest.mark.parametrize("fault, words", [
    (("503", {}), "HTTP 503"), (("reset", {}), "get a token"),
    (("html", {}), "did not come from the service"), (("garbage", {}), "did not come from the service"),
    (("empty", {}), "did not come from the service"),
    (("error", {"error": "invalid_grant"}), "invalid_grant, Refused on purpose"),
    (("error", {"error": "invalid_scope", "status": 401}), "invalid_scope, Refused on purpose"),
    (("error", {"error": "invalid_client", "status": 401}), "invalid_client, Refused on purpose"),
], ids=["503", "reset", "HTML", "not JSON", "empty", "invalid_grant", "invalid_scope", "invalid_client"])
def test_the_code_is_not_taken(agent, home, waiting, page, sandbox, fault, words):
    """The browser says so, too."""
    sandbox.fault("CreateToken", fault[0], times=-1, **fault[1])
    answer = page.bring(code=page.code(sandbox), state=page.state)
    assert answer.status_code == 200 and "Not signed in" in answer.text and words in answer.text
    sentence(waiting, "cannot get a token", *WHERE, words)
    assert not home.token_file().exists()
    nothing_is_left(agent, page)


def test_an_answer_that_was_lost_on_its_way(waiting, page, sandbox):
    """The code is used up."""
    sandbox.fault("CreateToken", "lost")
    sandbox.approve()
    sentence(waiting, "cannot get a token", *WHERE, "invalid_grant")


def test_the_service_does_not_answer_in_time(agent, logins, sandbox):
    """It has two of the 20 s to clear up: libcurl looks up from its waiting once a second."""
    agent.configure(signInTimeout="20s")
    agent.open_tabs()
    sandbox.fault("CreateToken", "hang")
    login = logins.start()
    page = page_of(login)
    sandbox.tabs.wait_for(1)
    sandbox.tabs.allow()
    sentence(login, "corp", "20 s")
    nothing_is_left(agent, page)


def test_nobody_answers_the_page(agent, home, logins, sandbox):
    agent.configure(signInTimeout="20s")
    agent.open_tabs()
    login = logins.start()
    page = page_of(login)
    sentence(login, "nobody signed in to corp within 20 s")
    nothing_is_left(agent, page)
    assert not home.token_file().exists() and len(sandbox.tabs.opened()) == 1


# The client


@pytest.mark.parametrize("error", ["invalid_client", "unauthorized_client"])
def test_a_client_that_is_refused_at_the_exchange_is_set_aside(agent, home, logins, sandbox, error):
    """Else each sign-in until its end in 90 days would fail the same way."""
    assert logins.start().end() == 0
    home.token_file().unlink()
    agent.open_tabs()
    sandbox.fault("CreateToken", "error", status=401, error=error)
    login = logins.start()
    page = page_of(login)
    assert page.bring(code=page.code(sandbox), state=page.state).status_code == 200
    sentence(login, *WHERE, error)
    assert list(home.cache.glob("*.set-aside-*"))
    agent.browser()
    # Who comes at once is told the same.
    (agent.state / "locks" / f"sign-in-{home.token_file().stem}.json").unlink()
    login = logins.start()
    assert login.end() == 0, login.text
    assert len(sandbox.record("RegisterClient")) == 2


def test_a_registration_is_used_again(agent, home, logins, sandbox):
    assert logins.start().end() == 0
    home.token_file().unlink()
    assert logins.start().end() == 0
    assert len(sandbox.record("RegisterClient")) == 1


@pytest.mark.parametrize("content", [
    b"", b"{", b"[]", b'{"clientId": "x"}', b"\xff\xfe", b'{"clientId": 1, "clientSecret": 2}'])
def test_a_damaged_registration(agent, home, logins, sandbox, content):
    assert logins.start().end() == 0
    [registration] = [file for file in home.cache.glob("*.json") if file != home.token_file()]
    registration.write_bytes(content)
    home.token_file().unlink()
    login = logins.start()
    assert login.end() == 0, login.text
    assert len(sandbox.record("RegisterClient")) == 2 and b"clientSecret" in registration.read_bytes()
    assert left_behind(agent) == [] and os.stat(registration).st_mode & 0o077 == 0
