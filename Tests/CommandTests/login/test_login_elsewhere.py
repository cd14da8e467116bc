"""`login` for a browser on another device: over SSH, without a display, with --device-code; and its QR code."""

import re
import subprocess

import pytest

from aws_cli import redirects
from typed import Typed
from programs import write_program
from waiting import eventually

BLOCKS = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}


@pytest.fixture(autouse=True)
def no_browser_but_the_one_that_the_test_is(agent):
    del agent.environment["BROWSER"]


@pytest.fixture
def browsers(home):
    """A PATH whose programs for opening pages record that they were called."""
    tools = home.path / "tools"
    opened = home.path / "opened"
    for name in ("xdg-open", "gio", "www-browser", "x-www-browser", "w3m", "lynx", "links", "firefox"):
        write_program(tools / name, f'echo "$0 $@" >> {opened}')
    return f"{tools}:/usr/bin:/bin", opened


@pytest.mark.parametrize("arguments, environment, drop", [
    ((), {"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"}, ()),
    ((), {"SSH_TTY": "/dev/pts/7"}, ()),
    ((), {}, ("DISPLAY",)),
    (("--device-code",), {}, ()),
], ids=["SSH", "SSH terminal", "no display", "--device-code"])
@pytest.mark.parametrize("daemon", [True, False], ids=["daemon", "no daemon"])
def test_no_browser_opens(agent, logins, sandbox, browsers, arguments, environment, drop, daemon):
    path, opened = browsers
    if daemon:
        agent.start(signIn="ask")
    herd = [logins.start(*arguments, drop=drop, PATH=path, **environment) for _ in range(3)]
    eventually(lambda: all(login.code for login in herd), "everybody shows the code")
    assert {login.code for login in herd} == set(sandbox.waiting())
    # No QR code is drawn into a pipe.
    assert not any("█" in login.text for login in herd)
    sandbox.approve()
    assert [login.end() for login in herd] == [0] * 3, [login.text for login in herd]
    assert sandbox.prompts() == 1 and agent.sign_ins() == 0 and not opened.exists()


def test_who_has_a_browser_elsewhere_says_so(agent, logins, sandbox):
    """An editor connected over SSH sets BROWSER, so the page opens there."""
    login = logins.start(SSH_CONNECTION="192.0.2.1 50000 192.0.2.2 22", BROWSER=sandbox.browser())
    assert login.end() == 0, login.text


def test_it_joins_the_sign_in_of_the_daemon(agent, logins, sandbox):
    """Unless that has no code: test_pkce_elsewhere.py."""
    agent.open_tabs()
    agent.start(signIn="ask")
    first = logins.start()
    eventually(lambda: first.page, "the daemon's sign-in has a page")
    second = logins.start("--device-code")
    eventually(lambda: second.code, "it shows a code")
    assert sandbox.waiting() == [second.code] and first.code == (None if redirects() else second.code)
    sandbox.approve()
    assert (first.end(), second.end(), agent.sign_ins()) == (0, 0, 1)
    assert sandbox.prompts() == (2 if redirects() else 1)


@pytest.mark.parametrize("version, expected", [("2.9.19", ["--no-browser"]), ("2.21.9", ["--no-browser"]),
                                               ("2.22.0", ["--use-device-code", "--no-browser"]),
                                               ("2.36.7", ["--use-device-code", "--no-browser"])])
def test_what_the_aws_cli_is_asked(agent, logins, home, version, expected):
    """Older AWS CLIs support only the device flow, and reject the flag."""
    tools = home.path / "tools"
    asked = home.path / "asked"
    write_program(tools / "aws", f"""
        [ "$1" = --version ] && echo aws-cli/{version} Python/3 && exit
        echo "$@" >> {asked}
        exit 7""")
    login = logins.start("--with-aws-cli", "--device-code", PATH=f"{tools}:/usr/bin:/bin")
    assert login.end() == 1 and "status 7" in login.text
    assert asked.read_text().split() == ["sso", "login", "--profile", "work-dev", *expected]


# The QR code


@pytest.fixture
def typed(agent, logins):
    """Runs a login over SSH on a terminal; returns its output once the code is there."""
    started = []

    def start(columns=100, **environment):
        made = {**agent.environment, "SSH_TTY": "/dev/pts/7", "TERM": "xterm", **environment}
        login = Typed([agent.program, "login"], made, columns)
        started.append(login)
        eventually(lambda: "with the code" in login.read(), "it shows the code")
        return login

    yield start
    for login in started:
        login.close()


def decoded(text: str, folder) -> str:
    """Decodes the block characters as a QR reader would: each is two pixels, light where something is drawn."""
    lines = [line for line in re.sub("\x1b\\[[0-9;]*m", "", text).splitlines() if set(line) <= set(BLOCKS) and line]
    rows = [[BLOCKS[mark][half] for mark in line] for line in lines for half in (0, 1)]
    if not rows:
        return ""
    scale = 4
    picture = folder / "code.pbm"
    # In a PBM, 1 is black. The lower half of the last row is the terminal's background, which may be black.
    pixels = [" ".join("0" if light else "1" for light in row for _ in range(scale)) for row in rows
              for _ in range(scale)]
    picture.write_text(f"P1\n{len(rows[0]) * scale} {len(rows) * scale}\n" + "\n".join(pixels) + "\n")
    return subprocess.run(["zbarimg", "-q", "--raw", picture], capture_output=True, text=True, timeout=60).stdout.strip()


@pytest.mark.parametrize("environment, colored", [({}, True), ({"NO_COLOR": "1"}, False)], ids=["colour", "no colour"])
def test_a_qr_code_leads_to_the_page(typed, sandbox, tmp_path, environment, colored):
    login = typed(**environment)
    eventually(lambda: decoded(login.read(), tmp_path), "the drawing can be read")
    text = login.read()
    [code] = sandbox.waiting()
    url = decoded(text, tmp_path)
    assert url.startswith(sandbox.url) and url.endswith(f"user_code={code}")
    assert ("\x1b[40;97m" in text) == colored and "\x1b[" not in text.replace("\x1b[40;97m", "").replace("\x1b[0m", "")
    # The user opens it on a phone and presses Allow.
    assert sandbox.open_in_browser(url).returncode == 0
    assert login.end() == 0


@pytest.mark.parametrize("environment, columns", [
    ({"TERM": "dumb"}, 100), ({"LANG": "C"}, 100), ({"LC_ALL": "POSIX"}, 100), ({"LANG": "C.UTF-8"}, 36)],
    ids=["dumb", "no UTF-8", "LC_ALL", "narrow"])
def test_where_none_can_be_shown_there_is_the_address(typed, sandbox, environment, columns):
    login = typed(columns, **environment)
    sandbox.approve()
    assert login.end() == 0
    assert f"Sign in at {sandbox.url}" in login.read() and "█" not in login.read()


def test_ctrl_c(agent, typed, sandbox):
    login = typed()
    login.type(b"\x03")
    assert login.end() == 130
    eventually(lambda: not agent.processes(), "the AWS CLI has ended")
    assert list(agent.state.glob("locks/sign-in-*.json")) == []
