"""`reset --command-only`: what the package runs for each user before it is removed. Claude Code is left with a command that
is there, or with none, and with everything else."""

import json

import pytest

from place import MODEL, Place

OURS = "bedrock-agent login --profile work-dev"
THEIRS = "aws sso login --profile work-dev"
COALESCED = ("--coalesce", "--no-enable")


@pytest.fixture
def place(build, tmp_path) -> Place:
    return Place(build, tmp_path)


def settings(place: Place) -> dict:
    return json.loads(place.settings.read_text())


def test_the_aws_cli_signs_in_from_then_on(place):
    place.setup(*COALESCED)
    before = settings(place)
    assert before["awsAuthRefresh"] == OURS
    shown = place.run("reset", "--command-only", "--yes").stdout
    assert f'-  "awsAuthRefresh": "{OURS}"' in shown and f'+  "awsAuthRefresh": "{THEIRS}"' in shown
    assert settings(place) == {**before, "awsAuthRefresh": THEIRS}
    # Should the agent come back, nothing is to be approved.
    assert THEIRS in json.loads((place.state / "approvals.json").read_text())


def test_without_one_nothing_does(place):
    place.setup(*COALESCED)
    before = settings(place)
    place.tool("aws", "exit 1")
    place.run("reset", "--command-only", "--yes")
    del before["awsAuthRefresh"]
    assert settings(place) == before


@pytest.mark.parametrize("has_aws", [True, False], ids=["AWS CLI", "none"])
@pytest.mark.parametrize("first", [None, '{\n\t"awsAuthRefresh" : "mine",\n\t"theme" : "dark" }'])
def test_a_later_reset_undoes_both(place, first, has_aws):
    if first:
        place.settings.parent.mkdir()
        place.settings.write_text(first)
    before = place.everything()
    place.setup(*COALESCED)
    if not has_aws:
        place.tool("aws", "exit 1")
    place.run("reset", "--command-only", "--yes")
    place.run("reset", "--yes")
    assert place.everything() == before


def test_twice(place):
    place.setup(*COALESCED)
    place.run("reset", "--command-only", "--yes")
    assert place.run("reset", "--command-only", "--yes").stdout == (
        "awsAuthRefresh does not run bedrock-agent: nothing to do\n")


@pytest.mark.parametrize("command", [THEIRS, "mine", None])
def test_a_command_that_is_not_ours_stays(place, command):
    place.settings.parent.mkdir()
    place.settings.write_text(json.dumps({"awsAuthRefresh": command} if command else {}))
    before = place.everything()
    place.run("reset", "--command-only", "--yes")
    assert place.everything() == before


def test_by_its_path_too(place):
    place.setup(*COALESCED)
    written = settings(place)
    place.settings.write_text(json.dumps({**written, "awsAuthRefresh": f"/usr/bin/{OURS} || true"}))
    place.run("reset", "--command-only", "--yes")
    assert settings(place)["awsAuthRefresh"] == THEIRS


def test_every_folder_that_was_set_up(place, tmp_path):
    other = tmp_path / "other-claude"
    other.mkdir()
    place.setup(*COALESCED)
    place.run("setup", "--profile", "work-dev", "--region", "us-west-2", "--model", MODEL, "--yes", "--no-login",
              *COALESCED, CLAUDE_CONFIG_DIR=str(other))
    place.run("reset", "--command-only", "--yes")
    assert settings(place)["awsAuthRefresh"] == THEIRS
    assert json.loads((other / "settings.json").read_text())["awsAuthRefresh"] == THEIRS


def test_a_dry_run_only_shows(place):
    place.setup(*COALESCED)
    before = place.everything()
    assert THEIRS in place.run("reset", "--command-only", "--dry-run").stdout
    assert place.everything() == before
