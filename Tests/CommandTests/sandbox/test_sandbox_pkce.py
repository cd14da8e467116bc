"""Sign-in with an authorization code and PKCE, as in AWS CLI 2.22 and later; Debian's 2.9.19 does not support it."""

import http.server
import threading
import urllib.parse

import pytest
import requests

from raw_client import PKCE, PKCE_CLIENT, RawClient, assert_refused
from running_sandbox import RunningSandbox


class Callback:
    """The loopback port on which AWS CLI 2.22 and later wait for the authorization code."""

    def __init__(self):
        outer = self
        self.answers = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
                outer.answers.append({name: values[0] for name, values in query.items()})
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.redirect = f"http://127.0.0.1:{self.server.server_port}/oauth/callback"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def callback():
    waiting = Callback()
    yield waiting
    waiting.server.shutdown()
    waiting.server.server_close()


def authorize(sandbox: RunningSandbox, client, pkce, callback, *flags, **changes):
    """Sends the user to /authorize; returns what the client's port then received."""
    query = urllib.parse.urlencode(pkce.query(client, callback.redirect, **changes))
    opened = sandbox.open_in_browser(f"{sandbox.url}/authorize?{query}", *flags)
    assert opened.returncode == 0, opened.stderr
    return callback.answers[-1]


def test_authorization_code_with_pkce(sandbox, callback):
    client, pkce = RawClient(sandbox, **PKCE_CLIENT), PKCE()
    answer = authorize(sandbox, client, pkce, callback)
    assert answer["state"] == pkce.state
    exchange = {"code": answer["code"], "codeVerifier": pkce.verifier, "redirectUri": callback.redirect}
    token = client.token("authorization_code", **exchange)
    assert token.status_code == 200 and token.json()["refreshToken"]
    assert client.role_credentials(token.json()["accessToken"]).status_code == 200
    assert client.refresh(token.json()["refreshToken"]).status_code == 200
    assert_refused(client.token("authorization_code", **exchange), 400, "invalid_grant")  # the code works once
    assert_refused(client.start(), 400, "unauthorized_client")  # not registered for device codes


@pytest.mark.parametrize("changes, error", [
    ({"codeVerifier": "another" * 8}, "invalid_grant"),
    ({"redirectUri": "http://127.0.0.1:1/oauth/callback"}, "invalid_grant"),
    ({"code": "made-up"}, "invalid_grant"),
    ({"codeVerifier": None}, "invalid_request"),
    ({"redirectUri": None}, "invalid_request"),
    ({"code": None}, "invalid_request"),
])
def test_authorization_codes_that_do_not_match(sandbox, callback, changes, error):
    client, pkce = RawClient(sandbox, **PKCE_CLIENT), PKCE()
    code = authorize(sandbox, client, pkce, callback)["code"]
    exchange = {"code": code, "codeVerifier": pkce.verifier, "redirectUri": callback.redirect, **changes}
    assert_refused(client.token("authorization_code", **exchange), 400, error)


def test_the_person_denies_an_authorization_code(sandbox, callback):
    client, pkce = RawClient(sandbox, **PKCE_CLIENT), PKCE()
    answer = authorize(sandbox, client, pkce, callback, "--deny")
    assert answer["error"] == "access_denied" and answer["state"] == pkce.state and "code" not in answer


def test_auto_approval_of_an_authorization_code(sandbox, callback):
    sandbox.settings(approve="auto")
    client, pkce = RawClient(sandbox, **PKCE_CLIENT), PKCE()
    assert authorize(sandbox, client, pkce, callback, "--look")["code"]


@pytest.mark.parametrize("changes", [
    {"client_id": "nobody"},
    {"redirect_uri": "http://127.0.0.1:9/elsewhere"}, {"redirect_uri": "https://evil.example/"},
    {"response_type": "token"}, {"code_challenge_method": "plain"}, {"code_challenge": None}, {"state": None},
    {"scopes": None}, {"scopes": "codewhisperer:completions"}])
def test_authorize_redirects_nobody_it_cannot_trust(sandbox, callback, changes):
    client, pkce = RawClient(sandbox, **PKCE_CLIENT), PKCE()
    query = pkce.query(client, callback.redirect, **changes)
    page = requests.get(f"{sandbox.url}/authorize", params=query, allow_redirects=False, timeout=10)
    assert page.status_code in (400, 401) and "Location" not in page.headers
