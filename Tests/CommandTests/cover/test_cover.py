"""`cover`: whether the session lasts, what it says of that, and when it asks. Nothing is ended here without a yes."""

import re
import time
from datetime import datetime, timedelta, timezone

import pytest

from aws_home import stamp
from covering import NOWHERE, ends, everything, learned
from pty_terminal import CTRL_C, DOWN, ENTER, ESC
from waiting import eventually

ADMINISTRATOR = "set by an administrator"


@pytest.fixture
def legacy(home):
    """A token of the old kind, with three hours left."""
    token = {"startUrl": home.start_url, "region": "us-east-1", "accessToken": "none", "expiresAt": stamp(3 * 3600)}
    home.write_token(token, home.start_url, 8 * 3600)


def end_registration(home, hours: float):
    """Of the client that the token belongs to."""
    home.write_token({**home.token(), "registrationExpiresAt": stamp(hours * 3600)})


# What is certain


def test_a_legacy_token_lasts_as_long_as_it_says(cover, legacy):
    text = cover("2h", "--check", "--profile", "old-profile", status=0)
    assert "lasts until" in text and "its token cannot be refreshed" in text


def test_a_legacy_token_does_not_last_longer(cover, legacy):
    text = cover("4h", "--check", "--profile", "old-profile", status=1)
    assert "does not last until" in text and "may" not in text


def test_nothing_learned_is_not_known(cover, signed_in):
    text = cover("9h", "--check", status=2)
    why = "no session of corp has been seen from beginning to end"
    assert re.fullmatch(rf"it is not known whether corp lasts until [^:]*\d\d:\d\d: {why}\n", text), text


def test_a_client_registration_that_ends_before(agent, cover, home, signed_in):
    learned(agent, 40, began=0)
    end_registration(home, 5)
    text = cover("9h", "--check", status=1)
    assert "does not last until" in text and "its client registration ends then" in text


def test_a_client_registration_that_ends_before_needs_nothing_learned(cover, home, signed_in):
    """However long the session is, it ends with its client."""
    end_registration(home, 5)
    text = cover("9h", "--check", status=1)
    assert "not last until" in text and "its client registration ends" in text


# What is learned


def test_it_lasts_as_past_sessions_did(agent, cover, signed_in):
    learned(agent, 9, began=1)
    text = cover("6h", "--check", status=0)
    assert "corp lasts until" in text and "it ends between" in text and "as past sessions did" in text


def test_it_may_not_last(agent, cover, signed_in):
    """Between the last refresh that worked and the one that did not, nobody knows."""
    learned(agent, 9, began=1)
    assert "corp may not last until" in cover("7h 30min", "--check", status=1)


def test_it_does_not_last_beyond_the_longest(agent, cover, signed_in):
    """No past session lasted that long, so there is no "may"."""
    learned(agent, 9, began=5)
    assert "corp does not last until" in cover("8h", "--check", status=1)


def test_the_last_session_counts_where_it_was_shorter(agent, cover, signed_in):
    """An administrator may have changed it."""
    learned(agent, 13, 13, 9, began=1)
    cover("8h", "--check", status=1)


def test_one_that_nobody_saw_begin_is_not_known(agent, cover, signed_in):
    learned(agent, 9)
    assert "nobody saw it begin" in cover("2h", "--check", status=2)


def test_not_known_says_when_it_began(agent, cover, signed_in):
    learned(agent, began=1)
    assert re.search(r"seen from beginning to end; it began at \S+", cover("9h", "--check", status=2))


def test_damaged_lifetimes_count_for_nothing(agent, cover, signed_in):
    learned(agent, -3, 1e9, began=1)
    cover("2h", "--check", status=2)


def test_records_that_cannot_be_read_are_none(agent, cover, signed_in):
    learned(agent, 9, began=1)
    (agent.state / "state.json").write_text("{")
    cover("2h", "--check", status=2)


def test_where_a_new_session_would_not_reach_either(agent, typed, sandbox, signed_in):
    """It says so before it asks."""
    learned(agent, 9, began=3)
    terminal = typed("12h")
    terminal.wait_for("Even a new session would end at about", ADMINISTRATOR, "End the session and sign in anew?")
    terminal.press(ESC)
    assert terminal.wait() == 130
    assert ends(sandbox) == [None]


def test_where_a_new_session_would_gain_nothing(agent, cover, sandbox, signed_in):
    """It has begun just now."""
    learned(agent, 9, began=0)
    assert ADMINISTRATOR in cover("12h", "--yes", status=1)
    assert ends(sandbox) == [None]


def test_nobody_is_signed_in(cover):
    assert cover("1min", "--check", status=1) == "corp needs a sign-in now\n"


def test_a_refused_token_is_none(agent, cover, home, sandbox, signed_in):
    """The daemon has tried to refresh it."""
    sandbox.revoke()
    home.age_token(left=60)
    agent.start(signIn="never")
    agent.wait_until("sign-in-needed")
    assert cover("1min", "--check", status=1) == "corp needs a sign-in now\n"


# Until when


@pytest.mark.parametrize("zone, hours", [("UTC0", 0), ("AAA-5:30", 5.5), ("BBB8", -8)])
def test_until_is_in_local_time(cover, legacy, zone, hours):
    there = datetime.now(timezone(timedelta(hours=hours)))
    for later, status in ((2, 0), (4, 1)):
        until = f"{there + timedelta(hours=later):%H:%M}"
        text = cover("--until", until, "--check", "--profile", "old-profile", status=status, TZ=zone)
        assert f"{until}: it ends at" in text


def test_until_a_time_that_has_passed_today_is_tomorrow(cover, legacy):
    until = datetime.now(timezone.utc) - timedelta(minutes=2)
    text = cover("--until", f"{until:%H:%M}", "--check", "--profile", "old-profile", status=1, TZ="UTC0")
    assert f"{until + timedelta(days=1):%d %b %H:%M}" in text


# --check


def test_check_asks_nobody_and_changes_nothing(agent, cover, home, sandbox, signed_in):
    learned(agent, 9, began=5)
    before, asked = everything(home.path), len(sandbox.record())
    for wanted, status in (("1h", 0), ("9h", 1)):
        cover(wanted, "--check", status=status)
    assert everything(home.path) == before and len(sandbox.record()) == asked


def test_check_needs_no_network(agent, cover, signed_in):
    learned(agent, 9, began=1)
    offline = {"AWS_ENDPOINT_URL_SSO": NOWHERE, "AWS_ENDPOINT_URL_SSO_OIDC": NOWHERE, "HTTPS_PROXY": NOWHERE}
    cover("6h", "--check", status=0, **offline)


def test_check_says_the_same_beside_the_daemon(agent, cover, signed_in):
    learned(agent, 9, began=1)
    before = cover("6h", "--check", status=0)
    agent.start(signIn="never")
    eventually(lambda: agent.session()["signedInAt"], "it knows the beginning")
    assert cover("6h", "--check", status=0).split(" (")[1] == before.split(" (")[1]


# Asking


def test_one_that_lasts_is_left_alone(agent, cover, sandbox, signed_in):
    learned(agent, 9, began=1)
    asked = len(sandbox.record())
    cover("6h", "--yes", status=0)
    assert len(sandbox.record()) == asked


def test_without_a_terminal_it_names_the_flag(cover, home, sandbox, signed_in):
    before, asked = everything(home.path), len(sandbox.record())
    assert "not a terminal, so nobody can be asked: pass --yes" in cover("9h", status=1)
    assert everything(home.path) == before and len(sandbox.record()) == asked


@pytest.mark.parametrize("keys", [(DOWN, ENTER), (ESC,), (CTRL_C,)], ids=["no", "Esc", "Ctrl-C"])
def test_without_a_yes_nothing_is_changed(typed, home, sandbox, signed_in, keys):
    before, asked = everything(home.path), len(sandbox.record())
    terminal = typed("9h")
    terminal.wait_for("it is not known", "End the session and sign in anew?", "> Sign in now")
    terminal.press(*keys)
    terminal.wait_for("Nothing was changed.")
    assert terminal.wait() == 130
    assert everything(home.path) == before and len(sandbox.record()) == asked


def test_enter_goes_ahead(typed, sandbox, signed_in):
    terminal = typed("9h")
    terminal.wait_for("> Sign in now")
    terminal.press(ENTER)
    terminal.wait_for("signed in to corp, for as long as a session can last")
    assert terminal.wait() == 2
    assert ends(sandbox) == ["loggedOut", None]


def test_where_nobody_is_signed_in_nothing_is_to_be_ended(typed, sandbox):
    terminal = typed("9h")
    terminal.wait_for("corp needs a sign-in now", "Sign in?")
    assert "End the session" not in terminal.text()
    terminal.press(ENTER)
    assert terminal.wait() == 2
    assert ends(sandbox) == [None] and sandbox.record("Logout") == []


# Mistakes


@pytest.mark.parametrize("arguments", [
    (), ("9h", "--until", "09:00"), ("nine",), ("9x",), ("",), ("--until", "25:00"), ("--until", "9"), ("--until", ""),
    ("9h", "--check", "--yes"), ("9h", "10h"), ("400y",), ("9h", "--force")], ids=" ".join)
def test_usage(cover, sandbox, signed_in, arguments):
    asked = len(sandbox.record())
    cover(*arguments, status=64)
    assert len(sandbox.record()) == asked


@pytest.mark.parametrize("arguments", [("0",), ("0h",)], ids=" ".join)
def test_no_time_at_all_is_a_mistake(cover, signed_in, arguments):
    cover(*arguments, "--check", status=64)


def test_a_profile_that_is_not_there(cover):
    assert "nowhere" in cover("9h", "--profile", "nowhere", status=1)


@pytest.mark.parametrize("wanted", ["400d", "2y"])
def test_another_year_is_named(agent, cover, signed_in, wanted):
    """A day and a month alone would be a day that is near."""
    learned(agent, 9, began=1)
    assert re.search(rf"{time.gmtime().tm_year + 1}|{time.gmtime().tm_year + 2}", cover(wanted, "--check", status=1))


def test_help_says_what_the_exit_status_means(cover):
    text = cover("--help", status=0)
    assert all(word in text for word in ("0 it lasts", "1 it does not", "2 it is not known"))


def test_nothing_secret_is_said(agent, cover, home, signed_in):
    before = home.token()
    files = [file.read_text(errors="replace") for file in agent.state.rglob("*") if file.is_file()]
    text = "\n".join([cover("9h", "--yes", status=2), *files])
    for token in (before, home.token()):
        assert not any(token[name] in text for name in ("accessToken", "refreshToken", "clientSecret"))
