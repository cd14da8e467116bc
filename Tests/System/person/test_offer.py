"""The session will end when nobody is there: whoever is at the screen is asked whether to sign in anew, and nothing
happens without their yes."""

import json
import time

import pytest

from aws_home import stamp
from desktop import Recorder
from machine_agent import SERVICE
from raw_client import RawClient
from screen import Screen
from waiting import eventually, stays

FULL = ("actions", "body", "body-markup", "persistence")
HOUR = 3600
STATE = ".local/state/bedrock-agent/state.json"
SUMMARY = "AWS session ends at "


@pytest.fixture
def screen(user):
    """The user is at the screen."""
    screen = Screen(user)
    yield screen
    screen.leave()


@pytest.fixture
def ending(screen, agent):
    """A stopped agent whose session ends four hours from now, when nobody was there lately."""
    agent.recorder = Recorder(agent.user, *FULL)
    remember(agent)
    return agent


def remember(agent, *, began: float = 4, lifetimes: tuple = (9,), observed: float = 72, there: tuple = (-2, -1, 0)):
    """What the daemon has written down: how many hours ago this session began, how many hours others lasted, for how many
    hours it looked who is there, and how many hours from now, by the time of day, somebody was there yesterday."""
    now = time.time()
    hours = {str(int((now + hour * HOUR) // HOUR % 24)): stamp((hour - 24) * HOUR) for hour in there}
    agent.user.write(STATE, json.dumps({
        "version": 1, "automaticSignIns": [],
        "sessions": {"corp": {"failedSignIns": 0, "lifetimes": [each * HOUR for each in lifetimes],
                              "signedInAt": stamp(-began * HOUR)}},
        "attendance": {"since": stamp(-observed * HOUR), "hours": hours}}))


def configure(agent, **config):
    agent.user.write(".config/bedrock-agent/config.json", json.dumps(config))


def known(agent) -> dict:
    return json.loads(agent.user.path(STATE).read_text())


def logouts(sandbox) -> int:
    return len(sandbox.record("Logout"))


def refreshes(agent, token: dict) -> bool:
    """Whether the service takes its refresh token, which makes another one."""
    answer = RawClient(agent.sandbox).refresh(
        token["refreshToken"], clientId=token["clientId"], clientSecret=token["clientSecret"])
    return answer.status_code == 200


def offers(agent) -> list[dict]:
    return [note for note in agent.recorder.notes if note["summary"].startswith(SUMMARY)]


def none_shown(agent):
    """It has looked at everything, and shows nothing."""
    agent.enable()
    agent.wait_until("healthy")
    stays(lambda: not agent.recorder.notes, "nothing is shown", every=0.3)


def test_it_asks_and_does_nothing_by_itself(ending, sandbox):
    before, ended, asked = ending.home.token(), logouts(sandbox), sandbox.prompts()
    ending.enable()
    note = ending.recorder.wait_for(SUMMARY)
    assert note["actions"] == ["renew", "Sign in anew now", "later", "Later"]
    assert (note["urgency"], note["timeout"]) == (1, 0)
    assert note["body"].startswith(
        "work-dev: nobody was at the screen at that time lately. Signing in anew now makes it last until about ")
    stays(lambda: len(ending.recorder.notes) == 1, "one bubble", every=0.3)
    ending.recorder.dismiss(note["id"])
    eventually(lambda: not ending.recorder.open, "it is closed")
    ending.user.systemctl("reload", SERVICE)
    stays(lambda: len(ending.recorder.notes) == 1, "no other bubble", every=0.3)
    assert ending.home.token() == before and logouts(sandbox) == ended and sandbox.prompts() == asked
    assert ending.wait_until("healthy")["sessions"][0]["condition"] == "healthy"


def test_without_buttons_it_says_what_to_type(screen, agent):
    agent.recorder = Recorder(agent.user, "body")
    remember(agent)
    agent.enable()
    note = agent.recorder.wait_for(SUMMARY)
    assert note["actions"] == [] and note["body"].endswith("Run: bedrock-agent cover 8h --profile work-dev")


def test_pressed_another_session_begins(ending, sandbox):
    old, ended, asked = ending.home.token(), logouts(sandbox), sandbox.prompts()
    ending.enable()
    number = ending.recorder.wait_for(SUMMARY)["id"]
    before = ending.wait_until("healthy")["sessions"][0]["signedInAt"]
    ending.recorder.press(number, "renew")
    assert ending.recorder.wait_for("Signed in again")["id"] == number
    status = ending.wait_until("healthy")
    assert status["sessions"][0]["signedInAt"] > before and status["sessions"][0]["lastSignIn"]["result"] == "ok"
    assert logouts(sandbox) == ended + 1 and sandbox.prompts() == asked + 1
    new = ending.home.token()
    assert new["refreshToken"] != old["refreshToken"]
    assert not refreshes(ending, old) and refreshes(ending, new)
    assert known(ending)["sessions"]["corp"]["lifetimes"] == [9 * HOUR], "what we ended teaches nothing"
    assert ending.user.messages(SERVICE, "signing in (on request)") and ending.user.messages(SERVICE, "corp: signed in")
    assert ending.user.run("bedrock-agent", "cover", "7h", "--check").returncode == 0, "its end has moved"
    # The new one has just begun.
    ending.user.systemctl("restart", SERVICE)
    ending.wait_until("healthy")
    stays(lambda: len(offers(ending)) == 1, "no other offer", every=0.3)


def test_pressed_twice_one_session_begins(ending, sandbox):
    ended, asked = logouts(sandbox), sandbox.prompts()
    ending.enable()
    number = ending.recorder.wait_for(SUMMARY)["id"]
    for _ in range(2):
        ending.recorder.press(number, "renew")
    ending.recorder.wait_for("Signed in again")
    ending.recorder.press(number, "renew")
    stays(lambda: sandbox.prompts() == asked + 1 and logouts(sandbox) == ended + 1, "one sign-in", every=0.3)


def test_it_needs_no_approval_of_claudes_command(ending):
    """It is our own program that signs in anew."""
    settings = ending.user.path(".claude/settings.json")
    ending.user.write(".claude/settings.json", settings.read_text().replace("aws sso login", "aws sso login --debug"))
    ending.enable()
    number = ending.recorder.wait_for(SUMMARY)["id"]
    ending.recorder.press(number, "renew")
    ending.recorder.wait_for("Signed in again")


def test_pressed_and_then_denied(ending, sandbox):
    """There is no session any more: what is shown then is what is needed."""
    ending.user.systemctl("set-environment", f"BROWSER={sandbox.browser('--deny')}")
    ending.enable()
    number = ending.recorder.wait_for(SUMMARY)["id"]
    ending.recorder.press(number, "renew")
    note = ending.recorder.wait_for("AWS sign-in needed")
    assert note["id"] == number and note["actions"] == ["sign-in", "Sign in", "later", "Later"]
    assert ending.user.messages(SERVICE, "bedrock-agent cover exited with status 1")
    ending.user.systemctl("set-environment", f"BROWSER={sandbox.browser()}")
    ending.recorder.press(number, "sign-in")
    ending.wait_until("healthy")


@pytest.mark.parametrize("end", ["restart", "kill"])
def test_a_restart_in_front_of_the_page(ending, sandbox, end):
    """The sign-in goes on, and the next daemon sees its end: one new session."""
    ending.user.systemctl("set-environment", f"BROWSER={sandbox.browser('--look')}")
    ended = logouts(sandbox)
    ending.enable()
    number = ending.recorder.wait_for(SUMMARY)["id"]
    before = ending.wait_until("healthy")["sessions"][0]["signedInAt"]
    ending.recorder.press(number, "renew")
    ending.recorder.wait_for("Waiting for your AWS sign-in")
    page = eventually(lambda: ending.status()["sessions"][0].get("signIn", {}).get("url"), "the page")
    pid = ending.pid()
    if end == "kill":
        ending.kill("KILL")
        eventually(lambda: ending.pid() not in (0, pid), "back")
    else:
        ending.user.systemctl("restart", SERVICE)
    ending.wait_until("signing-in")
    ending.user.run(str(sandbox.program), "browser", "--wait", page)
    status = ending.wait_until("healthy")
    assert status["sessions"][0]["signedInAt"] > before and logouts(sandbox) == ended + 1


def test_later_is_remembered(ending):
    ending.enable()
    ending.recorder.press(ending.recorder.wait_for(SUMMARY)["id"], "later")
    eventually(lambda: not ending.recorder.open, "it is closed")
    for end in ("restart", "reload"):
        ending.user.systemctl(end, SERVICE)
        ending.wait_until("healthy")
    ending.kill("KILL")
    ending.wait_until("healthy")
    stays(lambda: len(ending.recorder.notes) == 1, "nothing more is shown", every=0.3)


def test_open_it_is_taken_over_by_the_next_daemon(ending):
    ending.enable()
    number = ending.recorder.wait_for(SUMMARY)["id"]
    ending.user.systemctl("restart", SERVICE)
    ending.wait_until("healthy")
    stays(lambda: ending.recorder.open == [number], "one bubble", every=0.3)
    ending.recorder.press(number, "renew")
    ending.recorder.wait_for("Signed in again")


def test_signed_in_anew_elsewhere_it_goes(ending, sandbox):
    """And its button does nothing any more."""
    ending.enable()
    number = ending.recorder.wait_for(SUMMARY)["id"]
    ending.wait_until("healthy")
    ending.user.run("bedrock-agent", "cover", "7h", "--yes", DISPLAY=":99")
    eventually(lambda: not [n for n in ending.recorder.open if ending.recorder.notes[-1]["summary"].startswith(SUMMARY)],
               "it is not offered any more")
    asked = sandbox.prompts()
    ending.recorder.press(number, "renew")
    stays(lambda: sandbox.prompts() == asked, "no sign-in", every=0.3)


# When nothing is asked


@pytest.mark.parametrize("away", ["lock", "idle"])
def test_nobody_is_there(ending, screen, away):
    """It is shown once somebody is."""
    getattr(screen, away)()
    none_shown(ending)
    screen.unlock()
    screen.idle(False)
    note = ending.recorder.wait_for(SUMMARY)
    screen.lock()
    stays(lambda: ending.recorder.open == [note["id"]], "it stays until somebody is back", seconds=1, every=0.3)


@pytest.mark.parametrize("ahead", ["0", "0s", "2h"])
def test_it_is_not_wanted_or_not_yet(ending, ahead):
    configure(ending, coverAhead=ahead)
    none_shown(ending)


def test_it_is_wanted_again(ending):
    configure(ending, coverAhead="0")
    none_shown(ending)
    configure(ending, coverAhead="6h")
    ending.recorder.wait_for(SUMMARY)


@pytest.mark.parametrize("what", [
    {"there": (-1, 0, 4)}, {"there": (-1, 0, 3)}, {"observed": 5}, {"lifetimes": ()}, {"began": 0.2}],
    ids=["somebody is usually there then", "somebody is usually there before", "not observed for long",
         "no session was seen to end", "it has just begun"])
def test_there_is_no_reason(ending, what):
    remember(ending, **what)
    none_shown(ending)


def test_a_wrong_value_is_a_finding(ending):
    configure(ending, coverAhead="soon")
    ending.enable()
    finding, = ending.wait_until("healthy")["findings"]
    assert finding["code"] == "config-wrong"
    assert 'key coverAhead: must be a duration such as' in finding["message"]
