"""The desktop notifications: one for what a session needs, its buttons, its text, and nothing twice."""

import json

import pytest

from desktop import Dunst, Recorder
from screen import Screen
from waiting import eventually, stays

FULL = ("actions", "body", "body-markup", "persistence")


@pytest.fixture
def desk(user):
    """The user is at the screen."""
    screen = Screen(user)
    yield user
    screen.leave()


@pytest.fixture
def asking(desk, agent, sandbox):
    """A stopped agent that only asks; its session was revoked, and its token is due for a refresh."""
    agent.user.write(".config/bedrock-agent/config.json", json.dumps({"signIn": "ask"}))
    # A browser in which nobody has pressed a button yet.
    agent.user.systemctl("set-environment", f"BROWSER={sandbox.browser('--look')}")
    sandbox.revoke()
    agent.home.age_token(left=1202)
    return agent


def test_one_bubble_from_the_need_to_the_end(asking, sandbox):
    dunst = Dunst(asking.user)
    asking.enable()
    eventually(lambda: dunst.displayed() == 1, "a bubble")
    note, = eventually(dunst.notes, "a bubble that was answered")
    assert note["summary"] == "AWS sign-in needed" and note["body"].startswith("work-dev: Identity Center has ended")
    assert note["actions"] == ["sign-in", "Sign in", "later", "Later"]
    assert (note["urgency"], note["timeout"]) == (2, 0)
    dunst.photograph("needed")

    asking.user.systemctl("restart", "bedrock-agent")
    asking.wait_until("sign-in-needed")
    again = eventually(lambda: dunst.notes()[1:], "the new daemon took it over")[-1]
    assert again == {**note, "replaces": note["id"]} and dunst.displayed() == 1

    dunst.press("Sign in")
    eventually(lambda: asking.status()["sessions"][0].get("signIn", {}).get("code"), "a code")
    code = asking.status()["sessions"][0]["signIn"]["code"]
    waiting = eventually(lambda: [n for n in dunst.notes() if code in n["body"]], "a bubble with the code")[-1]
    assert waiting["summary"] == "Waiting for your AWS sign-in" and waiting["actions"] == []
    assert dunst.displayed() == 1
    dunst.photograph("waiting")

    sandbox.approve()
    asking.wait_until("healthy")
    back = eventually(lambda: [n for n in dunst.notes() if n["summary"] == "Signed in again"], "a last bubble")[-1]
    assert (back["id"], back["replaces"]) == (waiting["id"], waiting["id"])
    dunst.photograph("back")
    eventually(lambda: dunst.displayed() == 0, "it went by itself")
    assert asking.user.messages("bedrock-agent.service", "signing in (on request)")


def test_later_closes_it_for_good(asking):
    recorder = Recorder(asking.user, *FULL)
    asking.enable()
    number = recorder.wait_for("AWS sign-in needed")["id"]
    recorder.press(number, "later")
    eventually(lambda: not recorder.open, "it is closed")
    asking.user.systemctl("restart", "bedrock-agent")
    asking.wait_until("sign-in-needed")
    asking.user.systemctl("reload", "bedrock-agent")
    stays(lambda: len(recorder.notes) == 1, "nothing more is shown", every=0.3)


def test_dismissed_it_does_not_come_back_and_the_bus_is_left(asking):
    recorder = Recorder(asking.user, *FULL)
    asking.enable()
    number = recorder.wait_for("AWS sign-in needed")["id"]
    assert on_the_bus(asking)
    recorder.dismiss(number)
    eventually(lambda: not on_the_bus(asking), "the agent has left the bus")
    asking.user.systemctl("restart", "bedrock-agent")
    asking.wait_until("sign-in-needed")
    stays(lambda: len(recorder.notes) == 1 and not on_the_bus(asking), "nothing more is shown", every=0.3)


def test_an_open_bubble_wakes_nobody(asking):
    recorder = Recorder(asking.user, *FULL)
    asking.enable()
    recorder.wait_for("AWS sign-in needed")
    # Bus signals about others, such as this query itself, must not wake the agent; the watchdog may fire once.
    before = eventually(lambda: settled(asking), "it sleeps")
    stays(lambda: recorder.open and wake_ups(asking) <= before + 1, "it sleeps", seconds=3, every=0.3)


def settled(agent) -> int | None:
    before = wake_ups(agent)
    agent.user.run("sleep", "0.5")
    return before if wake_ups(agent) == before else None


def wake_ups(agent) -> int:
    status = agent.user.path(f"/proc/{agent.pid()}/status").read_text()
    return int(status.split("voluntary_ctxt_switches:")[1].split()[0])


def on_the_bus(agent) -> bool:
    lines = agent.user.run("busctl", "--user", "--no-legend", "list").stdout.splitlines()
    return any(line.split()[1] == str(agent.pid()) for line in lines)


def test_a_sign_in_elsewhere_ends_it(asking, sandbox):
    recorder = Recorder(asking.user, *FULL)
    asking.enable()
    number = recorder.wait_for("AWS sign-in needed")["id"]
    asking.user.systemctl("set-environment", f"BROWSER={sandbox.browser()}")
    asking.user.run("aws", "sso", "login", "--profile", "work-dev", BROWSER=sandbox.browser())
    assert recorder.wait_for("Signed in again")["id"] == number


def test_a_sign_in_that_does_not_help_leaves_the_button(asking, sandbox):
    recorder = Recorder(asking.user, *FULL)
    asking.user.systemctl("set-environment", f"BROWSER={sandbox.browser('--deny')}")
    asking.enable()
    number = recorder.wait_for("AWS sign-in needed")["id"]
    recorder.press(number, "sign-in")
    eventually(lambda: recorder.notes[1:], "it waits")
    assert recorder.wait_for("AWS sign-in needed")["id"] == number
    assert recorder.open == [number]


def test_without_buttons_it_says_what_to_type(asking):
    recorder = Recorder(asking.user, "body")
    asking.enable()
    note = recorder.wait_for("AWS sign-in needed")
    assert note["actions"] == [] and note["body"].endswith("Run: bedrock-agent login --profile work-dev")


def test_a_command_that_is_not_approved_has_no_button(asking):
    recorder = Recorder(asking.user, *FULL)
    settings = asking.user.path(".claude/settings.json")
    asking.user.write(".claude/settings.json", settings.read_text().replace("aws sso login", "aws sso login --debug"))
    asking.enable()
    note = recorder.wait_for("AWS sign-in needed")
    assert note["actions"] == ["later", "Later"] and "bedrock-agent approve" in note["body"]


def test_a_server_that_goes_and_one_that_comes(asking):
    asking.user.systemctl("mask", "--runtime", "dunst")
    asking.enable()
    asking.wait_until("sign-in-needed")
    assert not asking.user.messages("bedrock-agent.service", "otification")
    # A server that starts after the agent gets the current notification; so does its successor, once.
    for _ in range(2):
        recorder = Recorder(asking.user, *FULL)
        recorder.wait_for("AWS sign-in needed")
        stays(lambda: len(recorder.notes) == 1, "one bubble", seconds=1, every=0.3)
        recorder.stop()
    assert asking.status()["daemon"]["running"]


def test_a_server_that_hangs_hangs_nobody_else(asking):
    recorder = Recorder(asking.user, *FULL)
    asking.user.systemctl("kill", "--signal=STOP", "recorder")
    asking.enable()
    asking.wait_until("sign-in-needed")
    # The agent abandons its call after 10 s, and makes no further one until there is another server.
    stays(lambda: asking.status()["daemon"]["running"], "it answers", seconds=11, every=0.5)
    asking.user.systemctl("reload", "bedrock-agent")
    asking.user.systemctl("kill", "--signal=CONT", "recorder")
    stays(lambda: not recorder.notes, "nothing is sent late", seconds=1, every=0.3)
    recorder.stop()
    recorder.start()
    recorder.wait_for("AWS sign-in needed")


def test_a_server_that_dies_of_it_is_not_told_again_and_again(asking):
    Recorder(asking.user, "dies", properties=("Restart=always", "RestartSec=100ms", "StartLimitIntervalSec=0"))
    asking.enable()
    told = asking.user.path("told")
    eventually(lambda: told.exists() and told.read_text().count("told") == 3, "it was told, and came back each time")
    stays(lambda: told.read_text().count("told") == 3, "told no more", seconds=3, every=0.3)


def test_the_mouse_presses_too(asking, sandbox):
    asking.user.systemctl("set-environment", f"BROWSER={sandbox.browser()}")
    dunst = Dunst(asking.user)
    asking.enable()
    eventually(lambda: dunst.displayed() == 1, "a bubble")
    dunst.click("Sign in")
    asking.wait_until("healthy")
    eventually(lambda: [n for n in dunst.notes() if n["summary"] == "Signed in again"], "a last bubble")


def test_a_bus_that_starts_anew(asking):
    recorder = Recorder(asking.user, *FULL)
    asking.enable()
    recorder.wait_for("AWS sign-in needed")
    pid = asking.pid()
    recorder.stop()
    asking.user.systemctl("restart", "dbus")
    recorder.start()
    recorder.wait_for("AWS sign-in needed")
    assert len(recorder.notes) == 1 and asking.pid() == pid


@pytest.mark.parametrize("policy,screen", [("auto", None), ("ask", "tty")])
def test_where_there_is_nothing_to_say_or_no_display_the_bus_is_left_alone(agent, sandbox, policy, screen):
    recorder = Recorder(agent.user, *FULL)
    if screen:
        agent.user.systemctl("unset-environment", "DISPLAY")
        Screen(agent.user, screen)
    agent.user.write(".config/bedrock-agent/config.json", json.dumps({"signIn": policy}))
    sandbox.revoke()
    agent.home.age_token(left=1202)
    agent.enable()
    agent.wait_until("sign-in-needed")
    stays(lambda: not recorder.notes and not on_the_bus(agent), "nothing is shown", seconds=1, every=0.3)


def test_a_legacy_profile_is_told_of_once(desk, agent):
    recorder = Recorder(agent.user, *FULL)
    agent.user.write(".config/bedrock-agent/config.json", json.dumps({"profiles": ["old-profile"]}))
    key = agent.sandbox.start_url
    token = {name: value for name, value in agent.home.token().items() if name != "refreshToken"}
    agent.home.write_token(token, key)
    agent.home.age_token(left=7 * 3600, lifetime=8 * 3600, key=key)
    agent.enable()
    note = recorder.wait_for("AWS session expires at ")
    assert note["body"].startswith("old-profile cannot be refreshed automatically.") and note["urgency"] == 1
    recorder.dismiss(note["id"])
    agent.user.systemctl("restart", "bedrock-agent")
    agent.wait_until("healthy")
    stays(lambda: len(recorder.notes) == 1, "nothing more is shown", every=0.3)
