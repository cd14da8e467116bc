"""What `reset` says at its end: what Claude Code uses now, and what is of no use any more."""

import json

import pytest

from place import Place

LEFT = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"


@pytest.fixture
def place(build, tmp_path) -> Place:
    return Place(build, tmp_path)


def reset(place: Place, before: dict | None, **environment: str) -> str:
    if before is not None:
        place.settings.parent.mkdir()
        place.settings.write_text(json.dumps(before))
    place.setup()
    return " ".join(place.run("reset", "--yes", **environment).stdout.split())


@pytest.mark.parametrize("before", [None, {"model": "opus"}])
def test_no_bedrock_any_more(place, before):
    said = reset(place, before)
    assert "Claude Code no longer uses Bedrock: it will ask you to log in, or takes ANTHROPIC_API_KEY" in said
    assert said.endswith("Set up again: bedrock-agent setup") and "kept model" not in said


def test_bedrock_as_before(place):
    said = reset(place, {"env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "old-profile"}, "model": LEFT})
    assert "Claude Code uses Bedrock with profile old-profile again" in said and "kept model" not in said


def test_bedrock_by_the_shell(place):
    said = reset(place, None, CLAUDE_CODE_USE_BEDROCK="1", AWS_PROFILE="chained")
    assert ("Claude Code uses Bedrock with profile chained: environment variable CLAUDE_CODE_USE_BEDROCK says so"
            in said)


def test_another_provider(place):
    said = reset(place, {"env": {"CLAUDE_CODE_USE_VERTEX": "1"}})
    assert "Claude Code no longer uses Bedrock RESTART" in said


@pytest.mark.parametrize("model", [LEFT, "arn:aws:bedrock:us-west-2:123456789012:inference-profile/x"])
def test_a_model_that_only_bedrock_has(place, model):
    said = reset(place, {"model": model})
    assert (f"kept model in {place.settings} is an ID of Bedrock's, which Claude Code cannot use without it:"
            " choose another with /model") in said
    assert json.loads(place.settings.read_text()) == {"model": model}


def test_only_a_migration(place):
    place.run("migrate", "--profile", "old-profile", "--yes", "--no-login")
    assert "Claude Code does not use Bedrock" in place.run("reset", "--yes").stdout
