"""`reset`: every file gets back its bytes from before `setup` and `migrate`; later changes by others are kept."""

import configparser
import hashlib
import json
import shutil
import subprocess

import pytest
from botocore.configloader import load_config

from place import MODEL, Place
from ugly_files import CONFIGS, SETTINGS, URL, Ugly
from user_manager import user_manager

COMMAND = "aws sso login --profile work-dev"


@pytest.fixture
def place(build, tmp_path) -> Place:
    return Place(build, tmp_path)


def test_what_a_killed_setup_kept_of_its_shell_goes(place):
    """It was killed before it wrote anything else."""
    kept = place.state / "exported"
    place.run("setup", "--profile", "work-dev", "--region", "us-west-2", "--model", MODEL, "--yes", "--no-login",
              "--no-enable", HTTPS_PROXY="http://me:hidden@127.0.0.1:9")
    assert [b"hidden" in file.read_bytes() for file in kept.iterdir()] == [True]
    place.record.unlink()
    place.settings.unlink()
    assert place.run("reset", "--yes").stdout == "nothing to undo\n"
    assert list(kept.iterdir()) == []


def test_no_copy_of_the_settings_is_kept(place):
    """The daemon keeps one to repair them with, which nothing does without a record."""
    place.setup()
    copy = place.state / "good" / f"settings-{hashlib.sha256(str(place.settings).encode()).hexdigest()[:12]}.json"
    copy.parent.mkdir(exist_ok=True)
    copy.write_bytes(place.settings.read_bytes())
    place.run("reset", "--dry-run")
    assert copy.exists()
    place.run("reset", "--yes")
    assert not copy.exists()


# Byte for byte


@pytest.mark.parametrize("ugly", SETTINGS, ids=str)
def test_settings_as_they_were(place, ugly):
    place.put(ugly, place.settings)
    before = place.everything()
    place.setup()
    assert json.loads(place.settings.read_text())["awsAuthRefresh"] == COMMAND
    place.setup(model="another", profile="chained")
    changed = place.everything()
    place.run("reset", "--dry-run")
    assert place.everything() == changed
    place.run("reset", "--yes")
    assert place.everything() == before
    assert json.loads((place.state / "approvals.json").read_text()) == []
    assert place.run("reset").stdout == "nothing to undo\n"


@pytest.mark.parametrize("ugly", CONFIGS, ids=str)
def test_configs_as_they_were(place, ugly):
    place.put(ugly, place.home.config)
    before = place.everything()
    place.run("migrate", "--profile", ugly.profile, "--yes", "--no-login")
    assert place.home.config.read_bytes() != ugly.content
    read = load_config(str(place.home.config))
    profile = read["profiles"][ugly.profile]
    session = read["sso_sessions"][profile["sso_session"]]
    assert (session["sso_start_url"], session["sso_region"]) == (URL, "us-east-1")
    assert "sso:account:access" in session["sso_registration_scopes"].split(",")
    assert profile.keys().isdisjoint(["sso_start_url", "sso_region"])
    place.setup(profile=ugly.profile)
    place.run("reset", "--yes")
    assert place.everything() == before


def test_who_is_signed_in_stays_signed_in(place):
    """With the token, its registration, and the credentials of roles."""
    kept = {place.home.token_file(): '{"accessToken": "a"}', place.home.token_file("new"): '{"clientId": "b"}',
            place.home.path / ".aws" / "cli" / "cache" / "c.json": '{"Credentials": {}}'}
    for file, text in kept.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    place.run("migrate", "--profile", "old-profile", "--yes", "--no-login")
    place.setup()
    place.run("reset", "--yes")
    assert {file: file.read_text() for file in kept} == kept


def test_two_migrations_and_setups_in_between(place):
    place.put(next(ugly for ugly in CONFIGS if ugly.name == "two of one start URL"), place.home.config)
    before = place.everything()
    for profile in ("old", "older"):
        place.run("migrate", "--profile", profile, "--yes", "--no-login")
        place.setup(profile=profile)
    place.run("reset", "--yes")
    assert place.everything() == before


# With a rewrite by another program in between


def rewritten(content: bytes, indent: int, **more) -> bytes:
    """As another program writes it: with its own order, layout and escapes, and a key of its own."""
    settings = json.loads(content) if content.strip() else {}
    return json.dumps({**more, **dict(reversed(settings.items()))}, indent=indent).encode()


@pytest.mark.parametrize("ugly", SETTINGS, ids=str)
def test_settings_that_another_program_wrote_since(place, ugly):
    place.put(ugly, place.settings)
    place.setup()
    place.settings.write_bytes(rewritten(place.settings.read_bytes(), 3, theirs=[1, "é"]))
    place.setup(model="another")
    place.settings.write_bytes(rewritten(place.settings.read_bytes(), 1, more="2"))
    assert "left" not in place.run("reset", "--yes").stdout
    expected = json.loads(rewritten(ugly.content or b"", 1, theirs=[1, "é"], more="2"))
    assert json.loads(place.settings.read_bytes()) == expected


@pytest.mark.parametrize("ugly", CONFIGS, ids=str)
def test_configs_that_the_aws_cli_wrote_since(place, aws_cli, ugly):
    """`aws configure set` in between, for another profile and for the same one: the result is as if nobody had migrated
    anything."""

    # Each takes half a second, so most files get only one of them.
    writes = [("output", "text", ugly.profile), ("region", "eu-west-1", "another")]
    writes = writes if ugly in CONFIGS[:4] else [writes[CONFIGS.index(ugly) % 2]]

    def aws_configure():
        for key, value, profile in writes:
            subprocess.run([aws_cli, "configure", "set", key, value, "--profile", profile], check=True, timeout=60,
                           env=place.home.environment())

    place.put(ugly, place.home.config)
    aws_configure()
    expected = place.home.config.read_bytes()
    place.put(ugly, place.home.config)
    place.run("migrate", "--profile", ugly.profile, "--yes", "--no-login")
    aws_configure()
    place.run("reset", "--yes")
    after = place.home.config.read_bytes()
    assert parsed(after) == parsed(expected)
    assert sorted(after.split()) == sorted(expected.split())


def parsed(content: bytes) -> dict:
    parser = configparser.RawConfigParser(strict=True)
    parser.read_string(content.decode())
    return {name: dict(parser[name]) for name in parser.sections()}


# Changes by others are kept


def test_what_was_changed_since_is_left_and_named(place):
    place.put(Ugly("", b'{"env": {"AWS_PROFILE": "before"}}'), place.settings)
    place.setup()
    settings = json.loads(place.settings.read_text())
    settings["env"].update(ANTHROPIC_MODEL="mine", AWS_PROFILE="theirs")
    place.settings.write_text(json.dumps(settings))
    result = place.run("reset", "--yes")
    assert "kept         env.ANTHROPIC_MODEL in" in result.stdout and "kept         env.AWS_PROFILE in" in result.stdout
    assert json.loads(place.settings.read_text()) == {"env": {"AWS_PROFILE": "theirs", "ANTHROPIC_MODEL": "mine"}}


@pytest.mark.parametrize("change, left, kept", [
    ("[profile new]\nsso_session = corp\n", "[sso-session corp], which [profile new] uses", "[sso-session corp]"),
    ("[sso-session mine]\n", None, "[sso-session mine]")])
def test_a_session_that_another_profile_uses_stays(place, change, left, kept):
    place.put(CONFIGS[0], place.home.config)
    place.run("migrate", "--profile", "old", "--yes", "--no-login")
    with place.home.config.open("a") as config:
        config.write(change)
    result = place.run("reset", "--yes")
    assert (left in result.stdout) if left else ("left" not in result.stdout)
    text = place.home.config.read_text()
    assert text.startswith(CONFIGS[0].content.decode()) and kept in text


def test_a_profile_that_was_changed_since_is_left(place):
    place.put(CONFIGS[0], place.home.config)
    place.run("migrate", "--profile", "old", "--yes", "--no-login")
    text = place.home.config.read_text().replace("sso_session = corp", "sso_session = other")
    place.home.config.write_text(text)
    assert "kept         sso_session of [profile old]" in place.run("reset", "--yes").stdout
    assert place.home.config.read_text() == text.split("\n[sso-session corp]")[0]


def test_a_session_of_claude_code_that_brings_our_keys_back(place):
    """It writes back what it read at its start. Running `reset` again fixes that."""
    place.put(Ugly("", b'{"a": 1}'), place.settings)
    place.setup()
    stale = place.settings.read_bytes()
    assert "RESTART REQUIRED" in place.run("reset", "--yes").stdout
    place.settings.write_bytes(json.dumps(json.loads(stale)).encode())
    place.run("reset", "--yes")
    assert json.loads(place.settings.read_bytes()) == {"a": 1}
    assert place.run("reset").stdout == "nothing to undo\n"
    # Set up and reset once more.
    place.setup()
    place.run("reset", "--yes")
    assert json.loads(place.settings.read_bytes()) == {"a": 1}


def test_a_link_that_became_a_file(place):
    """The linked file gets its bytes back, and our keys are removed from the file that replaced the link."""
    place.put(Ugly("", b'{"a": 1}', links=1), place.settings)
    real = place.settings.resolve()
    place.setup()
    place.settings.unlink()
    place.settings.write_text(json.dumps({**json.loads(real.read_text()), "b": 2}))
    place.run("reset", "--yes")
    assert real.read_bytes() == b'{"a": 1}'
    assert json.loads(place.settings.read_text()) == {"a": 1, "b": 2}


# Without our record


@pytest.fixture(params=["lost", "damaged"])
def forget(request, place):
    def forget():
        if request.param == "lost":
            place.record.unlink()
        else:
            place.record.write_bytes(place.record.read_bytes()[:-9])
    return forget


def test_without_a_record_the_newest_backup_without_ours_says_what_was_there(place, forget):
    before = b'{"env": {"AWS_PROFILE": "before", "X": "1"}, "awsAuthRefresh": "mine"}\n'
    place.put(Ugly("", before), place.settings)
    place.setup(model="first")
    place.setup()
    forget()
    assert "certainly from setup" in place.run("reset", "--yes").stdout
    assert json.loads(place.settings.read_bytes()) == json.loads(before)
    assert place.run("reset").stdout == "nothing to undo\n"


def test_without_record_and_backups_our_keys_go(place, forget):
    place.put(Ugly("", b'{"a": 1}'), place.settings)
    place.setup(profile="chained")
    forget()
    shutil.rmtree(place.state / "backups")
    place.run("reset", "--yes")
    assert place.settings.read_bytes() == b'{"a": 1}'
    assert json.loads((place.state / "approvals.json").read_text()) == []


@pytest.mark.parametrize("settings, kept", [
    # Nothing in it is certainly ours.
    ({"env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work-dev", "AWS_REGION": "r"}}, None),
    ({"env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work-dev"}, "awsAuthRefresh": "./login.sh"}, None),
    ({"env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "p"}, "awsAuthRefresh": COMMAND}, None),
    # Without Bedrock, the region and the model are somebody else's; with another profile, so is the profile.
    ({"env": {"AWS_PROFILE": "work-dev", "AWS_REGION": "r"}, "awsAuthRefresh": COMMAND}, {"env": {"AWS_REGION": "r"}}),
    ({"env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "p", "AWS_REGION": "r"},
      "awsAuthRefresh": "bedrock-agent login --profile work-dev"}, {"env": {"AWS_PROFILE": "p", "AWS_REGION": "r"}})])
def test_without_a_record_only_what_is_ours_beyond_doubt_goes(place, settings, kept):
    place.put(Ugly("", json.dumps(settings).encode()), place.settings)
    if kept is None:
        assert place.run("reset", "--yes").stdout == "nothing to undo\n"
        assert not place.state.exists()
    else:
        assert "AWS_REGION" in place.run("reset", "--yes").stdout
    assert json.loads(place.settings.read_bytes()) == (settings if kept is None else kept)


# The steps


def test_nothing_was_ever_set_up(place):
    before = place.everything()
    assert place.run("reset", "--yes").stdout == "nothing to undo\n"
    assert place.everything() == before and not place.state.exists()


def test_it_shows_what_goes_and_asks(place):
    before = b'{\n  "env": {\n    "AWS_REGION": "eu-west-1",\n    "API_KEY": "hidden"\n  }\n}\n'
    place.put(Ugly("", before), place.settings)
    place.setup()
    before = place.everything()
    shown = place.run("reset", "--dry-run").stdout
    for line in ('-    "AWS_REGION": "us-west-2",', '+    "AWS_REGION": "eu-west-1",',
                 f'-  "awsAuthRefresh": "{COMMAND}"', f"approval     withdrawn: {COMMAND}", "dry run"):
        assert line in shown
    assert "--yes" in place.run("reset", status=1).stderr
    assert place.everything() == before


def test_settings_that_are_no_json_any_more(place):
    """Everything else is still done; the file is left alone, and the same command fixes it later."""
    place.put(CONFIGS[0], place.home.config)
    place.run("migrate", "--profile", "old", "--yes", "--no-login")
    place.put(Ugly("", b'{"a": 1}'), place.settings)
    place.setup(profile="old")
    ours = place.settings.read_bytes()
    place.settings.write_bytes(ours[:-1] + b",}")
    result = place.run("reset", "--yes", status=1)
    assert "a trailing comma" in result.stderr and "bedrock-agent reset again" in result.stderr
    assert place.settings.read_bytes() == ours[:-1] + b",}"
    assert place.home.config.read_bytes() == CONFIGS[0].content
    place.settings.write_bytes(ours)
    place.run("reset", "--yes")
    assert place.settings.read_bytes() == b'{"a": 1}'


@pytest.mark.parametrize("status", [0, 5])
def test_the_service_is_disabled(place, status):
    place.put(Ugly("", b'{"a": 1}'), place.settings)
    place.tool("systemctl", f'echo "$@" >> "{place.asked}"; case "$3" in disable) exit {status}; esac')
    with user_manager() as manager:
        place.run("setup", "--profile", "work-dev", "--region", "us-west-2", "--model", MODEL, "--yes", "--no-login", **manager)
        result = place.run("reset", "--yes", status=1 if status else 0, **manager)
    assert place.asked.read_text().splitlines()[-1] == "--user --quiet disable --now bedrock-agent bedrock-agent.socket"
    assert status == 0 or "the service was not disabled (systemctl exited with status 5)" in result.stderr
    assert place.settings.read_bytes() == b'{"a": 1}'


def test_a_record_of_the_first_version(place):
    """The record of version 0.1.0 had one file, without its bytes."""
    place.put(Ugly("", b'{"env": {"AWS_PROFILE": "work-dev", "X": "1"}, "awsAuthRefresh": "c"}'), place.settings)
    place.state.mkdir(parents=True)
    place.record.write_text(json.dumps({"settings": str(place.settings), "changes": [
        {"path": ["env", "AWS_PROFILE"], "old": '"before"', "new": '"work-dev"', "addsParent": False},
        {"path": ["awsAuthRefresh"], "new": '"c"', "addsParent": False}]}))
    place.run("reset", "--yes")
    assert place.settings.read_bytes() == b'{"env": {"AWS_PROFILE": "before", "X": "1"}}'
