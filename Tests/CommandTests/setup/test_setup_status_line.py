"""`setup --status-line`: the session's state in Claude Code's status line, alone or above another's, and `reset` after it."""

import json
import subprocess

import pytest

from claude_settings import COMMAND, settings
from place import MODEL, Place
from programs import write_program
from ugly_files import SETTINGS, Ugly

LINE = "bedrock-agent status --line"
OURS = {"type": "command", "command": LINE, "refreshInterval": 60}
MINE = {"type": "command", "command": "~/bin/mine", "padding": 2}
COMPLETE = settings(COMMAND, ANTHROPIC_MODEL=MODEL)


@pytest.fixture
def place(build, tmp_path) -> Place:
    return Place(build, tmp_path)


def with_line(place, **more):
    return place.setup("--no-enable", "--status-line", **more)


def put(place, content):
    place.settings.parent.mkdir(exist_ok=True)
    place.settings.write_bytes(content if isinstance(content, bytes) else json.dumps(content, indent=2).encode())


def line(place):
    """The status line in the settings; nothing without one."""
    return json.loads(place.settings.read_bytes()).get("statusLine")


# What is written

ENV = ('"env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work-dev", "AWS_REGION": "us-west-2", '
       '"ANTHROPIC_MODEL": "%s"}')
REFRESH = '"awsAuthRefresh": "%s"'
WRITTEN = {
    "two spaces": ('{\n  ENV,\n  REFRESH\n}\n',
                   '{\n  ENV,\n  REFRESH,\n  "statusLine": {\n    "type": "command",\n    "command": "LINE",\n'
                   '    "refreshInterval": 60\n  }\n}\n'),
    "tabs, no line end": ('{\n\tENV,\n\tREFRESH\n}',
                          '{\n\tENV,\n\tREFRESH,\n\t"statusLine": {\n\t\t"type": "command",\n\t\t"command": "LINE",\n'
                          '\t\t"refreshInterval": 60\n\t}\n}'),
    "four spaces, CRLF": ('{\r\n    ENV,\r\n    REFRESH\r\n}\r\n',
                          '{\r\n    ENV,\r\n    REFRESH,\r\n    "statusLine": {\r\n        "type": "command",\r\n'
                          '        "command": "LINE",\r\n        "refreshInterval": 60\r\n    }\r\n}\r\n'),
    "one line": ('{"a": 1, ENV, REFRESH}',
                 '{"a": 1, ENV, REFRESH, "statusLine": {"type": "command", "command": "LINE", "refreshInterval": 60}}'),
    "another's": ('{"statusLine" :{ "padding":0,"command" : "a \\u00e9\\/b",\t"type":"command" },\n ENV,REFRESH}\n',
                  '{"statusLine" :{ "padding":0,"command" : "LINE; a é/b",\t"type":"command" },\n ENV,REFRESH}\n'),
}


def filled(text: str) -> bytes:
    return text.replace("ENV", ENV % MODEL).replace("REFRESH", REFRESH % COMMAND).replace("LINE", LINE).encode()


@pytest.mark.parametrize("before, after", WRITTEN.values(), ids=WRITTEN.keys())
def test_only_that_is_written_in_the_style_of_the_file(place, before, after):
    put(place, filled(before))
    with_line(place)
    assert place.settings.read_bytes() == filled(after)
    assert "nothing was changed" in with_line(place).stdout
    assert place.settings.read_bytes() == filled(after)
    place.run("reset", "--yes")
    assert place.settings.read_bytes() == filled(before)


def test_a_minified_file(place):
    before = json.dumps({"a": 1, **COMPLETE}, separators=(",", ":")).encode()
    put(place, before)
    with_line(place)
    assert place.settings.read_bytes() == json.dumps(
        {"a": 1, **COMPLETE, "statusLine": OURS}, separators=(",", ":")).encode()
    place.run("reset", "--yes")
    assert place.settings.read_bytes() == before


@pytest.mark.parametrize("ugly", SETTINGS, ids=str)
def test_any_file_as_it_was(place, ugly):
    place.put(ugly, place.settings)
    before = place.everything()
    theirs = json.loads(ugly.content if (ugly.content or b"").strip() else b"{}").get("statusLine")
    with_line(place)
    expected = {**theirs, "command": f"{LINE}; {theirs['command']}"} if theirs else OURS
    assert line(place) == expected
    with_line(place, model="another", profile="chained")
    place.setup(model="third")
    assert line(place) == expected
    place.run("reset", "--yes")
    assert place.everything() == before


def test_without_the_flag_nothing_of_it_is_written(place):
    place.setup()
    assert line(place) is None
    assert not json.loads(place.run(
        "setup", "--yes", "--json", "--no-login", "--no-enable").stdout).get("changes"), "nothing is left to do"


def test_a_dry_run_shows_it(place):
    put(place, {"statusLine": MINE, **COMPLETE})
    before = place.everything()
    shown = place.setup("--no-enable", "--status-line", "--dry-run").stdout
    assert f'+    "command": "{LINE}; ~/bin/mine"' in shown and place.everything() == before


def test_a_secret_of_theirs_is_not_shown(place):
    put(place, {"statusLine": {
        "type": "command", "command": "curl -H 'Authorization: Bearer nobody-should-see' https://x"}})
    shown = with_line(place).stdout + place.run("reset", "--yes").stdout
    assert "statusLine" in shown and "nobody-should-see" not in shown


@pytest.mark.parametrize("there", [
    LINE, f"/opt/bin/{LINE}", f"{LINE} 2>/dev/null; mine", "mine; bedrock-agent status --line",
    "bedrock-agent status --waybar | jq -r .text"])
def test_one_that_shows_it_already_stays_and_is_not_undone(place, there):
    put(place, {"statusLine": {"type": "command", "command": there}, "a": 1})
    before = place.settings.read_bytes()
    with_line(place)
    assert line(place) == {"type": "command", "command": there}
    place.run("reset", "--yes")
    assert place.settings.read_bytes() == before


@pytest.mark.parametrize("wrong", ["x.sh", None, {"command": "x"}, {"type": "command"},
                                   {"type": "command", "command": 5}, {"type": "static", "command": "x"}])
@pytest.mark.parametrize("flag", [(), ("--status-line",)], ids=["without", "with"])
def test_one_that_claude_code_refuses_is_refused(place, wrong, flag):
    put(place, {"statusLine": wrong})
    before = place.everything()
    said = place.run("setup", "--profile", "work-dev", "--region", "us-west-2", "--model", MODEL, "--yes", "--no-login",
                     "--no-enable", *flag, status=1).stderr
    assert ", line " in said and "statusLine" in said and "Nothing was changed" in said
    assert place.everything() == before


# Reset after somebody has changed it

CHANGES = {
    "padding was added": ({**OURS, "padding": 1}, None),
    "another interval": ({**OURS, "refreshInterval": 5}, None),
    "theirs was appended": ({**OURS, "command": f"{LINE}; mine"}, {**OURS, "command": "mine"}),
    "it was removed": (None, None),
}


@pytest.mark.parametrize("content", [{"a": 1}, {"a": 1, **COMPLETE}], ids=["beside more of ours", "all that is ours"])
@pytest.mark.parametrize("changed, left", CHANGES.values(), ids=CHANGES.keys())
def test_our_part_goes(place, content, changed, left):
    put(place, content)
    with_line(place)
    now = json.loads(place.settings.read_bytes())
    del now["statusLine"]
    put(place, {**now, **({"statusLine": changed} if changed else {})})
    said = place.run("reset", "--yes").stdout
    assert json.loads(place.settings.read_bytes()) == {**content, **({"statusLine": left} if left else {})}, said
    assert "statusLine" not in said.split("RESTART")[-1]
    place.setup()
    assert line(place) == left


@pytest.mark.parametrize("first, path", [(None, "statusLine"), (MINE, "statusLine.command")])
@pytest.mark.parametrize("own", ["own.sh", f"own.sh; {LINE}"])
def test_their_own_in_its_place_is_kept_and_listed(place, first, path, own):
    put(place, {"a": 1, **({"statusLine": first} if first else {})})
    with_line(place)
    theirs = {"type": "command", "command": own}
    put(place, {**json.loads(place.settings.read_bytes()), "statusLine": theirs})
    said = place.run("reset", "--yes").stdout
    assert json.loads(place.settings.read_bytes()) == {"a": 1, "statusLine": theirs}
    assert path in said.split(), said


@pytest.mark.parametrize("more", [{"padding": 0}, {"refreshInterval": 1, "new": [1]}])
def test_above_theirs_with_something_changed_beside_it(place, more):
    put(place, {"statusLine": MINE})
    with_line(place)
    put(place, {**json.loads(place.settings.read_bytes()), "statusLine": {**line(place), **more}})
    place.run("reset", "--yes")
    assert line(place) == {**MINE, **more}


def test_theirs_was_changed_below_ours(place):
    put(place, {"statusLine": MINE})
    with_line(place)
    put(place, {**json.loads(place.settings.read_bytes()), "statusLine": {**MINE, "command": f"{LINE}; ~/bin/newer"}})
    place.run("reset", "--yes")
    assert line(place) == {**MINE, "command": "~/bin/newer"}


def test_theirs_came_between_two_setups(place):
    put(place, {"a": 1})
    with_line(place)
    put(place, {**json.loads(place.settings.read_bytes()), "statusLine": MINE})
    with_line(place)
    assert line(place) == {**MINE, "command": f"{LINE}; ~/bin/mine"}
    place.run("reset", "--yes")
    assert json.loads(place.settings.read_bytes()) == {"a": 1, "statusLine": MINE}


@pytest.mark.parametrize("before", [{"a": 1}, {"a": 1, "statusLine": MINE}], ids=["none", "another's"])
def test_records_that_were_lost(place, before):
    """What was there before is known from the backup, and ours is ours by its text."""
    put(place, before)
    with_line(place)
    place.record.unlink()
    place.run("reset", "--yes")
    assert json.loads(place.settings.read_bytes()) == before


# What /bin/sh makes of it

THEIRS = {
    "a script": "{tools}/mine", "a pipe": "cat | {tools}/mine", "with a comment": "{tools}/mine # mine",
    "several": "x=1; {tools}/mine && true", "a variable": "A=1 {tools}/mine", "a block": "{{ {tools}/mine; }}",
    "lines": "if true\nthen {tools}/mine\nfi", "a reader": "read -r text; echo \"mine: $text\"",
}


@pytest.mark.parametrize("theirs", THEIRS.values(), ids=THEIRS.keys())
def test_theirs_gets_its_input_and_shows_below_ours(place, theirs):
    write_program(place.tools / "mine", 'echo "mine: $(cat)"')
    (place.tools / "bedrock-agent").symlink_to(place.program)
    put(place, {"statusLine": {"type": "command", "command": theirs.format(tools=place.tools)}})
    with_line(place)
    said = subprocess.run(
        ["/bin/sh", "-c", line(place)["command"]], input='{"model": "x"}\n', capture_output=True, text=True, timeout=60,
        env=place.home.environment(PATH=f"{place.tools}:/usr/bin:/bin"))
    ours, below = said.stdout.splitlines()
    assert ours.startswith("work-dev ") and below == 'mine: {"model": "x"}' and said.stderr == ""


def test_a_program_that_is_gone_takes_nothing_from_theirs(place):
    """After the package was removed."""
    put(place, {"statusLine": {"type": "command", "command": "cat"}})
    with_line(place)
    said = subprocess.run(["/bin/sh", "-c", line(place)["command"]], input="in", capture_output=True, text=True,
                          env=place.home.environment(), timeout=60)
    assert (said.stdout, said.returncode) == ("in", 0)
