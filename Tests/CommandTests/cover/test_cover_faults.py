"""`cover` where something fails. Before the session is ended, nothing is lost; afterwards, it says what is."""

import json
import subprocess

import pytest

from covering import NOWHERE, ends, works

BY_CODE = ("DISPLAY", "BROWSER")


@pytest.fixture
def untouched(home, raw, sandbox, signed_in):
    """Checks that nothing was ended."""
    before = home.token()

    def check():
        assert home.token() == before and works(raw, before) and ends(sandbox) == [None]
        assert raw.refresh(before["refreshToken"]).status_code == 200
        assert [file for file in home.cache.iterdir() if file.suffix in (".tmp", ".granted")] == []

    return check


def sentence(text: str, *words: str) -> str:
    """After the answer, it says in one line why it came to nothing."""
    answer, *rest = text.splitlines()
    assert "it is not known" in answer and len(rest) == 1 and all(word in rest[0] for word in words), text
    return rest[0]


# Before the end


def test_the_service_is_away(cover, untouched):
    text = cover("9h", "--yes", status=1, AWS_ENDPOINT_URL_SSO_OIDC=NOWHERE)
    sentence(text, "cannot register a client", "corp", "us-east-1")
    untouched()


@pytest.mark.parametrize("fault", [
    {"fault": "error", "error": "invalid_request", "description": "no more clients", "times": -1},
    {"fault": "503", "times": -1},
    {"fault": "html", "times": -1}])
def test_the_service_registers_nobody(cover, sandbox, untouched, fault):
    sandbox.fault("RegisterClient", **fault)
    sentence(cover("9h", "--yes", status=1), "cannot register a client")
    untouched()


def test_the_service_gives_no_code(cover, sandbox, untouched):
    sandbox.fault("StartDeviceAuthorization", "error", error="invalid_request", description="not now")
    running = cover.start("9h", "--yes", drop=BY_CODE)
    assert running.end() == 1
    sentence(running.text, "cannot ask for a code", "not now")
    untouched()


def test_no_room_for_the_new_token(agent, cover, home, raw, sandbox, signed_in):
    """It is made before the old one is given up. The cache is on a file system that is full."""
    before = home.token()
    whole = home.cache.with_name("whole")
    command = f"""
        mkdir {whole} && cp -a {home.cache}/. {whole} && mount -t tmpfs -o size=64k none {home.cache} || exit 99
        cp -a {whole}/. {home.cache} && head -c 60k /dev/zero > {home.cache}/filler
        {agent.program} cover 9h --yes; s=$?; cp {home.token_file()} {whole}/after; exit $s"""
    result = subprocess.run(
        ["unshare", "--mount", "sh", "-c", command], env=agent.environment, capture_output=True, text=True, timeout=60,
        stdin=subprocess.DEVNULL)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "free" in result.stderr or "space" in result.stderr, result.stderr
    assert json.loads((whole / "after").read_text()) == before
    assert works(raw, before) and ends(sandbox) == [None] and sandbox.prompts() == 0


def test_the_portal_is_away(cover, sandbox, untouched):
    text = cover("9h", "--yes", status=1, AWS_ENDPOINT_URL_SSO=NOWHERE)
    sentence(text, "the access portal did not end the session")
    assert sandbox.prompts() == 0
    untouched()


@pytest.mark.parametrize("fault", ["503", "html", "reset", "429"])
def test_the_portal_does_not_end_it(cover, sandbox, untouched, fault):
    """An answer that is not the portal's is none."""
    sandbox.fault("Logout", fault, times=-1)
    sentence(cover("9h", "--yes", status=1), "the access portal did not end the session")
    assert sandbox.prompts() == 0
    untouched()


def test_a_session_that_has_ended_already(cover, home, raw, sandbox, signed_in):
    """The portal does not know the token (401): that is as good."""
    sandbox.revoke(hard=True)
    cover("9h", "--yes", status=2)
    assert ends(sandbox) == ["revokedHard", None] and works(raw, home.token())


def test_it_can_be_tried_again(cover, sandbox, untouched):
    sandbox.fault("Logout", "503")
    cover("9h", "--yes", status=1)
    untouched()
    cover("9h", "--yes", status=2)
    assert ends(sandbox) == ["loggedOut", None]


# After the end


def is_told(text: str):
    """Whoever was covered before must know that nothing is left of it, and what helps."""
    last = text.splitlines()[-1]
    assert "ended" in last or "bedrock-agent login" in last, text


@pytest.fixture
def gone(home, next_login, sandbox):
    """Checks that nothing is left that looks like a session, and that the next sign-in works."""
    def check(*portal_sessions):
        assert not home.token_file().exists() and ends(sandbox) == ["loggedOut", *portal_sessions]
        assert [file for file in home.cache.iterdir() if file.suffix in (".tmp", ".granted")] == []
        next_login()

    return check


def test_denied(agent, cover, gone, signed_in):
    agent.browser("--deny")
    text = cover("9h", "--yes", status=1)
    assert "access for corp was denied on the sign-in page" in text
    gone()
    is_told(text)


def test_never_answered(agent, cover, gone, signed_in):
    agent.configure(signInTimeout="20s")
    agent.open_tabs()
    text = cover("9h", "--yes", status=1)
    assert "nobody signed in to corp" in text
    agent.configure()
    gone()
    is_told(text)


def test_the_service_gives_no_token(cover, gone, sandbox, signed_in):
    """The person has pressed Allow, so that the portal has a new session."""
    sandbox.fault(
        "CreateToken", "error", error="invalid_request", description="not now", grantType="authorization_code")
    text = cover("9h", "--yes", status=1)
    assert "cannot get a token" in text
    gone(None)
    is_told(text)


def test_denied_beside_the_daemon(agent, cover, next_login, sandbox, signed_in):
    """It says that a sign-in is needed, and opens no tab by itself: somebody meant it."""
    agent.start()
    cover("9h", "--yes", status=1, BROWSER=sandbox.browser("--deny"))
    agent.wait_until("sign-in-needed")
    assert agent.sign_ins() == 0 and sandbox.prompts() == 1
    next_login()
