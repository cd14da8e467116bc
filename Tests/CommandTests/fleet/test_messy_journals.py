"""What is collected is messy: files that overlap, entries that came twice, clocks that were wrong, users who lie."""

import os
import re
import shutil
import struct
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from generated_fleet import (
    CONDITION, DAY, HOLDS, HOUR, NO_SESSION, NOW, PRESENCE, REFRESHED, REFUSED, SIGNED_IN, STARTED, STOPPING, Company,
    entry, export, of_user, stamp, write_journal)

SESSION = {"BEDROCK_SESSION": "corp", "BEDROCK_KIND": "sso-session", "BEDROCK_PRESENCE": "present",
           "BEDROCK_VERSION": "0.2.0"}
FAILING = {**SESSION, "MESSAGE_ID": CONDITION, "BEDROCK_CONDITION": "sign-in-needed"}
HEALTHY = {**SESSION, "MESSAGE_ID": CONDITION, "BEDROCK_CONDITION": "healthy"}
LEGACY = {**HEALTHY, "BEDROCK_SESSION": "old", "BEDROCK_PROFILE": "old-profile", "BEDROCK_KIND": "legacy"}
AUTOMATIC = {**SESSION, "MESSAGE_ID": SIGNED_IN, "BEDROCK_SIGN_IN_CAUSE": "automatic", "BEDROCK_SIGN_IN_RESULT": "ok"}
NOTHING = {"MESSAGE_ID": NO_SESSION, "BEDROCK_CONDITION": "unguarded", "BEDROCK_KIND": "none",
           "BEDROCK_VERSION": "0.2.0"}
START = {"MESSAGE_ID": STARTED, "BEDROCK_VERSION": "0.2.0"}
STOP = {"MESSAGE_ID": STOPPING, "BEDROCK_VERSION": "0.2.0", "BEDROCK_PRESENCE": "present"}
SOMEBODY = {"MESSAGE_ID": PRESENCE, "BEDROCK_VERSION": "0.2.0", "BEDROCK_PRESENCE": "present"}
OTHER_PROGRAM = {"SYSLOG_IDENTIFIER": "cron", "_COMM": "cron", "_UID": "0"}
MIDNIGHT = int(NOW) // DAY * DAY


def write(fleet, **files: list[bytes]):
    """A journal file of each name."""
    for name, entries in files.items():
        write_journal(fleet.folder / f"remote-{name}.journal", iter(entries))


def lost(fleet, *arguments: str) -> int:
    return fleet.json(*arguments)["lostSeconds"]


def about(seconds: float) -> range:
    """Some, for times that are told in whole seconds."""
    return range(int(seconds) - 1, int(seconds) + 2)


def test_a_machine_whose_address_changes_has_several_files(fleet):
    """By turns, as with two addresses; beside a file of two machines, as behind one address."""
    at_home = [entry(9000, **FAILING), entry(8000, MESSAGE_ID=PRESENCE, **SESSION | {"BEDROCK_PRESENCE": "away"}),
               entry(5000, **FAILING), entry(100, **HEALTHY)]
    at_work = [entry(8500, **HEALTHY), entry(7000, MESSAGE_ID=PRESENCE, **SESSION), entry(4000, **HEALTHY),
               entry(3000, 2, **HEALTHY)]
    write(fleet, home=at_home, work=at_work)
    report = fleet.json()
    assert report["lostSeconds"] in about(500 + 1000) and report["entries"] == 8
    assert report["conditions"] == {"healthy": 2}


def test_a_company_whose_files_overlap_has_the_same_figures(fleet):
    """Each entry is in one of four files at random, and a part of them in two, as after an upload that began anew."""
    company = Company(MIDNIGHT, days=8)
    files = [[] for _ in range(4)]
    for number in range(20):
        for place, written in enumerate(company.machine(number)):
            files[place * 7919 % 13 % 4].append(written)
            if place % 5 == 0:
                files[place % 4].append(written)
    write(fleet, **{f"{place}": entries for place, entries in enumerate(files)})
    report = fleet.json("--since", stamp(MIDNIGHT - 8 * DAY))
    expected = company.expected
    assert (report["machines"], report["users"], report["entries"]) == (20, expected.users, expected.entries)
    assert (report["lostSeconds"], report["usersWhoLost"]) == (expected.lost, expected.who_lost)
    assert +Counter(report["signIns"]) == expected.sign_ins and report["refusals"] == expected.refusals
    assert report["conditions"] == expected.conditions


def test_what_was_uploaded_twice_counts_once(fleet):
    day = [entry(9000, **HEALTHY), entry(8000, **FAILING), entry(7800, **AUTOMATIC), entry(7700, **HEALTHY),
           entry(7600, MESSAGE_ID=REFUSED, BEDROCK_REFUSAL="invalid_grant", **SESSION), entry(7500, **HEALTHY)]
    # In one file after the other, and in the same.
    write(fleet, one=day + day[1:] + [entry(100, **HEALTHY)], two=day[2:])
    report = fleet.json()
    assert report["signIns"]["automatic"] == 1 and report["refusals"] == {"invalid_grant": 1}
    assert report["lostSeconds"] == 300 and report["entries"] == 7


def test_a_clock_that_jumps_costs_no_years(fleet):
    year = 365 * DAY
    ahead = [entry(9000, 1, **FAILING), entry(8000, 1, error=3 * year, **FAILING), entry(7000, 1, **HEALTHY)]
    # Without a battery, until the network has told the time.
    behind = [entry(9000, 2, error=-50 * year, **FAILING), entry(8700, 2, error=-50 * year, **SESSION),
              entry(8000, 2, **HEALTHY)]
    some_hours = [entry(9000, 3, error=2 * HOUR, **FAILING), entry(8000, 3, error=-20 * DAY, **SESSION),
                  entry(7000, 3, **HEALTHY)]
    # It never says the right time.
    lost_for_good = [entry(9000, 4, error=year, **FAILING), entry(7000, 4, error=year, **HEALTHY)]
    write(fleet, all=ahead + behind + some_hours + lost_for_good)
    report = fleet.json("--since", "14d")
    assert report["lostSeconds"] in range(2000 + 1000 + 1000, 2000 + 1000 + 2000 + 1)
    assert report["clocksAhead"] == ["host-1", "host-4"] and report["ignored"] == 2
    assert report["conditions"] == {"healthy": 3} and report["worst"][0]["since"] > stamp(NOW - DAY)
    assert {day["day"] for day in report["days"]} == set()


def test_between_two_boots_nothing_is_lost(fleet):
    write(fleet, one=[
        entry(9000, boot=1, **FAILING), entry(8900, boot=1, **SESSION),
        # Off for an hour, and the first thing that it says is lost.
        entry(5000, boot=2, **HEALTHY)])
    assert lost(fleet) == 100


def test_a_clock_that_was_wrong_before_a_reboot_does_not_undo_what_came_after(fleet):
    for number, error in enumerate((90, -90, 1200, 0), 1):
        before = [entry(9000, number, error=error, **FAILING), entry(7020, number, error=error, **STOP)]
        after = [entry(7000, number, boot=2, **START), entry(6998, number, boot=2, **HEALTHY)]
        # And one of them was used until now.
        used = [entry(3600, number, boot=2, **SESSION | {"MESSAGE_ID": REFRESHED})] if error == 90 else []
        write(fleet, **{f"{number}": before + after + used})
    report = fleet.json()
    assert report["conditions"] == {"healthy": 4} and report["lostSeconds"] == 4 * 1980
    assert (report["entries"], report["ignored"]) == (4 * 4 + 1, 0)


def test_what_goes_on_costs_until_the_last_that_was_heard(fleet):
    write(
        fleet, waits=[entry(5000, 1, **FAILING), entry(100, 1, **OTHER_PROGRAM)],
        # Nobody there; the agent was stopped; the machine is silent.
        away=[entry(5000, 2, **FAILING | {"BEDROCK_PRESENCE": "away"}), entry(100, 2, **OTHER_PROGRAM)],
        gone=[entry(5000, 3, **FAILING), entry(4900, 3, **STOP), entry(100, 3, **OTHER_PROGRAM)],
        silent=[entry(5 * DAY, 4, **FAILING), entry(5 * DAY - 50, 4, **SESSION)],
        # It was closed after 10 minutes, or at once, and maybe started anew.
        asleep=[entry(5000, 5, **FAILING), entry(4400, 5, **OTHER_PROGRAM)],
        off=[entry(5000, 6, **FAILING), entry(4000, 6, boot=2, **OTHER_PROGRAM)],
        closed=[entry(2 * DAY, 9, **FAILING)],
        # It goes on without the agent, which would have said something after a day.
        ended=[entry(5 * DAY, 8, **FAILING), entry(50, 8, **OTHER_PROGRAM)],
        # Until the token ends, one can work.
        token=[entry(5000, 7, **FAILING, BEDROCK_EXPIRES_AT=stamp(NOW - 1000)), entry(400, 7, **OTHER_PROGRAM)],
        # What the clock says does not matter.
        ahead=[entry(5000, 10, **FAILING), entry(4400, 10, error=30 * DAY, **OTHER_PROGRAM)])
    report = fleet.json()
    each = {problem["user"]["host"]: problem["lostSeconds"] for problem in report["worst"]}
    assert each.pop("host-7") in about(600)
    assert each == {"host-1": 4900, "host-2": 0, "host-3": 100, "host-4": 50, "host-5": 600, "host-6": 0,
                    "host-8": DAY, "host-9": 0, "host-10": 600}
    assert lost(fleet, "--since", stamp(NOW - 500)) in about(400 + 100)


def test_what_was_lost_stays_lost_after_a_reset(fleet):
    write(
        fleet, reset=[entry(8 * HOUR, 1, **FAILING), entry(HOUR, 1, **OTHER_PROGRAM), entry(600, 1, boot=2, **START),
                      entry(598, 1, boot=2, **HEALTHY)],
        # Nobody has logged in since; and it was reset a second time.
        idle=[entry(8 * HOUR, 2, **FAILING), entry(HOUR, 2, **OTHER_PROGRAM), entry(600, 2, boot=2, **OTHER_PROGRAM)],
        twice=[entry(8 * HOUR, 3, **FAILING), entry(7 * HOUR, 3, **OTHER_PROGRAM), entry(5 * HOUR, 3, boot=2, **FAILING),
               entry(4 * HOUR, 3, boot=2, **OTHER_PROGRAM), entry(600, 3, boot=3, **HEALTHY)],
        # The agent was killed, and started anew; at once or after days.
        killed=[entry(8 * HOUR, 4, **FAILING), entry(10, 4, **START), entry(8, 4, **FAILING)],
        later=[entry(3 * DAY, 5, **FAILING), entry(10, 5, **START), entry(8, 5, **HEALTHY)])
    report = fleet.json()
    assert {problem["user"]["host"]: problem["lostSeconds"] for problem in report["worst"]} == {
        "host-1": 7 * HOUR, "host-2": 7 * HOUR, "host-3": 2 * HOUR, "host-4": 8 * HOUR - 10, "host-5": DAY}
    assert report["conditions"] == {"healthy": 3, "sign-in-needed": 2}


def test_whoever_has_no_session_is_seen(fleet, tmp_path):
    write(fleet, one=[
        entry(9000, 1, **NOTHING), entry(9000, 2, **NOTHING), entry(8000, 2, **HEALTHY),
        entry(9000, 3, **HEALTHY), entry(8000, 3, **NOTHING, _UID="1001"), entry(6 * DAY, 4, **NOTHING),
        # Its settings are at fault: that has a fix of its own.
        entry(9000, 5, **NOTHING | {"BEDROCK_CONDITION": "misconfigured"})])
    report = fleet.json()
    assert report["conditions"] == {"no-session": 2, "healthy": 2, "silent": 1, "misconfigured": 1}
    assert [(user["host"], user["uid"]) for user in report["withoutSession"]] == [("host-1", 1000), ("host-3", 1001)]
    assert {problem["condition"]: problem["fix"].split(";")[0] for problem in report["worst"]} == {
        "no-session": "bedrock-agent setup", "silent": "systemctl --user status bedrock-agent",
        "misconfigured": "bedrock-agent doctor"}
    assert report["worst"][0]["condition"] == "misconfigured"
    text = fleet("--html", tmp_path / "fleet.html").stdout
    assert "no-session        2\n" in text and "Without a session\n  host-1, user 1000\n" in text
    assert "<caption>Without a session</caption>" in (tmp_path / "fleet.html").read_text()


def test_an_agent_that_has_just_started_has_not_lost_its_sessions(fleet):
    write(fleet, one=[
        entry(8000, 1, **FAILING), entry(9000, 2, **HEALTHY), entry(9000, 3, **NOTHING),
        *(entry(2, number, **START) for number in (1, 2, 3, 4)),
        # What is from before is forgotten with the first that is said anew.
        entry(9000, 5, **LEGACY), entry(100, 5, **START), entry(98, 5, **HEALTHY)])
    report = fleet.json()
    assert report["conditions"] == {"sign-in-needed": 1, "healthy": 2, "no-session": 1, "unknown": 1}
    assert report["legacy"] == [] and "unknown           1\n" in fleet().stdout


def test_a_short_silence_hides_no_session(fleet):
    write(fleet, one=[entry(5 * HOUR, 1, **HEALTHY), entry(600, 1, **SOMEBODY), entry(3 * HOUR, 2, **HEALTHY)])
    assert fleet.json("--silent-after", "1h")["conditions"] == {"healthy": 1, "silent": 1}


def test_silence_is_not_hidden_by_sign_ins_that_failed(fleet):
    failed = AUTOMATIC | {"BEDROCK_SIGN_IN_RESULT": "timed-out"}
    healthy = [written for number in range(10, 22) for written in (entry(900, number, **failed),
                                                                   entry(800, number, **HEALTHY))]
    write(fleet, one=[entry(5 * DAY, 1, **HEALTHY), entry(800, 2, **NOTHING), *healthy])
    assert [problem["condition"] for problem in fleet.json()["worst"]] == ["silent", "no-session"] + 8 * ["healthy"]


def test_a_user_can_lie_about_themselves_only(fleet):
    honest = [entry(9000, 1, **HEALTHY), entry(8000, 1, **AUTOMATIC),
              entry(7000, 1, MESSAGE_ID=REFUSED, BEDROCK_REFUSAL="invalid_grant", **SESSION)]
    liar = {"_UID": "1001"}
    lies = [entry(8500, 1, **liar, **FAILING)]
    lies += [entry(8000 - n / 10, 1, **liar, **AUTOMATIC) for n in range(3000)]
    lies += [entry(7600 - n / 10, 1, **liar, MESSAGE_ID=REFUSED, BEDROCK_REFUSAL=f"word{n}", **SESSION)
             for n in range(300)]
    lies += [entry(7500, 1, **liar, MESSAGE_ID=REFUSED, BEDROCK_REFUSAL="words <b>of</b> mine", **SESSION)]
    lies += [entry(7000 - n, 1, **liar, **FAILING | {"BEDROCK_SESSION": f"s{n}", "BEDROCK_VERSION": f"v{n}"})
             for n in range(300)]
    # In a namespace of theirs, they have other IDs; the login is still theirs.
    lies += [entry(6000, 1, **FAILING | {"_UID": f"{100_000 + n}", "_SYSTEMD_OWNER_UID": "1001"}) for n in range(300)]
    lies += [entry(100, 1, **liar, **HEALTHY | {"BEDROCK_CONDITION_SINCE": "0001-01-01T00:00:00Z"})]
    write(fleet, one=honest + lies)
    report = fleet.json()
    assert report["users"] == 2 and report["signIns"]["automatic"] <= 1 + 2 * 50
    assert report["refusals"]["invalid_grant"] == 1 and len(report["refusals"]) <= 1 + 5
    assert sum(report["versions"].values()) == 2 and report["ignored"] > 3000
    assert report["entries"] + report["ignored"] == len(honest + lies)
    assert report["lostSeconds"] <= 8400 and {problem["user"]["uid"] for problem in report["worst"]} == {1001}


def test_an_8_hour_profile_beside_a_healthy_one_is_named(fleet):
    write(fleet, one=[entry(9000, 1, **HEALTHY), entry(9000, 1, **LEGACY), entry(8000, 2, **FAILING),
                      entry(8000, 2, **LEGACY)])
    assert [(each["user"]["host"], each["fix"]) for each in fleet.json()["worst"]] == [
        ("host-2", "bedrock-agent login"), ("host-1", "bedrock-agent migrate --profile old-profile")]


def test_a_long_past_is_not_kept(fleet):
    """Of months before what is counted, only how things were then matters: more than a user may have fits in."""
    fields = {"_MACHINE_ID": f"{1:032x}", **of_user(1000), "SYSLOG_IDENTIFIER": "bedrock-agent", "BEDROCK_VERSION": "1"}
    past = (export(NOW - 80 * DAY + n, n, 1, fields) for n in range(100_001))
    write(fleet, past=past, one=[entry(29 * DAY, 1, **LEGACY), entry(HOUR, 1, **HEALTHY)])
    report = fleet.json("--since", "10d", "--silent-after", "40d")
    assert report["conditions"] == {"healthy": 1} and (report["entries"], report["ignored"]) == (1, 0)
    assert [each["profile"] for each in report["legacy"]] == ["old-profile"]


def test_what_is_not_kept_of_the_past_changes_nothing(fleet):
    """The same, with few entries in between, of which each is kept, and with many."""
    def past(number: int, *before: dict) -> list[bytes]:
        return [entry(20 * DAY - n, number, **each) for n, each in enumerate(before)] + [
            entry(18 * DAY - n * 600, number, **SOMEBODY) for n in range(200 if number % 2 else 2)] + [
            entry(HOUR, number, **SOMEBODY)]

    for number, before in enumerate([
            [FAILING, NOTHING], [FAILING, START], [FAILING, START, LEGACY], [LEGACY, START, START],
            [FAILING, LEGACY, HEALTHY | {"MESSAGE_ID": HOLDS}], [NOTHING, HEALTHY], [HEALTHY, STOP]]):
        for place in 2 * number, 2 * number + 1:
            write(fleet, **{f"{place}": past(place, *before)})
    report = fleet.json("--since", "7d", "--silent-after", "40d")
    assert len(report["conditions"]) == 3 and all(count % 2 == 0 for count in report["conditions"].values())
    legacy = [int(each["user"]["host"].removeprefix("host-")) for each in report["legacy"]]
    assert sorted(legacy) == [4, 5, 6, 7, 8, 9]
    assert report["users"] == 14 and report["usersWhoLost"] == 0


def test_one_host_name_and_two_machines(fleet):
    """It was installed anew; and another one has been renamed."""
    write(fleet, one=[
        entry(6 * DAY, 1, _HOSTNAME="desk", **HEALTHY), entry(5000, 2, _HOSTNAME="desk", **HEALTHY),
        entry(8000, 3, _HOSTNAME="before", **HEALTHY), entry(7000, 3, _HOSTNAME="after", **FAILING)],
        two=[entry(7500, 3, _HOSTNAME="before", **HEALTHY)])
    report = fleet.json()
    assert report["machines"] == 3 and report["conditions"] == {"healthy": 1, "sign-in-needed": 1}
    (silent,) = report["silent"]
    assert silent["machine"] == f"{1:032x}" and silent["isReplaced"]
    assert [problem["user"]["host"] for problem in report["worst"]] == ["after"]
    assert "another machine has its name now" in fleet().stdout


def test_a_machine_that_was_replaced_is_none_of_the_present_ones(fleet):
    write(fleet, one=[
        entry(20 * DAY, 1, _HOSTNAME="desk", **LEGACY | {"BEDROCK_VERSION": "0.1.9"}),
        entry(DAY, 2, _HOSTNAME="desk", **HEALTHY)])
    report = fleet.json()
    assert (report["users"], report["legacy"], report["versions"]) == (1, [], {"0.2.0": 1})
    assert report["conditions"] == {"healthy": 1} and report["silent"][0]["isReplaced"]


def test_machines_of_the_same_name_do_not_replace_each_other(fleet):
    named = {"_HOSTNAME": "localhost"}
    write(fleet, one=[entry(days * DAY, number, **HEALTHY, **named)
                      for number, days in ((1, 9), (2, 9), (1, 5), (2, 5), (2, 1))])
    report = fleet.json()
    assert report["conditions"] == {"healthy": 1, "silent": 1} and not report["silent"][0]["isReplaced"]
    assert [problem["condition"] for problem in report["worst"]] == ["silent"]


def test_a_machine_that_was_never_heard_of_said_no_goodbye(fleet):
    write(fleet, one=[entry(50, 1, error=400 * DAY, **HEALTHY), entry(40, 2, **HEALTHY)])
    (silent,) = fleet.json()["silent"]
    assert silent["host"] == "host-1" and "since" not in silent and not silent["saidGoodbye"]


def test_what_a_user_cannot_have_is_ignored_and_counted_once(fleet):
    evening = NOW - MIDNIGHT + HOUR
    write(fleet, one=[entry(evening - n, 1, **AUTOMATIC) for n in range(100)])
    report = fleet.json()
    assert (report["entries"], report["ignored"], report["signIns"]["automatic"]) == (50, 50, 50)


def refused(word: str) -> dict:
    return {"MESSAGE_ID": REFUSED, "BEDROCK_REFUSAL": word, **SESSION}


EVENING = NOW - MIDNIGHT + HOUR
LIMITS = {
    "50 refusals a day": (
        [entry(EVENING - n, 1, **refused("invalid_grant")) for n in range(60)],
        {"refusals": {"invalid_grant": 50}, "ignored": 10}),
    "five names of refusals": (
        [entry(EVENING - n, 1, **refused(f"word-{n}")) for n in range(7)],
        {"refusals": {f"word-{n}": 1 for n in range(5)}, "ignored": 2}),
    "4,096 boots": (
        [entry(EVENING - n, 1, boot=n + 1, **HEALTHY) for n in range(4100)], {"entries": 4096, "ignored": 4}),
    "256 users a machine": (
        [entry(EVENING - n, 1, **HEALTHY | {"_UID": f"{1000 + n}"}) for n in range(260)], {"users": 256, "ignored": 4}),
    "16 sessions": (
        [entry(EVENING - n, 1, **LEGACY | {"BEDROCK_SESSION": f"old-{n}", "BEDROCK_PROFILE": f"old-{n}"})
         for n in range(20)], {"legacy": 16}),
    "64 entries of the same moment": (
        [entry(EVENING, 1, **HEALTHY | {"BEDROCK_SESSION": f"corp-{n}"}) for n in range(70)], {"entries": 64})}


@pytest.mark.parametrize("limit", LIMITS)
def test_what_a_user_can_have(fleet, limit):
    """As the README has it. Sign-ins: above."""
    readme = (Path(__file__).resolve().parents[3] / "README.md").read_text()
    assert limit in " ".join(readme.split()).replace("50 sign-ins and 50 refusals a day", limit)
    entries, expected = LIMITS[limit]
    write(fleet, one=entries)
    report = fleet.json()
    found = {name: len(report[name]) if name == "legacy" else report[name] for name in expected}
    assert found == expected


def test_a_file_that_is_damaged_costs_no_other(fleet):
    write(fleet, good=[entry(5000, 1, **HEALTHY)], cut=[entry(9000 - n, 2, **HEALTHY) for n in range(2000)],
          torn=[entry(9000 - n, 3, **HEALTHY) for n in range(2000)])
    cut, torn = fleet.folder / "remote-cut.journal", fleet.folder / "remote-torn.journal"
    os.truncate(cut, cut.stat().st_size // 2)
    data = bytearray(torn.read_bytes())
    # In the middle of the entries, which follow the hash table.
    begin, tail = sum(struct.unpack_from("<QQ", data, 104)), struct.unpack_from("<Q", data, 136)[0]
    middle = begin + (tail - begin) // 3
    data[middle:middle + 100_000] = bytes(100_000)
    torn.write_bytes(data)
    (fleet.folder / "remote-empty.journal").touch()
    (fleet.folder / "remote-folder.journal").mkdir()
    shutil.copy(fleet.folder / "remote-good.journal", fleet.folder / "remote-good@0005e0c7.journal~")
    result = fleet()
    assert re.search("healthy +[1-9]", result.stdout)
    assert "remote-torn.journal" in result.stderr and "remote-good" not in result.stderr
    report = fleet.json()
    assert {"healthy": report["users"]} == report["conditions"] and report["users"] >= 2
    # The good one once, though its file is there twice; of the torn one, what is before the tear. The empty one may be
    # about to be written.
    assert 500 < report["entries"] < 2000 and report["unreadFiles"] == 3


def test_a_file_that_has_gone_is_no_fault(fleet):
    """It was listed, and then renamed for its size or deleted for its age."""
    write(fleet, one=[entry(50, 1, **HEALTHY)])
    (fleet.folder / "remote-gone.journal").symlink_to(fleet.folder / "nowhere")
    result = fleet()
    assert not result.stderr and "files unread" not in result.stdout


def test_a_file_is_read_while_it_is_written(fleet):
    writer = subprocess.Popen(
        ["/lib/systemd/systemd-journal-remote", "-o", fleet.folder / "remote-live.journal", "-"],
        stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    written = 0
    while not (fleet.folder / "remote-live.journal").exists() or written < 3000:
        writer.stdin.write(entry(9000 - written, 1, **HEALTHY))
        written += 1
        if written == 2900:
            writer.stdin.flush()
    report = fleet.json()
    assert report["conditions"] == {"healthy": 1} and 0 < report["entries"] <= written and report["unreadFiles"] == 0
    assert writer.communicate(timeout=60) and writer.returncode == 0
    assert fleet.json()["entries"] == written
