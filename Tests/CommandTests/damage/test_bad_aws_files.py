"""Invalid AWS configuration, token files and AWS CLIs: the finding tells what is wrong, where, and how to fix it."""

import pytest

from claude_settings import write_settings
from home_to_break import check_doors, check_refused
from nobody import NOBODY
from programs import write_program
from waiting import eventually


def section(title: str, **keys: str) -> str:
    return f"\n[{title}]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())


@pytest.mark.parametrize(("change", "code", "words"), [
    (lambda text: text + section("profile work-dev", region="eu-west-1"), "config-refused",
     [":{last}", "[profile work-dev] again", "after line 10"]),
    (lambda text: "region = us-east-1\n" + text, "config-refused", [":1", "before the first [section]"]),
    (lambda text: "\ufeff" + text, "config-refused", [":1", "byte order mark"]),
    (lambda text: text.replace("[profile work-dev]", "[profile work-dve]"), "no-such-profile",
     ["work-dev", "Did you mean \"work-dve\"?"]),
    (lambda text: text.replace("[profile work-dev]", "[work-dev]"), "no-such-profile",
     [":10", "Write [profile work-dev]"]),
    (lambda text: text.replace("sso_session = corp\n", "role_arn = a\nsource_profile = work-dev\n", 1),
     "profile-loop", [":12", "work-dev -> work-dev"]),
    (lambda text: text.replace("[sso-session corp]", "[sso-session crop]"), "no-such-session",
     [":11", "Did you mean \"crop\"?"]),
    (lambda text: text.replace("sso_session = corp\n", "sso_session = corp\nsso_region = eu-west-1\n", 1),
     "profile-contradicts-itself", [":12", "sso_region", ":3"]),
    (lambda text: text.replace("sso_account_id = 123456789012\n", "", 1), "profile-incomplete",
     [":10", "sso_account_id"]),
    (lambda text: text.replace("sso_region = us-east-1", "sso_region = us-east-1 # home", 1), "bad-region",
     [":3", "sso_region"]),
])
def test_aws_config_that_is_wrong(place, change, code, words):
    place.config.write_text(change(place.config.read_text()))
    last = len(place.config.read_text().splitlines()) - 1
    words = [word.format(last=last) for word in words]
    where = [] if code == "no-such-profile" and ":" not in words[0] else [place.config]
    check_doors(place, code, *where, *words, exit_status=4)
    check_refused(place, *words)


def test_aws_config_that_is_not_readable(place):
    place.config.chmod(0)
    place.give_to(NOBODY)
    check_doors(place, "config-unreadable", place.config, "Permission denied", user=NOBODY)
    check_refused(place, place.config, "Permission denied", user=NOBODY)


def test_credentials_file_with_keys(place):
    """In the AWS CLI, a profile's SSO settings take precedence; without them, the access keys are used."""
    credentials = place.config.with_name("credentials")
    credentials.write_text(section("keys", aws_access_key_id="AKIAEXAMPLE", aws_secret_access_key="secret-key"))
    write_settings(place.path, AWS_PROFILE="keys")
    result = place.run("status")
    assert result.returncode == 3 and result.stdout.startswith("unguarded: ")
    assert "access keys" in result.stdout and str(credentials) in result.stdout
    agent = place.daemon()
    assert place.run("status").returncode == 4
    assert agent.stop() == 0
    for said in (result.stdout, place.errors.read_text()):
        assert "secret-key" not in said and "AKIAEXAMPLE" not in said


def test_lines_that_two_readers_read_differently(place):
    text = place.config.read_text()
    place.config.write_text(text.replace("sso_role_name = Dev\n", "sso_role_name = Dev ; the usual one\n", 1))
    status = place.status()
    finding = next(f for f in status["findings"] if str(place.config) in f["message"])
    assert ":13" in finding["message"] and "Claude Code" in finding["message"] and finding["fix"]
    check_doors(place, finding["code"], place.config, ":13", "sso_role_name")


# The token file


def test_token_file_that_is_not_readable(place):
    place.token_file().chmod(0)
    place.give_to(NOBODY)
    check_doors(place, "token-unreadable", place.token_file(), "Permission denied", "chmod u+rw", user=NOBODY)


@pytest.mark.parametrize("text", ["", '{"accessToken": "access-secret", "expi', "null", '{"expiresAt": "soon"}'])
def test_token_file_that_stays_damaged(place, text):
    place.token_file().write_text(text)
    before = place.files()
    agent = place.daemon()
    try:
        found = eventually(
            lambda: [f for f in agent.status()["findings"] if f["code"] == "token-damaged"], "it is not torn but bad")
        assert place.token_file().name in found[0]["message"] and "login" in found[0]["fix"]
        assert place.run("status").returncode == 2
    finally:
        assert agent.stop() == 0
    assert "secret" not in place.errors.read_text()
    assert place.files() == before


# The AWS CLI


@pytest.mark.parametrize(("script", "words"), [
    (None, "the AWS CLI (aws) is not in PATH"), ("echo aws-cli/1.45.11 Python/3.11.7", "is version 1.45.11, which is too"),
    ("echo aws-cli/2.8.0 Python/3.9", "is version 2.8.0, which is too old"),
    ("echo segmentation fault; exit 139", "does not print its version"),
])
def test_aws_cli_that_cannot_sign_in(place, tmp_path, script, words):
    """It is not needed: what Claude Code runs is our own."""
    tools = tmp_path / "tools"
    tools.mkdir()
    if script is not None:
        write_program(tools / "aws", script)
    result = place.setup(PATH=str(tools))
    assert result.returncode == 0 and words in result.stdout and "signs in without it" in result.stdout
    assert '"awsAuthRefresh": "bedrock-agent login --profile ' in place.settings.read_text()
