"""Through `credential_process`: AWS's own programs, many at once, over an expiry, with refresh tokens that are spent."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from waiting import eventually

BOTO3 = ("import boto3; print(boto3.Session(profile_name='given').client('sts', region_name='us-west-2')"
         ".get_caller_identity()['Arn'])")
CACHE = (".aws", "cli", "cache")


@pytest.fixture
def given(signed_in, build):
    """The home with a profile that only has our command."""
    with signed_in.config.open("a") as config:
        config.write(
            f"[profile given]\ncredential_process = {build}/bedrock-agent credentials --profile work-dev\n"
            "region = us-west-2\n")
    return signed_in


def environment(home, sandbox) -> dict:
    return home.environment(sandbox.environment, AWS_ENDPOINT_URL_STS=sandbox.url)


@pytest.mark.parametrize("program", ["boto3", "the AWS CLI"])
def test_ten_at_once(given, credentials, sandbox, aws_cli, program):
    """One exchange of the token, and one for the role."""
    command = {
        "boto3": [sys.executable, "-c", BOTO3],
        "the AWS CLI": [
            aws_cli, "sts", "get-caller-identity", "--profile", "given", "--query", "Arn", "--output", "text",
            "--endpoint-url", sandbox.url],
    }[program]
    sandbox.settings(rotation="on")
    given.age_token(left=-5)
    before = len(sandbox.record("CreateToken"))

    def ask(_) -> str:
        result = subprocess.run(
            command, env=environment(given, sandbox), capture_output=True, text=True, timeout=120)
        assert result.returncode == 0, result.stderr
        return result.stdout

    with ThreadPoolExecutor(10) as pool:
        answers = set(pool.map(ask, range(10)))
    assert len(answers) == 1 and "assumed-role/Dev/" in answers.pop()
    assert len(sandbox.record("CreateToken")) == before + 1 and len(sandbox.record("GetRoleCredentials")) == 1
    # The token that came with it is there for the next time.
    given.forget_role_credentials()
    given.age_token(left=-5)
    credentials("--profile", "work-dev")


def test_the_aws_cli(given, aws, sandbox):
    given.age_token(left=-5)
    shown = json.loads(aws("configure", "export-credentials", "--profile", "given").stdout)
    kept = json.loads(next(given.path.joinpath(*CACHE).iterdir()).read_text())["Credentials"]
    assert shown["AccessKeyId"] == kept["AccessKeyId"]


def test_two_roles_do_not_wait_for_each_other(given, credentials, sandbox, build, home):
    """One of them hangs."""
    sandbox.fault("GetRoleCredentials", "hang")
    slow = subprocess.Popen(
        [build / "bedrock-agent", "credentials", "--profile", "work-dev"], env=environment(given, sandbox),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    try:
        eventually(lambda: sandbox.record("GetRoleCredentials"), "it is asked")
        credentials("--profile", "no-bedrock")
    finally:
        slow.kill()
        slow.wait()
