"""`setup --separate`: Claude Code alone has the profile, by `awsCredentialExport`; everything else knows that form."""

import json

import pytest

from place import MODEL, Place

EXPORT = "bedrock-agent credentials --profile {} --format export --login"
REFRESH = "bedrock-agent login --profile {} --if-needed"


@pytest.fixture
def place(build, tmp_path) -> Place:
    return Place(build, tmp_path)


def settings(place) -> dict:
    return json.loads(place.settings.read_text())


def is_separate(place, profile: str = "work-dev") -> bool:
    found = settings(place)
    return ("AWS_PROFILE" not in found["env"] and found.get("awsCredentialExport") == EXPORT.format(profile)
            and found["awsAuthRefresh"] == REFRESH.format(profile))


def test_what_is_written(place):
    place.setup("--no-enable", "--separate")
    assert settings(place) == {
        "env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_REGION": "us-west-2", "ANTHROPIC_MODEL": MODEL},
        "awsCredentialExport": EXPORT.format("work-dev"), "awsAuthRefresh": REFRESH.format("work-dev")}
    # The form stays, without the flag, too.
    assert "nothing was changed" in place.setup("--no-enable").stdout
    place.run("reset", "--yes")
    assert not place.settings.exists()


@pytest.mark.parametrize("before", [
    {"env": {"AWS_PROFILE": "work-dev", "THEIRS": "1"}, "awsAuthRefresh": "aws sso login --profile work-dev"},
    {"awsCredentialExport": "aws configure export-credentials --profile work-dev", "model": "opus"},
    {"env": {}}])
def test_reset_gives_back_what_was_there(place, before):
    place.settings.parent.mkdir()
    place.settings.write_text(json.dumps(before, indent=4))
    place.setup("--no-enable", "--separate")
    assert is_separate(place)
    place.run("reset", "--yes")
    assert place.settings.read_text() == json.dumps(before, indent=4)


def test_to_and_fro(place):
    place.settings.parent.mkdir()
    place.settings.write_text('{"model": "opus"}\n')
    place.setup()
    place.setup("--no-enable", "--separate")
    assert is_separate(place)
    place.setup("--no-enable", "--no-separate")
    found = settings(place)
    assert found["env"]["AWS_PROFILE"] == "work-dev" and "awsCredentialExport" not in found
    assert "--if-needed" not in found["awsAuthRefresh"]
    place.run("reset", "--yes")
    assert place.settings.read_text() == '{"model": "opus"}\n'


def test_the_aws_cli_does_not_sign_in_for_it(place):
    place.setup("--no-enable", "--separate")
    before = place.settings.read_bytes()
    refused = place.run("setup", "--no-coalesce", "--yes", "--no-login", "--no-enable", status=1)
    assert "bedrock-agent setup --no-separate --no-coalesce" in refused.stderr and place.settings.read_bytes() == before
    place.setup("--no-enable", "--no-separate", "--no-coalesce")
    found = settings(place)
    assert found["env"]["AWS_PROFILE"] == "work-dev" and found["awsAuthRefresh"] == "aws sso login --profile work-dev"


def test_a_command_of_somebodys_own_is_replaced_and_said(place):
    place.settings.parent.mkdir()
    place.settings.write_text('{"awsAuthRefresh": "/opt/corp/sign-in"}\n')
    said = place.setup("--no-enable", "--separate").stdout
    assert "awsAuthRefresh was /opt/corp/sign-in, but Claude Code would run it whenever" in " ".join(said.split())
    assert is_separate(place)


def test_a_profile_without_a_session_is_refused(place):
    with place.home.config.open("a") as config:
        config.write("[profile keys]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = hidden\n")
    result = place.run(
        "setup", "--profile", "keys", "--region", "us-west-2", "--model", MODEL, "--yes", "--no-login", "--no-enable",
        "--separate", status=1)
    assert "cannot be given to Claude Code alone" in result.stderr and not place.settings.exists()


def test_use_keeps_the_form(place):
    place.setup("--no-enable", "--separate")
    place.run("use", "no-bedrock", "--yes", "--no-login")
    assert is_separate(place, "no-bedrock")


def test_status_and_doctor_know_the_profile(place):
    place.setup("--no-enable", "--separate")
    status = json.loads(place.run("status", "--json", status=3).stdout)
    assert status["claude"]["profile"] == "work-dev"
    assert [session["profiles"] for session in status["sessions"]] == [["work-dev"]]
    said = place.run("doctor", "--json", status=2).stdout
    check = next(check for check in json.loads(said)["checks"] if check["code"] == "credential-export")
    assert check["message"].startswith("Claude Code has the credentials of work-dev"), check


@pytest.mark.parametrize("lost", ["awsCredentialExport", None])
def test_what_is_lost_is_repaired(place, lost):
    place.setup("--no-enable", "--separate")
    written = place.settings.read_bytes()
    if lost:
        found = settings(place)
        del found[lost]
        place.settings.write_text(json.dumps(found))
    else:
        place.settings.write_text("")
    codes = [finding["code"] for finding in json.loads(place.run("status", "--json", status=3).stdout)["findings"]]
    assert ("settings-keys-gone" if lost else "settings-empty") in codes
    place.run("setup", "--repair", "--yes")
    assert settings(place) == json.loads(written)


def test_without_its_record_reset_knows_what_is_ours(place):
    place.settings.parent.mkdir()
    place.settings.write_text('{"model": "opus"}\n')
    place.setup("--no-enable", "--separate")
    place.record.unlink()
    place.run("reset", "--yes")
    assert settings(place) == {"model": "opus"}


def test_before_the_package_is_removed(place):
    place.setup("--no-enable", "--separate")
    place.run("reset", "--command-only", "--yes")
    found = settings(place)
    assert found["awsAuthRefresh"] == "aws sso login --profile work-dev"
    assert found["awsCredentialExport"] == "aws configure export-credentials --profile work-dev --format process"
    place.run("reset", "--yes")
    assert not place.settings.exists()
