"""A sign-in that comes to nothing: at a terminal, `login` says what to do about it; elsewhere it stays short."""

import subprocess

import pytest

from pty_terminal import Terminal

OFFLINE = {"AWS_ENDPOINT_URL_SSO_OIDC": "http://127.0.0.1:1"}
NETWORK = ": check the network, the VPN and the proxy (HTTPS_PROXY, AWS_CA_BUNDLE), then try again"


@pytest.fixture
def command(build, home, sandbox):
    """The command and its environment; the browser does what is said."""

    def make(*arguments: str, browser: tuple = (), **environment: str) -> tuple:
        return [build / "bedrock-agent", "login", "--profile", "work-dev", *arguments], home.environment(
            sandbox.environment, {"BROWSER": sandbox.browser(*browser), "DISPLAY": ":0"}, **environment)

    return make


@pytest.fixture
def typed(command):
    """What `login` has shown at a terminal when it failed, on one line."""
    terminals = []

    def run(*arguments: str, **options) -> str:
        terminals.append(Terminal(*command(*arguments, **options), columns=400))
        assert terminals[-1].wait() == 1
        return " ".join(terminals[-1].text().split())

    yield run
    for terminal in terminals:
        terminal.end()


def test_without_a_network(typed):
    assert typed(**OFFLINE).endswith(f"Couldn't connect to server{NETWORK}")


def test_elsewhere_it_is_short(command):
    arguments, environment = command(**OFFLINE)
    result = subprocess.run(arguments, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                            timeout=60)
    assert result.stderr.endswith("Couldn't connect to server\n"), result.stderr


@pytest.mark.parametrize("flow", [(), ("--device-code",)])
def test_a_client_that_is_refused(typed, home, sandbox, flow):
    sandbox.fault("RegisterClient", "error", error="invalid_request", description="not so", times=-1)
    assert (f"not so: check the start URL ({home.start_url}) and its region (us-east-1), or run bedrock-agent doctor"
            in typed(*flow))


def test_a_start_url_that_is_refused(typed, home, sandbox):
    sandbox.fault("StartDeviceAuthorization", "error", error="invalid_request", description="not so", times=-1)
    assert f"not so: check the start URL ({home.start_url})" in typed("--device-code")


def test_denied(typed):
    assert typed(browser=("--deny",)).endswith(
        "access for corp was denied on the sign-in page: try again, and allow it there")
