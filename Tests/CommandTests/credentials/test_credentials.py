"""`bedrock-agent credentials`: a role's credentials for other programs, from the cache or by one exchange."""

import json
import subprocess
from pathlib import Path

import pytest

from aws_home import stamp
from onlooking import as_a_user, is_closed, seen_of
from pty_terminal import Terminal
from waiting import eventually

KEYS = {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}


def test_for_credential_process(signed_in, credentials, sandbox):
    printed = json.loads(credentials("--profile", "work-dev").stdout)
    assert printed["Version"] == 1 and printed.keys() == KEYS | {"Version"}
    asked = sandbox.record("GetRoleCredentials")
    assert [entry["subject"] for entry in asked] == ["123456789012/Dev"]
    assert json.loads(credentials("--profile", "work-dev", "--format", "process").stdout) == printed
    assert len(sandbox.record("GetRoleCredentials")) == 1, "the second time, from the cache"


def test_for_claude_code(signed_in, credentials):
    printed = json.loads(credentials("--profile=work-dev", "--format=export").stdout)
    assert printed.keys() == {"Credentials"} and printed["Credentials"].keys() == KEYS


def test_for_a_shell(signed_in, credentials, aws):
    text = credentials("--profile", "work-dev", "--format", "env").stdout
    theirs = aws("configure", "export-credentials", "--profile", "work-dev", "--format", "env").stdout

    def variables(printed: str) -> dict:
        found = dict(line.removeprefix("export ").split("=", 1) for line in printed.splitlines())
        assert found.pop("AWS_CREDENTIAL_EXPIRATION").startswith("20")  # each in its own spelling
        return found

    assert variables(text) == variables(theirs)


def test_they_are_what_the_aws_cli_prints(signed_in, credentials, aws):
    """Whoever asks first: the cache is shared."""
    theirs = json.loads(aws("configure", "export-credentials", "--profile", "work-dev").stdout)
    ours = json.loads(credentials("--profile", "work-dev").stdout)
    assert {**ours, "Expiration": ""} == {**theirs, "Expiration": ""}


def test_by_default_of_the_profile_that_claude_uses(signed_in, credentials, setup, sandbox):
    setup("--profile", "work-dev", "--yes", "--no-login", "--no-enable", "--region", "us-west-2", "--model", "sonnet")
    credentials()
    assert sandbox.record("GetRoleCredentials")[-1]["subject"] == "123456789012/Dev"


def test_a_terminal_is_told_and_not_shown(signed_in, build, home, sandbox):
    def run(*more: str) -> str:
        terminal = Terminal(
            [build / "bedrock-agent", "credentials", "--profile", "work-dev", *more],
            home.environment(sandbox.environment), 100, 40)
        terminal.wait()
        return terminal.text()

    text = run()
    assert "credentials of role Dev in account 123456789012, valid until" in " ".join(text.split()), text
    secret = json.loads(next((home.path / ".aws" / "cli" / "cache").iterdir()).read_text())["Credentials"]
    assert secret["AccessKeyId"] not in text and secret["SecretAccessKey"][:20] not in text
    assert secret["AccessKeyId"] in run("--show")


def test_nothing_of_it_is_seen_by_others(signed_in, build, home, sandbox):
    """Not even the credentials of the first role, which the second is asked for with."""
    first = json.loads(credentials_of("work-dev", build, home, sandbox).communicate(timeout=60)[0])
    first = {first["AccessKeyId"][:4], first["SecretAccessKey"], first["SessionToken"]}
    sandbox.fault("AssumeRole", "hang")
    process = credentials_of("chained", build, home, sandbox, *as_a_user())
    try:
        eventually(lambda: sandbox.record("AssumeRole"), "it waits for the second role")
        (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        token = home.token()
        secrets = {token[name] for name in ("accessToken", "refreshToken", "clientSecret")} | first
        for pid in process.pid, int(child):
            seen = seen_of(pid)
            assert b"chained" in seen or b"--assume-role" in seen
            assert [secret for secret in secrets if secret.encode() in seen] == []
            assert is_closed(pid)
    finally:
        process.kill()
        process.communicate()


def credentials_of(profile: str, build, home, sandbox, *under: str) -> subprocess.Popen:
    return subprocess.Popen(
        [*under, build / "bedrock-agent", "credentials", "--profile", profile], env=home.environment(sandbox.environment),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


# What the token needs.

def test_an_expired_token_is_refreshed(signed_in, credentials, sandbox):
    signed_in.age_token(left=-5)
    credentials("--profile", "work-dev")
    assert [entry["grantType"] for entry in sandbox.record("CreateToken")][-1] == "refresh_token"


def test_one_that_the_service_does_not_take_is_refreshed_once(signed_in, credentials, sandbox):
    sandbox.fault("GetRoleCredentials", "error", status=401, error="UnauthorizedException")
    credentials("--profile", "work-dev")
    assert len(sandbox.record("GetRoleCredentials")) == 2


@pytest.mark.parametrize("left", [-5, 3000])
def test_where_the_session_is_over_somebody_must_sign_in(signed_in, credentials, sandbox, left):
    sandbox.revoke(hard=True)
    signed_in.age_token(left=left)
    result = credentials("--profile", "work-dev", status=2)
    assert result.stdout == "" and "bedrock-agent login --profile work-dev" in result.stderr, result.stderr


def test_nobody_has_signed_in(home, credentials):
    result = credentials("--profile", "work-dev", status=2)
    assert result.stderr == "bedrock-agent: nobody is signed in to corp: bedrock-agent login --profile work-dev\n"


def test_it_signs_in_where_it_may(home, credentials, sandbox):
    result = credentials("--profile", "work-dev", "--login", BROWSER=sandbox.browser(), DISPLAY=":0")
    assert json.loads(result.stdout)["Version"] == 1 and sandbox.prompts() == 1
    # Not where it need not.
    credentials("--profile", "work-dev", "--login")
    assert sandbox.prompts() == 1


def test_it_joins_a_sign_in(agent, credentials, home, sandbox, build):
    agent.open_tabs()
    agent.use(command="bedrock-agent login --profile work-dev")
    agent.environment["PATH"] = f"{build}:/usr/bin:/bin"
    agent.start()
    herd = [subprocess.Popen(
        [build / "bedrock-agent", "credentials", "--profile", "work-dev", "--login"], env=agent.environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(5)]
    agent.wait_until("signing-in")
    sandbox.approve()
    printed = {one.communicate(timeout=60)[0] for one in herd}
    assert len(printed) == 1 and json.loads(printed.pop())["Version"] == 1
    assert sandbox.prompts() == 1 and len(sandbox.record("GetRoleCredentials")) == 1


# What can be wrong.

@pytest.mark.parametrize("profile, words", [
    ("wrok-dev", "no profile \"wrok-dev\". Did you mean \"work-dev\"?"),
    ("keys", "profile \"keys\" uses access keys"),
    ("code", "asks for a code (mfa_serial)"),
    ("twice", "aws configure export-credentials --profile twice")])
def test_profiles_that_have_none(signed_in, credentials, profile, words):
    with signed_in.config.open("a") as config:
        config.write(
            "[profile keys]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = not-a-secret\n"
            "[profile code]\nrole_arn = arn:aws:iam::210987654321:role/Deploy\nsource_profile = work-dev\n"
            "mfa_serial = arn:aws:iam::123456789012:mfa/kim\n"
            "[profile twice]\nrole_arn = arn:aws:iam::210987654321:role/Other\nsource_profile = chained\n")
    assert words in credentials("--profile", profile, status=1).stderr


def test_a_role_that_is_not_assigned(signed_in, credentials):
    said = credentials("--profile", "not-assigned", status=1).stderr
    assert "ask your IAM Identity Center administrator" in said, said


def test_no_network(signed_in, credentials, sandbox):
    sandbox.fault("GetRoleCredentials", "503", times=-1)
    assert "check the network" in credentials("--profile", "work-dev", status=1).stderr


def test_without_the_network_what_there_is_works_until_its_end(signed_in, credentials, sandbox):
    before = json.loads(credentials("--profile", "work-dev").stdout)
    cache = next((signed_in.path / ".aws" / "cli" / "cache").iterdir())
    kept = json.loads(cache.read_text())

    def ends(left: float):
        kept["Credentials"]["Expiration"] = stamp(left)
        cache.write_text(json.dumps(kept))

    sandbox.fault("GetRoleCredentials", "503", times=-1)
    ends(left=600)
    assert json.loads(credentials("--profile", "work-dev").stdout)["AccessKeyId"] == before["AccessKeyId"]
    ends(left=-1)
    credentials("--profile", "work-dev", status=1)
    sandbox.clear_faults()
    assert json.loads(credentials("--profile", "work-dev").stdout)["AccessKeyId"] != before["AccessKeyId"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"Credentials": {}}', b"\xff\xfe", b"{" * 100_000])
def test_a_cache_that_is_none(signed_in, credentials, content):
    credentials("--profile", "work-dev")
    cache = next((signed_in.path / ".aws" / "cli" / "cache").iterdir())
    cache.write_bytes(content)
    credentials("--profile", "work-dev")
    assert json.loads(cache.read_text())["ProviderType"] == "sso"


def test_a_cache_that_cannot_be_written(signed_in, credentials):
    folder = signed_in.path / ".aws" / "cli"
    folder.write_text("a file in its place")
    credentials("--profile", "work-dev")
    assert folder.read_text() == "a file in its place"


# A role that is assumed.

def test_an_assumed_role(signed_in, credentials, sandbox):
    printed = json.loads(credentials("--profile", "chained").stdout)
    asked = sandbox.record("AssumeRole")
    assert [entry["subject"] for entry in asked] == ["210987654321/Deploy"]
    assert printed.keys() == KEYS | {"Version"}
    assert asked[0]["signer"]["role"] == "123456789012/Dev" and asked[0]["signer"]["region"] == "us-west-2"
    credentials("--profile", "chained")
    assert len(sandbox.record("AssumeRole")) == 1


@pytest.mark.parametrize("more", ["", "external_id = x \"y\"\n", "role_session_name = kim\nduration_seconds = 1800\n"])
def test_its_cache_is_the_aws_clis(signed_in, credentials, aws, sandbox, raw, more):
    """The AWS CLI 2.9 cannot follow a source_profile to an sso-session, but to a legacy profile."""
    signed_in.sign_in(raw, signed_in.start_url)
    text = signed_in.config.read_text().replace("source_profile = work-dev", "source_profile = old-profile")
    signed_in.config.write_text(text + more)
    theirs = json.loads(aws("configure", "export-credentials", "--profile", "chained").stdout)
    ours = json.loads(credentials("--profile", "chained").stdout)
    assert ours["AccessKeyId"] == theirs["AccessKeyId"] and len(sandbox.record("AssumeRole")) == 1
    for file in (signed_in.path / ".aws" / "cli" / "cache").iterdir():
        file.unlink()
    ours = json.loads(credentials("--profile", "chained").stdout)
    theirs = json.loads(aws("configure", "export-credentials", "--profile", "chained").stdout)
    assert ours["AccessKeyId"] == theirs["AccessKeyId"] and len(sandbox.record("AssumeRole")) == 2
