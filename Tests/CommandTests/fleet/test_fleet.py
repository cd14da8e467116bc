"""`fleet` says of journals what is in them, whoever wrote them."""

import json
import re
from html.parser import HTMLParser

import pytest

from generated_fleet import (
    CONDITION, DAY, HOLDS, HOUR, LEFT, NOW, SIGNED_IN, STARTED, WOKE, Company, entry, stamp, write_journal)

MIDNIGHT = int(NOW) // DAY * DAY


def pairs(counts: dict) -> dict:
    return {name: count for name, count in counts.items() if count}


def test_the_numbers_are_those_of_the_company(fleet):
    """30 machines, in two files as after a rotation, and two more as with a file for each host."""
    company = Company(MIDNIGHT, days=8)
    written = [list(company.machine(number)) for number in range(30)]
    for name, is_first in ("remote@1", True), ("remote", False):
        halves = (each[:len(each) // 2] if is_first else each[len(each) // 2:] for each in written[:28])
        write_journal(fleet.folder / f"{name}.journal", (entry for half in halves for entry in half))
    for number in 28, 29:
        write_journal(fleet.folder / f"remote-host-{number}.journal", iter(written[number]))
    report = fleet.json("--since", stamp(MIDNIGHT - 8 * DAY))
    expected = company.expected
    assert (report["machines"], report["users"], report["entries"]) == (30, expected.users, expected.entries)
    assert (report["ignored"], report["unreadFiles"], report["clocksAhead"]) == (0, 0, [])
    assert report["conditions"] == expected.conditions and expected.conditions["sign-in-needed"] > 0
    assert report["versions"] == expected.versions and len(expected.versions) == 2
    assert report["refusals"] == expected.refusals
    assert pairs(report["signIns"]) == expected.sign_ins and len(expected.sign_ins) == 4
    assert {day["day"]: pairs(day["signIns"]) for day in report["days"]} == expected.days
    assert (report["lostSeconds"], report["usersWhoLost"]) == (expected.lost, expected.who_lost) and expected.lost > 0
    assert [(each["user"]["host"], each["user"]["uid"]) for each in report["legacy"]] == expected.legacy
    assert [(each["host"], each["since"], each["saidGoodbye"]) for each in report["silent"]] == [
        (host, stamp(MIDNIGHT - 5 * DAY - 7 * HOUR + int(host[-5:]) % 50), True) for host in expected.silent]
    worst = report["worst"]
    assert len(worst) == 10 and [each["user"]["host"] for each in worst[:len(expected.failing)]] == sorted(
        expected.failing, key=lambda host: (-next(w["lostSeconds"] for w in worst if w["user"]["host"] == host), host))
    assert worst[0]["fix"] == f"bedrock-agent login --profile work-{int(worst[0]['user']['host'][-5:])}"

    text = fleet("--since", stamp(MIDNIGHT - 8 * DAY)).stdout
    assert text.startswith("30 machine(s), ")
    for words in f"8-hour profiles   {len(expected.legacy)}\n", "sign-in-needed", "invalid_grant (", "0.2.0 (", "What to do first", "    fix: bedrock-agent login":
        assert words in text, text
    # What was before does not count, but how each machine is does not depend on that.
    later = fleet.json("--since", stamp(MIDNIGHT - 2 * DAY))
    assert later["machines"] == 30 and later["silent"] == report["silent"] and later["conditions"] == report["conditions"]
    assert 0 < later["lostSeconds"] < expected.lost and later["entries"] < report["entries"]


def test_a_machine_that_went_silent_is_not_an_idle_one(fleet):
    healthy = {"MESSAGE_ID": CONDITION, "BEDROCK_SESSION": "corp", "BEDROCK_CONDITION": "healthy"}
    write_journal(fleet.folder / "remote.journal", iter([
        entry(5 * DAY, 1, **healthy), entry(5 * DAY, 2, **healthy),
        entry(DAY, 2, **healthy | {"MESSAGE_ID": HOLDS})]))
    report = fleet.json()
    assert report["conditions"] == {"healthy": 1, "silent": 1}
    (silent,) = report["silent"]
    assert silent["host"] == "host-1" and not silent["saidGoodbye"]
    (problem,) = report["worst"]
    assert (problem["user"]["host"], problem["condition"]) == ("host-1", "silent")
    assert "systemd-journal-upload" in problem["fix"]


def test_time_is_lost_only_while_somebody_is_there_and_the_machine_is_awake(fleet):
    session = {"BEDROCK_SESSION": "corp", "BEDROCK_KIND": "sso-session"}
    failing = {**session, "MESSAGE_ID": CONDITION, "BEDROCK_CONDITION": "sign-in-needed"}
    there = {"BEDROCK_PRESENCE": "present", "BEDROCK_VERSION": "0.2.0"}
    write_journal(fleet.folder / "remote.journal", iter([
        # Away, then there for 10 minutes, then asleep for an hour, then there for 5 minutes.
        entry(10000, MESSAGE_ID=STARTED), entry(9000, **failing, BEDROCK_PRESENCE="away"), entry(8000, **there),
        entry(7400, **there), entry(3800, asleep=3600, MESSAGE_ID=WOKE, **there),
        entry(3500, asleep=3600, **failing | {"BEDROCK_CONDITION": "healthy"}, **there),
        entry(100, asleep=3600, **there)]))
    assert abs(fleet.json()["lostSeconds"] - 900) <= 2


def test_a_failure_that_began_before_counts_from_then_on(fleet):
    there = {"BEDROCK_SESSION": "corp", "BEDROCK_PRESENCE": "present", "MESSAGE_ID": CONDITION}
    write_journal(fleet.folder / "remote.journal", iter([
        entry(3 * DAY, 1, **there, BEDROCK_CONDITION="sign-in-needed"),
        entry(DAY / 5, 1, **there, BEDROCK_CONDITION="healthy")]))
    assert abs(fleet.json("--since", stamp(NOW - 2 * DAY))["lostSeconds"] - 1.8 * DAY) <= 2


def test_a_session_that_nobody_uses_any_more_costs_nothing(fleet):
    old = {"BEDROCK_SESSION": "old", "BEDROCK_KIND": "legacy", "BEDROCK_PRESENCE": "present"}
    new = {"BEDROCK_SESSION": "new", "BEDROCK_CONDITION": "healthy", "BEDROCK_PRESENCE": "present"}
    write_journal(fleet.folder / "remote.journal", iter([
        entry(8000, 1, **old, MESSAGE_ID=CONDITION, BEDROCK_CONDITION="sign-in-needed"),
        entry(7640, 1, **new, MESSAGE_ID=CONDITION), entry(7640, 1, **old, MESSAGE_ID=LEFT),
        entry(100, 1, **new, MESSAGE_ID=HOLDS)]))
    report = fleet.json()
    assert report["conditions"] == {"healthy": 1} and report["legacy"] == [] and report["lostSeconds"] == 360


def test_lines_of_the_same_name_are_no_signs_of_life(fleet):
    healthy = {"MESSAGE_ID": CONDITION, "BEDROCK_SESSION": "corp", "BEDROCK_CONDITION": "healthy"}
    write_journal(fleet.folder / "remote.journal", iter([entry(6 * DAY, 1, **healthy), entry(100, 1), entry(50, 1, _UID="0")]))
    report = fleet.json()
    assert report["conditions"] == {"silent": 1} and (report["users"], report["ignored"]) == (1, 2)


HOSTILE = "</td><script>alert(1)</script>\"'><img src=x onerror=alert(1)>\x1b[2J\x1b]0;owned\x07\u202e\n@import 'x'"


class Page(HTMLParser):
    """Its tags with their attributes, and its text."""

    def __init__(self, html: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data


@pytest.fixture
def hostile(fleet):
    """A machine whose root writes what it likes, beside one that is honest."""
    evil = {"_HOSTNAME": HOSTILE, "BEDROCK_SESSION": HOSTILE, "BEDROCK_PROFILE": HOSTILE, "BEDROCK_VERSION": HOSTILE,
            "BEDROCK_REFUSAL": HOSTILE, "BEDROCK_KIND": "legacy", "MESSAGE": "x" * 1_000_000}
    failing = {"MESSAGE_ID": CONDITION, "BEDROCK_CONDITION": "sign-in-needed", "BEDROCK_EXPIRES_AT": "9" * 300_000}
    write_journal(fleet.folder / "remote.journal", iter([
        entry(50, 1, MESSAGE_ID=CONDITION, BEDROCK_SESSION="corp", BEDROCK_CONDITION="healthy"),
        entry(40, 2, **evil, **failing),
        *(entry(30, 2, **evil | failing | {
            "BEDROCK_SESSION": f"s{n}", "BEDROCK_REFUSAL": f"r{n}" * 90_000, "MESSAGE": ""}) for n in range(80)),
        *(entry(20, 2, **evil | {"_UID": f"{n}", "MESSAGE": "", "BEDROCK_VERSION": f"v{n}"}) for n in range(400)),
        entry(10, 2, **evil | {"_UID": "-1"}), entry(10, 2, **evil | {"_MACHINE_ID": "../../etc"}),
        entry(10, 2, MESSAGE_ID=SIGNED_IN, BEDROCK_SIGN_IN_CAUSE="automatic", BEDROCK_SIGN_IN_RESULT="ok" * 99),
        entry(9, 3, error=400 * DAY, MESSAGE_ID=CONDITION, BEDROCK_SESSION="corp", BEDROCK_CONDITION="healthy")]))
    return fleet


def test_a_hostile_machine_moves_neither_terminal_nor_page(hostile, tmp_path):
    page = tmp_path / "fleet.html"
    text = hostile("--html", page).stdout
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", text) and r"\u{1b}[2J" in text
    assert max(map(len, text.splitlines())) < 2000
    report = hostile.json()
    assert report["machines"] == 3 and report["users"] == 1 + 256
    assert report["conditions"] == {"healthy": 1, "sign-in-needed": 1, "unknown": 255}
    assert report["ignored"] == 400 - 255 + 2 + 1 and report["clocksAhead"] == ["host-3"]
    assert len(report["versions"]) <= 51 and len(report["refusals"]) <= 51
    assert len(json.dumps(report)) < 200_000

    html = page.read_text()
    parsed = Page(html)
    tags = {tag for tag, _ in parsed.tags}
    assert not tags & {"script", "img", "link", "iframe", "object", "form", "a"}, tags
    assert {name for _, attributes in parsed.tags for name in attributes} == {
        "lang", "charset", "name", "content", "http-equiv", "scope", "datetime", "class", "style", "aria-hidden"}
    # Nothing is taken from elsewhere.
    assert "http:" not in html and "https:" not in html and "url(" not in html
    assert "@import" not in re.search(r"<style>(.*)</style>", html, re.DOTALL)[1]
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", html)
    assert "</td><script>alert(1)</script>" in parsed.text, "it is shown as it is"


def test_a_screen_reader_finds_its_way(hostile, tmp_path):
    page = tmp_path / "fleet.html"
    hostile("--html", page)
    tags = Page(page.read_text()).tags
    names = [tag for tag, _ in tags]
    assert ("html", {"lang": "en"}) in tags and names.count("main") == names.count("h1") == 1
    assert names.count("table") == names.count("caption") > 3
    assert {attributes.get("scope") for tag, attributes in tags if tag == "th"} == {"col", "row"}
    assert page.stat().st_mode & 0o777 == 0o644


def test_says_what_to_do_where_there_is_nothing(fleet, tmp_path):
    said = fleet("--directory", tmp_path / "nowhere", status=1).stderr
    assert "no folder" in said and "systemd-journal-remote" in said
    assert "systemctl status systemd-journal-remote" in fleet(status=1).stderr
    assert "--since" in fleet("--since", "soon", status=64).stderr
    assert "--since 2099-01-01 has not come yet" in fleet("--since", "2099-01-01", status=1).stderr
    (fleet.folder / "torn.journal").write_bytes(b"LPKSHHRH" + bytes(500))
    write_journal(fleet.folder / "remote.journal", iter([
        entry(50, 1, MESSAGE_ID=CONDITION, BEDROCK_SESSION="corp", BEDROCK_CONDITION="healthy")]))
    result = fleet("--json")
    assert json.loads(result.stdout)["unreadFiles"] == 1 and "torn.journal" in result.stderr
