"""Damaged or invalid files of our own, and the exit statuses of `status` and of usage errors."""

import json

import pytest

from claude_settings import COMMAND, approve, write_settings
from home_to_break import START_URL, check_doors
from waiting import eventually


@pytest.mark.parametrize(("text", "words"), [
    ("{", ["line 1"]),
    ("[]", ["not a JSON object"]),
    ('{"refreshAhaed": "20min"}', ["key refreshAhaed", "did you mean refreshAhead?"]),
    ('{"refreshAhead": "20 minutes or so"}', ["key refreshAhead", "20min"]),
    ('{"signInTimeout": 165}', ["key signInTimeout", "165s"]),
    ('{"legacyAhead": "0s"}', ["key legacyAhead", "greater than 0"]),
    ('{"signIn": "always"}', ["key signIn", "never"]),
    ('{"profiles": "work-dev"}', ["key profiles"]),
    ('{"profiles": [1]}', ["key profiles"]),
])
def test_own_config_that_is_wrong(place, text, words):
    place.own_config.parent.mkdir(parents=True)
    place.own_config.write_text(text)
    check_doors(place, "config-wrong", place.own_config, *words, subject=place.own_config)


def test_own_config_names_no_profile(place):
    place.own_config.parent.mkdir(parents=True)
    place.own_config.write_text('{"profiles": ["old-profil"]}')
    check_doors(place, "no-such-profile", "old-profil", "old-profile", place.own_config)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 99}'])
def test_state_that_is_damaged(place, text):
    (place.state / "state.json").write_text(text)
    before = place.status()
    assert [finding["code"] for finding in before["findings"]] == ["state-damaged"]
    assert before["condition"] == "healthy"
    agent = place.daemon()
    assert agent.status()["condition"] == "healthy"
    assert agent.stop() == 0
    assert json.loads((place.state / "state.json").read_text())["version"] == 1


@pytest.mark.parametrize("text", ["", "{", "{}", "[1]"])
def test_approvals_that_are_damaged(place, text):
    (place.state / "approvals.json").write_text(text)
    check_doors(place, "approvals-damaged", place.state / "approvals.json", "bedrock-agent approve")
    assert (place.state / "approvals.json").read_text() == text


# Exit statuses


def test_exit_statuses(place):
    """The exit status of `status` for each condition; without a daemon it is always 3."""

    def check(condition, expected, before=lambda: None, **more):
        before()
        disk = place.status()
        assert place.run("status").returncode == 3
        agent = place.daemon(**more)
        try:
            eventually(lambda: agent.status()["condition"] == condition, f"{condition}, not {disk['condition']}")
            for arguments in (("status",), ("status", "--json")):
                result = place.run(*arguments)
                assert result.returncode == expected, f"{condition}: {result.stdout}{result.stderr}"
        finally:
            assert agent.stop() == 0

    check("healthy", 0)
    nowhere = {"AWS_ENDPOINT_URL_SSO_OIDC": "http://127.0.0.1:9"}
    check("offline", 1, lambda: place.write_token(hours=-0.01), **nowhere)
    check("sign-in-needed", 2, lambda: place.token_file().unlink())
    write_settings(place.path, "sleep 60")
    approve(place.path, "sleep 60")
    check("signing-in", 2, lambda: place.write_token(hours=-1, refreshToken=None), DISPLAY=":0")
    write_settings(place.path, COMMAND, CLAUDE_CODE_USE_BEDROCK="0")
    check("unguarded", 4)
    write_settings(place.path, COMMAND, AWS_PROFILE="missing")
    check("misconfigured", 4)


def test_exit_statuses_of_a_legacy_profile(place):
    write_settings(place.path, "aws sso login --profile old-profile", AWS_PROFILE="old-profile")
    approve(place.path, "aws sso login --profile old-profile")
    for hours, condition in ((8, "healthy"), (0.1, "expiring")):
        place.write_token(START_URL, hours=hours, refreshToken=None, clientId=None, clientSecret=None,
                          registrationExpiresAt=None)
        agent = place.daemon()
        assert agent.status()["condition"] == condition
        assert [f["code"] for f in agent.status()["findings"]][0] == "legacy-profile"
        assert place.run("status").returncode == 1
        assert agent.stop() == 0


@pytest.mark.parametrize("arguments", [
    ["status", "--jsno"], ["status", "extra"], ["statsu"], ["setup", "--profile"], ["daemon", "--fork"],
    ["login", "--profil", "x"]])
def test_usage(place, arguments):
    result = place.run(*arguments)
    assert result.returncode == 64
    assert "Usage: bedrock-agent" in result.stderr
