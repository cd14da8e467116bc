"""`setup --hooks`: what the agent says in Claude Code, among the user's own hooks, and `reset` after it."""

import copy
import json

import pytest

from claude_settings import COMMAND, settings
from place import MODEL, Place
from ugly_files import SETTINGS


def ours(event: str, matcher: str | None = None) -> dict:
    """A hook as setup writes it."""
    hook = {"type": "command", "command": f"bedrock-agent hook {event} 2>/dev/null || :", "timeout": 2}
    return {**({"matcher": matcher} if matcher else {}), "hooks": [hook]}


OURS = {"SessionStart": [ours("session-start")],
        "StopFailure": [ours("stop-failure")],
        "FileChanged": [ours("file-changed", "bedrock-agent-failure")]}
MINE = {"matcher": "startup", "hooks": [{"type": "command", "command": "~/bin/mine"}]}
COMPLETE = settings(COMMAND, ANTHROPIC_MODEL=MODEL)


@pytest.fixture
def place(build, tmp_path) -> Place:
    return Place(build, tmp_path)


def with_hooks(place, **more):
    return place.setup("--no-enable", "--hooks", **more)


def put(place, content):
    place.settings.parent.mkdir(exist_ok=True)
    place.settings.write_bytes(content if isinstance(content, bytes) else json.dumps(content, indent=2).encode())


def read(place) -> dict:
    return json.loads(place.settings.read_bytes())


# What is written


@pytest.mark.parametrize("indent, ends", [(2, "\n"), (4, "\r\n"), ("\t", "\n"), (None, "\n")])
@pytest.mark.parametrize("hooks", [None, {}, {"Stop": [MINE]}, {"SessionStart": [MINE]}],
                         ids=["none", "empty", "others", "mine before it"])
def test_only_that_is_written_in_the_style_of_the_file(place, indent, ends, hooks):
    content = {"a": 1, **COMPLETE, **({} if hooks is None else {"hooks": hooks})}
    put(place, json.dumps(content, indent=indent).replace("\n", ends).encode())
    before = place.settings.read_bytes()
    with_hooks(place)
    expected = {**content, "hooks": copy.deepcopy(hooks or {})}
    for event, groups in OURS.items():
        expected["hooks"][event] = expected["hooks"].get(event, []) + groups
    written = place.settings.read_bytes()
    assert written.decode() == json.dumps(expected, indent=indent).replace("\n", ends)
    assert "nothing was changed" in with_hooks(place).stdout
    assert place.settings.read_bytes() == written
    place.run("reset", "--yes")
    assert place.settings.read_bytes() == before


@pytest.mark.parametrize("ugly", SETTINGS, ids=str)
def test_any_file_as_it_was(place, ugly):
    place.put(ugly, place.settings)
    before = place.everything()
    with_hooks(place)
    assert read(place)["hooks"].items() >= OURS.items()
    with_hooks(place, model="another", profile="chained")
    place.setup(model="third")
    assert read(place)["hooks"].items() >= OURS.items()
    place.run("reset", "--yes")
    assert place.everything() == before


def test_without_the_flag_nothing_of_it_is_written(place):
    place.setup()
    assert "hooks" not in read(place)


def test_a_dry_run_shows_it(place):
    put(place, {"hooks": {"SessionStart": [MINE]}, **COMPLETE})
    before = place.everything()
    shown = place.setup("--no-enable", "--hooks", "--dry-run").stdout
    assert '"command": "bedrock-agent hook session-start 2>/dev/null || :"' in shown and place.everything() == before


def test_a_secret_of_theirs_is_not_shown(place):
    secret = {"type": "command", "command": "curl -H 'Authorization: Bearer nobody-should-see' https://x"}
    put(place, {"hooks": {"SessionStart": [{"hooks": [secret]}]}})
    shown = with_hooks(place).stdout + place.setup("--no-enable", "--no-hooks").stdout
    shown += place.run("reset", "--yes").stdout
    assert "StopFailure" in shown and "[…]" not in shown and "nobody-should-see" not in shown


@pytest.mark.parametrize("wrong", [[], None, "x", {"SessionStart": {}}, {"FileChanged": "x"}])
def test_what_is_no_list_is_refused(place, wrong):
    put(place, {"hooks": wrong})
    before = place.everything()
    said = place.run("setup", "--profile", "work-dev", "--region", "us-west-2", "--model", MODEL, "--yes", "--no-login",
                     "--no-enable", "--hooks", status=1).stderr
    assert ", line " in said and "Nothing was changed" in said
    assert place.everything() == before
    place.setup()
    assert read(place)["hooks"] == wrong


@pytest.mark.parametrize("theirs", ["/opt/bin/bedrock-agent hook session-start", "bedrock-agent hook session-start|jq"])
def test_one_that_runs_already_stays_and_is_not_undone(place, theirs):
    own = {"hooks": [{"type": "command", "command": theirs}]}
    put(place, {"a": 1, "hooks": {"SessionStart": [own]}})
    before = place.settings.read_bytes()
    with_hooks(place)
    assert read(place)["hooks"] == {**OURS, "SessionStart": [own]}
    place.run("reset", "--yes")
    assert place.settings.read_bytes() == before


# Taken out again by setup


def test_no_hooks_takes_ours_out_and_leaves_theirs(place):
    put(place, {"hooks": {"SessionStart": [MINE]}})
    place.setup()
    before = place.settings.read_bytes()
    with_hooks(place)
    place.setup("--no-enable", "--no-hooks")
    assert place.settings.read_bytes() == before
    assert "nothing was changed" in place.setup("--no-enable", "--no-hooks").stdout
    place.run("reset", "--yes")
    assert read(place) == {"hooks": {"SessionStart": [MINE]}}


def test_no_hooks_leaves_nothing_empty(place):
    place.setup()
    before = place.settings.read_bytes()
    with_hooks(place)
    place.setup("--no-enable", "--no-hooks")
    assert place.settings.read_bytes() == before


# Reset after somebody has changed something

CHANGES = {
    "theirs came behind": ({**OURS, "SessionStart": [*OURS["SessionStart"], MINE]}, {"SessionStart": [MINE]}),
    "theirs came before": ({**OURS, "SessionStart": [MINE, *OURS["SessionStart"]]}, {"SessionStart": [MINE]}),
    "theirs came beside ours": (
        {**OURS, "SessionStart": [{"hooks": [*ours("session-start")["hooks"], *MINE["hooks"]]}]},
        {"SessionStart": [{"hooks": MINE["hooks"]}]}),
    "another timeout": (
        {**OURS, "SessionStart": [{"hooks": [{**ours("session-start")["hooks"][0], "timeout": 9}]}]}, None),
    "another matcher": ({**OURS, "SessionStart": [{**ours("session-start"), "matcher": "resume"}]}, None),
    "another event": ({**OURS, "Stop": [MINE]}, {"Stop": [MINE]}),
    "one was removed": ({"SessionStart": OURS["SessionStart"]}, None),
    "twice": ({**OURS, "SessionStart": OURS["SessionStart"] * 2}, None),
    "all were removed": (None, None),
}


@pytest.mark.parametrize("content", [{"a": 1}, {"a": 1, **COMPLETE}], ids=["beside more of ours", "all that is ours"])
@pytest.mark.parametrize("changed, left", CHANGES.values(), ids=CHANGES.keys())
def test_our_part_goes(place, content, changed, left):
    put(place, content)
    with_hooks(place)
    now = read(place)
    del now["hooks"]
    put(place, {**now, **({"hooks": changed} if changed else {})})
    said = place.run("reset", "--yes").stdout
    assert read(place) == {**content, **({"hooks": left} if left else {})}, said
    place.setup()
    assert read(place).get("hooks") == left


def test_theirs_that_was_there_is_changed(place):
    put(place, {"hooks": {"SessionStart": [MINE]}})
    with_hooks(place)
    newer = {"hooks": [{"type": "command", "command": "~/bin/newer"}]}
    put(place, {**read(place), "hooks": {**OURS, "SessionStart": [newer, *OURS["SessionStart"]]}})
    place.run("reset", "--yes")
    assert read(place) == {"hooks": {"SessionStart": [newer]}}


def test_ours_that_was_written_back_is_found_by_another_reset(place):
    """By a session of Claude Code's that was open."""
    put(place, {"a": 1})
    with_hooks(place)
    ours_and_theirs = {**read(place), "hooks": {**OURS, "SessionStart": [MINE, *OURS["SessionStart"]]}}
    place.run("reset", "--yes")
    put(place, ours_and_theirs)
    place.run("reset", "--yes")
    assert read(place) == {"a": 1, "hooks": {"SessionStart": [MINE]}}


@pytest.mark.parametrize("before", [{"a": 1}, {"a": 1, "hooks": {"SessionStart": [MINE]}}], ids=["none", "another's"])
def test_records_that_were_lost(place, before):
    """What was there before is known from the backup, and ours is ours by its text."""
    put(place, before)
    with_hooks(place)
    place.record.unlink()
    place.run("reset", "--yes")
    assert read(place) == before
