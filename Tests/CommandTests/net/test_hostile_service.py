"""A service, or whatever sits in its place, that answers as none should: what was granted is kept, the token file is never
worse than before, and an answer ends, in time and in size."""

import json
import os
import subprocess
from datetime import datetime, timedelta, timezone

import pytest

from exchanges import failure
from hostile_answers import BOMBS, ENDLESS, Drip
from raw_server import RawServer, reset, response

LONG = "BEDROCK_LONG" in os.environ


@pytest.fixture
def hostile():
    """Starts a server that answers with these bytes, or as this function says."""
    servers = []

    def start(answer):
        servers.append(RawServer(answer if callable(answer) else lambda connection: connection.sendall(answer)))
        return servers[-1]

    yield start
    for server in servers:
        server.end()


@pytest.fixture
def refresh(build, home, sandbox, raw):
    """Refreshes by the server at this address; returns the outcome's name; `said` has what it says."""
    home.sign_in(raw)
    home.age_token(left=60)

    def run(server: RawServer) -> str:
        result = subprocess.run(
            [build / "bedrock-agent-net", "refresh", "--token-file", home.token_file(), "--endpoint", server.url,
             "--expires-at", home.token()["expiresAt"], "--lock-file", home.path / "locks" / "lock"],
            env=home.environment(), capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
        assert sorted(home.cache.glob(".*")) == [], "something is left in the cache"
        [(outcome, details)] = json.loads(result.stdout).items()
        said.append(details)
        return outcome

    said = run.said = []
    return run


GRANTED = {"accessToken": "aoaNew", "tokenType": "Bearer", "expiresIn": 3600, "refreshToken": "aorNew"}


def granting(**members) -> bytes:
    merged = {**GRANTED, **members}
    return response(json.dumps({name: value for name, value in merged.items() if value is not ...}).encode())


@pytest.mark.parametrize("odd", [
    {"expiresIn": ...}, {"expiresIn": 0}, {"expiresIn": -3600}, {"expiresIn": "3600"}, {"expiresIn": None},
    {"expiresIn": 10 ** 30}, {"expiresIn": [3600]}, {"accessToken": ...}, {"accessToken": ""}, {"accessToken": 7},
    {"accessToken": "a\r\nX-Admin: yes"}, {"accessToken": "a\x1b[2J"}, {"accessToken": "ä"}, {"accessToken": "a" * 10 ** 6},
], ids=lambda odd: str(odd)[:40])
def test_a_refresh_token_is_kept_whatever_else_is_odd(refresh, hostile, home, odd):
    """The one that was sent is used up: without this one, somebody must sign in."""
    before = home.token()
    assert refresh(hostile(granting(**odd))) == "offline" and "refresh token" in refresh.said[-1]["reason"]
    assert home.token() == {**before, "refreshToken": "aorNew"}
    # The next one is by the new one, and all is well.
    assert refresh(hostile(granting())) == "refreshed" and home.token()["accessToken"] == "aoaNew"


@pytest.mark.parametrize("seconds", [90 * 86400 + 1, 2 ** 31, 9 * 10 ** 18])
def test_no_token_is_good_for_longer_than_a_session_can_be(refresh, hostile, home, seconds):
    assert refresh(hostile(granting(expiresIn=seconds))) == "refreshed"
    assert home.expiry() <= datetime.now(timezone.utc) + timedelta(days=90)


@pytest.mark.parametrize("odd", [
    {"expiresIn": ..., "refreshToken": ...}, {"accessToken": "a\nb", "refreshToken": ""},
    {"accessToken": ..., "refreshToken": "r" * 10 ** 6}, {"accessToken": ..., "refreshToken": {"a": 1}},
], ids=["no end", "two lines", "a long one", "an object"])
def test_an_answer_without_anything_changes_nothing(refresh, hostile, home, odd):
    before = home.token_file().read_bytes()
    assert refresh(hostile(granting(**odd))) == "offline"
    assert home.token_file().read_bytes() == before


def test_an_answer_that_is_cut_off_at_each_byte(refresh, hostile, home):
    """By RST and by FIN: nothing is taken for whole that is not."""
    before, whole = home.token_file().read_bytes(), granting()
    cuts = iter(range(0, len(whole), 1 if LONG else 9))
    ends = [reset, lambda connection: None]

    def answer(connection):
        connection.sendall(whole[:cut])
        end(connection)

    server = hostile(answer)
    for cut in cuts:
        for end in ends:
            assert refresh(server) == "offline", cut
            assert home.token_file().read_bytes() == before
    assert refresh(hostile(whole)) == "refreshed"


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
def test_a_redirect_is_not_followed(refresh, hostile, home, status):
    """A refresh token goes to nobody else."""
    before, elsewhere = home.token_file().read_bytes(), hostile(granting())
    server = hostile(response(b"", status, f"Location: {elsewhere.url}/token"))
    assert refresh(server) == "offline"
    assert (server.asked, elsewhere.asked) == (1, 0) and home.token_file().read_bytes() == before


def test_what_has_no_end_is_ended(refresh, hostile, home):
    before = home.token_file().read_bytes()
    for answer in ENDLESS.values():
        assert refresh(hostile(answer)) == "offline"
        assert home.token_file().read_bytes() == before


def test_a_bomb_is_not_unpacked(refresh, hostile, home):
    for bomb in BOMBS.values():
        assert refresh(hostile(bomb)) == "offline"


def test_a_byte_now_and_then(net, home, raw, hostile):
    home.sign_in(raw)
    drip = Drip()
    said = failure(net("accounts", "--timeout", "2", url=hostile(drip).url))
    drip.over.set()
    assert said["kind"] == "offline" and "Timeout" in said["message"]


def test_a_listing_without_end_is_bounded(build, home, raw, serve):
    """Each page is another one, and as large as is taken."""
    home.sign_in(raw)
    names = [{"accountId": "123456789012", "accountName": "n" * 200, "emailAddress": ""} for _ in range(14_000)]
    server = serve(lambda request: (200, {"accountList": names, "nextToken": f"page {len(server.requests)}"}))
    process = subprocess.Popen(
        [build / "bedrock-agent-net", "accounts", "--token-file", home.token_file(), "--endpoint", server.url],
        env=home.environment(), stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    said = json.loads(process.stdout.read())
    _, _, usage = os.wait4(process.pid, 0)
    assert failure(said)["kind"] == "offline" and "does not end" in said["failure"]["message"]
    assert len(server.requests) < 30 and usage.ru_maxrss < 300_000, usage.ru_maxrss
