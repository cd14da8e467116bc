"""A client registration that the service does not know any more: set aside, and the sign-in tried once more.

The AWS CLI uses its cached one until a quarter of an hour before its end, whatever the service says. How it reports that
depends on its version and on `cli_error_format`.
"""

import pytest

from aws_cli import redirects
from programs import write_program
from waiting import eventually

FORMATS = {
    "2.9": "An error occurred (InvalidClientException) when calling the StartDeviceAuthorization operation: ",
    "enhanced": """
aws: [ERROR]: An error occurred (InvalidClientException) when calling the StartDeviceAuthorization operation:

Additional error details:
error: invalid_client
error_description: Client has expired
""",
    "json": """{
    "Message": "",
    "Code": "InvalidClientException",
    "error": "invalid_client",
    "error_description": "Client has expired"
}""",
    "text": "InvalidClientException\t\tinvalid_client\tClient has expired",
}


# By PKCE, the page says it in the browser, and the AWS CLI hears nothing; only a refresh can tell.
@pytest.fixture(params=["old-profile"] if redirects() else ["work-dev", "old-profile"])
def forgotten(request, agent, aws, home, sandbox):
    """Signed in once, by a registration that the service has forgotten since; the token has ended."""
    profile = request.param
    agent.use(profile)
    aws("sso", "login", "--profile", profile)
    sandbox.expire_registration()
    key = "corp" if profile == "work-dev" else sandbox.start_url
    token = home.token(key)
    token.pop("refreshToken", None)
    home.write_token(token, key)
    home.age_token(left=-60, key=key)
    return profile


def aside(home):
    return [file.name for file in home.cache.iterdir() if "set-aside" in file.name]


def test_by_the_daemon(agent, forgotten, home, sandbox):
    agent.start()
    status = agent.wait_until("healthy")
    assert status["sessions"][0]["lastSignIn"]["result"] == "ok"
    assert agent.sign_ins() == 2 and len(aside(home)) == 1, agent.journal()
    assert len(agent.entries("signing in (automatically)")) == 1, "one sign-in, for whoever counts"


def test_by_login(agent, forgotten, home, logins):
    login = logins.start("--with-aws-cli", "--profile", forgotten)
    assert login.end() == 0, login.text
    assert len(aside(home)) == 1 and "no longer valid" in login.text


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("daemon", [True, False], ids=["daemon", "login"])
def test_however_it_is_said(agent, aws, home, logins, name, daemon):
    aws("sso", "login", "--profile", "work-dev")
    home.token_file().unlink()
    told, said = home.path / "told", home.path / "said"
    said.write_text(FORMATS[name] + "\n")
    write_program(home.path / "tools" / "aws", f"""
        if [ "$1 $2" = "sso login" ] && [ ! -e {told} ]; then touch {told}; cat {said} >&2; exit 254; fi
        exec /usr/bin/aws "$@\"""")
    agent.environment["PATH"] = f"{home.path / 'tools'}:/usr/bin:/bin"
    if daemon:
        agent.start()
    login = logins.start("--with-aws-cli")
    assert login.end() == 0, login.text
    assert len(aside(home)) == 1 and agent.sign_ins() == (2 if daemon else 0)


def test_by_pkce_only_a_refresh_tells(agent, aws, home, logins, sandbox):
    """The page would say so to nobody: it is asked before any opens."""
    aws("sso", "login", "--profile", "work-dev")
    sandbox.expire_registration()
    home.age_token(left=-60)
    seen = home.path / "seen"
    write_program(home.path / "tools" / "aws", f"""
        [ "$1 $2" = "sso login" ] && ls {home.cache} > {seen}
        exec /usr/bin/aws "$@\"""")
    login = logins.start("--with-aws-cli", PATH=f"{home.path / 'tools'}:/usr/bin:/bin")
    assert login.end() == 0, login.text
    assert "set-aside" in seen.read_text() and sandbox.prompts() == 2


def test_once_only(agent, aws, home, logins):
    aws("sso", "login", "--profile", "work-dev")
    home.token_file().unlink()
    write_program(home.path / "tools" / "aws", f"""
        [ "$1 $2" = "sso login" ] && echo '{FORMATS["2.9"]}' >&2 && exit 254
        exec /usr/bin/aws "$@\"""")
    agent.environment["PATH"] = f"{home.path / 'tools'}:/usr/bin:/bin"
    agent.start()
    assert logins.start("--with-aws-cli").end() == 1
    eventually(lambda: agent.session()["lastSignIn"]["result"] == "exit-254", "it failed")
    assert agent.sign_ins() == 2
