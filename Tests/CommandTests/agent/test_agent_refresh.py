"""The automatic refresh, again and again, so that the AWS CLI and boto3 never have to."""

import json
from datetime import datetime, timezone

import pytest

from waiting import eventually


def seconds_left(home):
    return (home.expiry() - datetime.now(timezone.utc)).total_seconds()


def adorn(home):
    """Turns the token file into a symbolic link to a file with another mode and additional content."""
    file = home.token_file()
    kept = home.path / "secrets" / "corp.json"
    kept.parent.mkdir()
    kept.write_text(json.dumps({"note": "keep me", **home.token(), "extra": {"n": 1.50}}))
    kept.chmod(0o640)
    file.unlink()
    file.symlink_to(kept)
    return kept


@pytest.mark.parametrize("rotation", ["on", "off", "omit"])
def test_again_and_again(agent, aws, home, python, sandbox, rotation):
    sandbox.settings(accessToken="3s", rotation=rotation)
    aws("sso", "login", "--profile", "work-dev")
    kept = adorn(home)
    first = home.token()
    agent.start(refreshAhead="1500ms")
    eventually(lambda: len(agent.requests()) >= 3 and not sandbox.is_usable("at-1"), "refreshed past the first end")
    # From here on with AWS's lifetime: a token that lasts so long that other programs do not refresh it.
    sandbox.settings(accessToken="1h")
    eventually(lambda: seconds_left(home) > 3000, "a token of an hour")
    status = agent.wait_until("healthy")
    assert status["exit"] == 0 and status["sessions"][0]["lastRefresh"]["result"] == "ok"

    written = kept.read_bytes()
    assert json.loads(aws("configure", "export-credentials", "--profile", "work-dev").stdout)["AccessKeyId"]
    home.forget_role_credentials()
    python("import boto3; assert boto3.Session(profile_name='work-dev').get_credentials().access_key")
    grants = sandbox.record("CreateToken", grantType="refresh_token")
    assert {grant["client"] for grant in grants} == {"bedrock-agent-net"}
    assert all(grant["status"] == 200 for grant in grants)
    newest = grants[-1]["issued"][0]
    assert [used for entry in sandbox.record("GetRoleCredentials") for used in entry["used"]] == [newest, newest]
    assert agent.sign_ins() == 0 and sandbox.prompts() == 1

    # The agent wrote exactly what it should, and nobody else wrote.
    assert kept.read_bytes() == written and home.token_file().is_symlink()
    assert kept.stat().st_mode & 0o7777 == 0o640
    token = home.token()
    assert list(token) == list(first) and b"1.5" in written
    changed = {key for key in token if token[key] != first[key]}
    assert changed == {"accessToken", "expiresAt"} | ({"refreshToken"} if rotation == "on" else set())


def test_a_refresh_by_another_program_is_adopted(agent, aws, home, sandbox, raw):
    sandbox.settings(accessToken="10min")  # under the CLI's 15 minutes: it refreshes
    home.sign_in(raw)
    agent.start(refreshAhead="2s")
    before = agent.wait_until("healthy")["sessions"][0]["accessTokenExpiresAt"]
    sandbox.settings(accessToken="1h")
    aws("configure", "export-credentials", "--profile", "work-dev")
    eventually(lambda: agent.session()["accessTokenExpiresAt"] > before, "the CLI's token is known")
    assert agent.requests() == [] and agent.wait_until("healthy")["findings"] == []


def test_it_refreshes_what_ended_while_it_did_not_run(agent, home, sandbox, raw):
    sandbox.settings(accessToken="1s")
    home.sign_in(raw)
    sandbox.wait_until_expired("at-1")
    sandbox.settings(accessToken="1h")
    agent.start()
    eventually(lambda: seconds_left(home) > 3000, "a token of an hour")
    assert len(agent.requests()) == 1 and agent.sign_ins() == 0


def test_a_refresh_under_way_ends_well_without_its_daemon(agent, home, sandbox, raw):
    home.sign_in(raw)
    home.age_token(left=1202)
    sandbox.fault("CreateToken", "delay", delay="5s")
    agent.start()
    eventually(lambda: agent.session()["condition"] == "refreshing", "refreshing")
    agent.kill()
    eventually(lambda: seconds_left(home) > 3000, "what the service granted is on disk")
    agent.start()
    agent.wait_until("healthy")
    assert [request["status"] for request in agent.requests()] == [200] and agent.sign_ins() == 0
