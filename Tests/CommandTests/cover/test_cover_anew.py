"""`cover` ends the session and signs in anew: what is there afterwards, and all who look on."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from aws_home import stamp
from covering import ends, known, learned, refresh, works
from pty_terminal import ENTER
from raw_client import RawClient
from waiting import eventually, stays

BOTO3 = """
import boto3
credentials = boto3.Session(profile_name="work-dev").get_credentials().get_frozen_credentials()
assert credentials.access_key and credentials.token"""

RUNNING = """
import boto3
credentials = boto3.Session(profile_name="work-dev").get_credentials()
for number in ("one", "two"):
    assert credentials.get_frozen_credentials().token
    print(number, flush=True)
    if number == "one":
        input()"""


# The session


def test_the_end_of_the_session_moves(cover, home, raw, sandbox, signed_in):
    before = home.token()
    text = cover("9h", "--yes", status=2)
    assert "how long that is will be learned when it ends" in text
    old, new = sandbox.state()["portalSessions"]
    assert old["ended"] == "loggedOut" and new["live"] and new["endsAt"] >= old["endsAt"]
    assert works(raw, home.token()) and not works(raw, before)
    assert sandbox.prompts() == 1 and len(sandbox.record("Logout")) == 1


def test_how_long_it_lasts_is_known(agent, cover, sandbox, signed_in):
    learned(agent, 9, began=5)
    assert "signed in to corp, until at least" in cover("7h", "--yes", status=0)
    assert ends(sandbox) == ["loggedOut", None]


def test_it_does_what_can_be_done_where_it_cannot_reach(agent, cover, sandbox, signed_in):
    learned(agent, 9, began=5)
    text = cover("12h", "--yes", status=1)
    assert "administrator" in text and "until at least" in text
    assert ends(sandbox) == ["loggedOut", None]


def test_a_legacy_session(cover, home, sandbox):
    """Its new token says when it ends."""
    client = RawClient(sandbox, scopes=None)
    token = client.sign_in()
    home.write_token({"startUrl": home.start_url, "region": "us-east-1", "accessToken": token["accessToken"],
                      "expiresAt": stamp(3600)}, home.start_url, 8 * 3600)
    text = cover("7h", "--yes", "--profile", "old-profile", status=0)
    assert ends(sandbox) == ["loggedOut", None] and "until" in text.splitlines()[-1]


def test_an_access_token_that_has_expired_ends_no_session(cover, home, raw, sandbox):
    """The portal refuses it, and the session behind it goes on: it takes a refresh first."""
    sandbox.settings(accessToken="2s")
    home.sign_in(raw)
    eventually(lambda: not works(raw, home.token()), "it has expired")
    sandbox.settings(accessToken="1h")
    cover("9h", "--yes", status=2)
    assert ends(sandbox) == ["loggedOut", None]


def test_what_was_signed_in_anew_is_covered(agent, cover, signed_in):
    """Without a daemon, too: nobody else knows that it has begun anew."""
    learned(agent, 9, began=5)
    cover("7h", "--yes", status=0)
    cover("7h", "--check", status=0)


def test_what_a_later_version_has_written_down_stays(agent, cover, signed_in):
    learned(agent, 9, began=5)
    file = agent.state / "state.json"
    before = json.loads(file.read_text())
    before["later"] = 1
    before["sessions"]["corp"]["later"] = {"of it": []}
    file.write_text(json.dumps(before))
    cover("7h", "--yes", status=0)
    now = json.loads(file.read_text())
    assert now["later"] == 1 and now["sessions"]["corp"]["later"] == {"of it": []}
    assert now["sessions"]["corp"]["signedInAt"] != before["sessions"]["corp"]["signedInAt"]


def test_a_second_one_later_does_not_end_it_again(agent, cover, sandbox, signed_in):
    learned(agent, 9, began=5)
    cover("7h", "--yes", status=0)
    cover("7h", "--yes", status=0)
    assert sandbox.prompts() == 1


# Where there is no display


@pytest.mark.parametrize("place", ["no display", "ssh"])
def test_by_a_code(cover, home, raw, sandbox, signed_in, place):
    if place == "ssh":
        running = cover.start("9h", "--yes", drop=("BROWSER",), SSH_CONNECTION="10.0.0.1 1 10.0.0.2 22")
    else:
        running = cover.start("9h", "--yes", drop=("DISPLAY", "BROWSER"))
    running.shown()
    eventually(lambda: running.code, "it shows the code")
    sandbox.approve(user_code=running.code)
    assert running.end() == 2, running.text
    assert ends(sandbox) == ["loggedOut", None] and works(raw, home.token())


# Beside it


def test_the_daemon_knows_the_new_beginning(agent, cover, sandbox, signed_in):
    learned(agent, 9, began=5)
    agent.start()
    before = eventually(lambda: agent.session()["signedInAt"], "it knows the beginning")
    cover("7h", "--yes", status=0)
    eventually(lambda: agent.session()["signedInAt"] not in (None, before), "it knows the new beginning")
    agent.wait_until("healthy")
    cover("7h", "--check", status=0)
    assert agent.sign_ins() == 0 and sandbox.prompts() == 1
    assert known(agent)["lifetimes"] == [9 * 3600], "what was ended by us teaches nothing"


def test_the_daemon_opens_no_tab_while_somebody_takes_their_time(agent, cover, sandbox, signed_in):
    agent.open_tabs()
    agent.start()
    running = cover.start("9h", "--yes")
    running.shown()
    sandbox.tabs.wait_for(1)
    stays(lambda: agent.sign_ins() == 0, "no sign-in of its own")
    sandbox.approve()
    assert running.end() == 2, running.text
    agent.wait_until("healthy")
    assert len(sandbox.tabs.opened()) == 1 and sandbox.prompts() == 1


def test_the_daemon_refreshes_what_came(agent, cover, home, signed_in):
    agent.start(signIn="never")
    cover("9h", "--yes", status=2)
    home.age_token(left=60)
    eventually(lambda: agent.requests(), "it is refreshed")
    agent.wait_until("healthy")


def test_aws_programs_go_on_with_it(aws, cover, home, python, signed_in):
    python(BOTO3)
    cover("9h", "--yes", status=2)
    home.forget_role_credentials()
    python(BOTO3)
    credentials = aws("configure", "export-credentials", "--profile", "work-dev").stdout
    assert json.loads(credentials)["AccessKeyId"]
    home.age_token(left=60)
    home.forget_role_credentials()
    aws("configure", "export-credentials", "--profile", "work-dev")


def test_boto3_that_runs_already_goes_on(cover, home, sandbox, signed_in):
    sandbox.settings(roleCredentials="5s")
    program = subprocess.Popen(
        [sys.executable, "-c", RUNNING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, env=home.environment(sandbox.environment))
    try:
        assert program.stdout.readline() == "one\n"
        cover("9h", "--yes", status=2)
        before = len(sandbox.record("GetRoleCredentials"))
        said, _ = program.communicate("\n", timeout=30)
        assert said == "two\n" and len(sandbox.record("GetRoleCredentials", status=200)) > before
    finally:
        program.kill()


# Tokens of others


@pytest.fixture
def asked(typed, signed_in):
    """`cover` that waits for a yes."""
    terminal = typed("9h")
    terminal.wait_for("> Sign in now")
    return terminal


def test_somebody_signed_in_just_before(asked, home, raw, sandbox):
    home.sign_in(raw)
    asked.press(ENTER)
    assert asked.wait() == 2, asked.text()
    assert ends(sandbox) == ["loggedOut", None] and works(raw, home.token())


def test_boto3_refreshed_just_before(asked, home, python, raw, sandbox):
    before = home.token()
    home.age_token(left=60)
    python(BOTO3)
    assert home.token()["refreshToken"] != before["refreshToken"]
    asked.press(ENTER)
    assert asked.wait() == 2, asked.text()
    assert ends(sandbox) == ["loggedOut", None] and works(raw, home.token())


def test_refreshed_between_reading_and_logout(cover, home, portal, raw, sandbox, signed_in):
    portal.before = lambda: refresh(home, raw)
    cover("9h", "--yes", status=2)
    assert ends(sandbox) == ["loggedOut", None] and works(raw, home.token())


def test_refreshed_between_reading_and_logout_and_then_denied(agent, cover, home, portal, raw, signed_in):
    """The token that came so is of the session that was ended: it does not make this a sign-in."""
    portal.before = lambda: refresh(home, raw)
    agent.browser("--deny")
    text = cover("9h", "--yes", status=1)
    assert "denied" in text and "signed in" not in text


def test_signed_in_right_after_the_logout(agent, cover, home, portal, raw, sandbox, signed_in):
    """Somebody was faster: the token of the new session stays, whatever is pressed here."""
    portal.after = lambda: home.sign_in(raw)
    agent.browser("--deny")
    cover.start("9h", "--yes").end()
    assert ends(sandbox) == ["loggedOut", None] and works(raw, home.token())


def test_a_token_file_that_is_a_link(cover, home, raw, sandbox, signed_in, tmp_path):
    there = tmp_path / "elsewhere.json"
    home.token_file().rename(there)
    home.token_file().symlink_to(there)
    cover("9h", "--yes", status=2)
    assert ends(sandbox) == ["loggedOut", None] and works(raw, home.token())


# At the same time


def test_a_second_cover_in_front_of_the_page_of_the_first(agent, cover, home, raw, sandbox, signed_in):
    """It waits for the first, and does not end what that has begun."""
    agent.open_tabs()
    first = cover.start("9h", "--yes")
    first.shown()
    second = cover.start("9h", "--yes")
    second.shown()
    sandbox.approve()
    assert first.end() == 2, first.text
    eventually(lambda: second.process.poll() is not None or len(sandbox.tabs.opened()) > 1, "the second goes on")
    assert second.end() == 2, second.text
    assert sandbox.prompts() == 1 and ends(sandbox) == ["loggedOut", None] and works(raw, home.token())


def test_a_second_cover_that_began_before_the_end(agent, cover, home, portal, raw, sandbox, signed_in):
    """It waits for the first, too: there is nothing left that it would have to end."""
    agent.open_tabs()
    others = []

    def another():
        if not others:
            others.append(cover.start("9h", "--yes"))
            eventually(lambda: "it is not known" in others[0].text, "it looks at the session")

    portal.before = another
    first = cover.start("9h", "--yes")
    page = first.shown()
    assert others[0].shown() == page
    sandbox.approve()
    assert first.end() == 2, first.text
    eventually(lambda: others[0].process.poll() is not None or len(sandbox.tabs.opened()) > 1, "the second goes on")
    assert ends(sandbox) == ["loggedOut", None] and works(raw, home.token())
    assert others[0].end() == 2 and sandbox.prompts() == 1


def test_a_login_at_the_same_time_joins_it(agent, cover, home, raw, sandbox, signed_in):
    agent.open_tabs()
    running = cover.start("9h", "--yes")
    page = running.shown()
    login = cover.start(command="login")
    assert login.shown() == page
    sandbox.approve()
    assert running.end() == 2 and login.end() == 0, running.text + login.text
    assert sandbox.prompts() == 1 and works(raw, home.token())


def test_during_a_login(agent, cover, home, raw, sandbox, signed_in):
    """That one may end in the session that is to be ended: another sign-in follows."""
    agent.open_tabs()
    # Signed in to some time ago.
    home.age_token(left=3000)
    login = cover.start(command="login")
    page = login.shown()
    running = cover.start("9h", "--yes")
    assert running.shown() == page
    sandbox.approve()
    assert login.end() == 0, login.text
    sandbox.tabs.wait_for(2)
    sandbox.approve()
    assert running.end() == 2, running.text
    assert ends(sandbox) == ["loggedOut", None] and works(raw, home.token())


# Somebody leaves


def signs_in(agent) -> bool:
    """Whether the program that signs in runs."""
    def name(pid: int) -> str:
        try:
            return os.path.basename(Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode())
        except OSError:
            return ""

    return "bedrock-agent-net" in map(name, agent.processes())


def left(running, number: int):
    running.interrupt(number)
    assert running.end() in (128 + number, -number), running.text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_ended_before_anything_is_ready(cover, home, raw, sandbox, signed_in, number):
    """The service does not answer yet."""
    before = home.token()
    sandbox.fault("RegisterClient", "hang", times=-1)
    running = cover.start("9h", "--yes")
    eventually(lambda: sandbox.record("RegisterClient", client="bedrock-agent-net"), "it has begun")
    left(running, number)
    assert home.token() == before and works(raw, before)
    assert ends(sandbox) == [None] and sandbox.record("Logout") == [] and sandbox.prompts() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_nothing_is_ended_for_one_who_has_left(agent, cover, sandbox, signed_in, number):
    """There is nobody any more who would show the page."""
    sandbox.fault("RegisterClient", "delay", delay="2s")
    running = cover.start("9h", "--yes")
    eventually(lambda: signs_in(agent), "its program has begun", every=0.01)
    left(running, number)
    eventually(
        lambda: not signs_in(agent) or sandbox.record("RegisterClient", client="bedrock-agent-net"), "it is answered")
    stays(lambda: ends(sandbox) == [None], "the session runs")


def test_ctrl_c_during_the_logout(cover, home, portal, signed_in):
    """Nobody knows whether the session has ended; the token is left for whoever can find out."""
    here, go_on = [], []
    portal.before = lambda: (here.append(1), eventually(lambda: go_on, "the test goes on"))
    before = home.token()
    running = cover.start("9h", "--yes")
    eventually(lambda: here, "it logs out")
    left(running, signal.SIGINT)
    assert home.token() == before
    go_on.append(1)


def test_killed_during_the_logout(agent, cover, next_login, portal, sandbox, signed_in):
    """What the portal was asked, it does all the same."""
    here, go_on = [], []
    portal.before = lambda: (here.append(1), eventually(lambda: go_on, "the test goes on"))
    agent.open_tabs()
    running = cover.start("9h", "--yes")
    eventually(lambda: here, "it logs out")
    left(running, signal.SIGKILL)
    go_on.append(1)
    eventually(lambda: ends(sandbox) == ["loggedOut"], "it has ended")
    agent.end_processes()
    next_login()


def test_ctrl_c_in_front_of_the_page(agent, cover, home, next_login, signed_in):
    """The session has ended, and so has its token; the next sign-in works."""
    agent.open_tabs()
    running = cover.start("9h", "--yes")
    running.shown()
    left(running, signal.SIGINT)
    eventually(lambda: not agent.processes(), "every process has ended")
    assert not home.token_file().exists()
    next_login()


def test_killed_in_front_of_the_page(agent, cover, home, raw, sandbox, signed_in):
    """Its program still waits for who is there."""
    agent.open_tabs()
    running = cover.start("9h", "--yes")
    running.shown()
    sandbox.tabs.wait_for(1)
    left(running, signal.SIGKILL)
    sandbox.approve()
    eventually(lambda: home.token_file().exists(), "signed in")
    assert works(raw, home.token())
