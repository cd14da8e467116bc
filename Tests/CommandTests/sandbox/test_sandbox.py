"""The AWS CLI and boto3 accept the sandbox as an Identity Center."""

import json
from datetime import datetime, timedelta, timezone

import pytest


def credentials(aws, profile="work-dev", **options):
    return aws("configure", "export-credentials", "--profile", profile, **options)


def test_device_sign_in_and_role_credentials(aws, home, sandbox):
    aws("sso", "login", "--profile", "work-dev")
    issued = json.loads(credentials(aws).stdout)
    assert issued["AccessKeyId"].startswith("ASIA")
    token = home.token()
    assert token["refreshToken"] and token["startUrl"] == sandbox.start_url
    polls = sandbox.record("CreateToken", grantType="device_code", client="aws-cli")
    errors = [poll.get("error") for poll in polls]
    assert errors[-1] is None and set(errors[:-1]) <= {"authorization_pending"}
    assert polls[-1]["issued"] == ["at-1", "rt-1"]
    assert sandbox.record("GetRoleCredentials")[0]["used"] == ["at-1"]


def test_a_long_token_is_left_alone(aws, sandbox):
    aws("sso", "login", "--profile", "work-dev")
    credentials(aws)
    assert not sandbox.record("CreateToken", grantType="refresh_token")


@pytest.mark.parametrize("rotation", ["on", "off", "omit"])
def test_refresh_past_expiry(aws, home, sandbox, rotation):
    sandbox.settings(accessToken="4s", rotation=rotation)
    aws("sso", "login", "--profile", "work-dev")
    before = home.token()
    sandbox.wait_until_expired("at-1")
    credentials(aws)
    after = home.token()
    refresh = sandbox.record("CreateToken", grantType="refresh_token")[-1]
    assert refresh["status"] == 200 and refresh["used"] == ["cl-1", "rt-1"]
    assert sandbox.record("GetRoleCredentials")[-1]["used"] == ["at-2"]
    assert after["accessToken"] != before["accessToken"] and after["expiresAt"] > before["expiresAt"]
    if rotation == "on":
        assert refresh["issued"] == ["at-2", "rt-2"] and after["refreshToken"] != before["refreshToken"]
    elif rotation == "off":
        assert refresh["issued"] == ["at-2"] and after["refreshToken"] == before["refreshToken"]
    else:
        assert refresh["issued"] == ["at-2"] and "refreshToken" not in after
    assert sandbox.is_usable("rt-1") == (rotation != "on")


def test_boto3_refreshes_what_the_cli_signed_in(aws, home, python, sandbox):
    sandbox.settings(accessToken="10min")  # under botocore's 15 minutes: every process refreshes
    aws("sso", "login", "--profile", "work-dev")
    for _ in range(2):
        python("import boto3; print(boto3.Session(profile_name='work-dev').get_credentials().access_key)")
    refreshes = sandbox.record("CreateToken", grantType="refresh_token", client="Boto3")
    assert [(r["used"][-1], r["issued"][-1]) for r in refreshes] == [("rt-1", "rt-2"), ("rt-2", "rt-3")]
    assert home.token()["refreshToken"]


def test_revoked_session(aws, home, sandbox):
    sandbox.settings(accessToken="4s")
    aws("sso", "login", "--profile", "work-dev")
    sandbox.revoke()
    assert sandbox.is_usable("at-1") and not sandbox.is_usable("rt-1")
    sandbox.wait_until_expired("at-1")
    refused = credentials(aws, check=False)
    assert refused.returncode == 255 and "Token has expired and refresh failed" in refused.stderr
    assert sandbox.record("CreateToken", grantType="refresh_token")[-1]["error"] == "invalid_grant"
    aws("sso", "login", "--profile", "work-dev")
    credentials(aws)
    assert [s["live"] for s in sandbox.state()["portalSessions"]] == [False, True]


def test_a_soft_revocation_leaves_the_access_token_good(aws, sandbox):
    aws("sso", "login", "--profile", "work-dev")
    sandbox.revoke()
    credentials(aws)


def test_a_hard_revocation_ends_it_at_once(aws, sandbox):
    aws("sso", "login", "--profile", "work-dev")
    sandbox.revoke(hard=True)
    refused = credentials(aws, check=False)
    assert refused.returncode == 255 and "expired or is otherwise invalid" in refused.stderr
    assert sandbox.record("GetRoleCredentials")[-1]["error"] == "UnauthorizedException"


def test_expired_registration(aws, sandbox):
    sandbox.settings(accessToken="4s")
    aws("sso", "login", "--profile", "work-dev")
    assert sandbox.expire_registration(client="cl-1") == {"ended": ["cl-1"]}
    sandbox.wait_until_expired("at-1")
    assert credentials(aws, check=False).returncode == 255
    assert sandbox.record("CreateToken", grantType="refresh_token")[-1]["error"] == "invalid_client"
    # The CLI keeps using its cached registration, which is why that file has to be set aside.
    again = aws("sso", "login", "--profile", "work-dev", check=False)
    assert again.returncode == 254 and "InvalidClientException" in again.stderr


@pytest.mark.parametrize("profile, key", [("old-profile", None), ("work-unscoped", "unscoped")])
def test_without_scopes_there_is_no_refresh_token(aws, home, sandbox, profile, key):
    sandbox.settings(accessToken="4s", portalSession="2h")
    aws("sso", "login", "--profile", profile)
    assert "refreshToken" not in home.token(key or sandbox.start_url)
    left = home.expiry(key or sandbox.start_url) - datetime.now(timezone.utc)
    assert timedelta(hours=1, minutes=58) < left <= timedelta(hours=2, seconds=1)
    credentials(aws, profile)


def test_an_early_second_sign_in_does_not_move_the_end(aws, home, sandbox):
    sandbox.settings(portalSession="30s")
    aws("sso", "login", "--profile", "old-profile")
    first, first_end = home.token(sandbox.start_url), home.expiry(sandbox.start_url)
    # From now on, a new session would end much later.
    sandbox.settings(portalSession="8h")
    aws("sso", "login", "--profile", "old-profile")
    assert home.token(sandbox.start_url)["accessToken"] != first["accessToken"]
    assert abs(home.expiry(sandbox.start_url) - first_end) <= timedelta(seconds=1)
    assert [s["id"] for s in sandbox.state()["portalSessions"]] == ["ps-1"]


def test_a_sign_in_after_the_end_begins_a_new_session(aws, home, sandbox):
    sandbox.settings(portalSession="3s")
    aws("sso", "login", "--profile", "old-profile")
    first_end = home.expiry(sandbox.start_url)
    sandbox.wait_until_expired("at-1")
    sandbox.settings(portalSession="8h")
    aws("sso", "login", "--profile", "old-profile")
    assert home.expiry(sandbox.start_url) - first_end > timedelta(hours=7)
    assert [s["id"] for s in sandbox.state()["portalSessions"]] == ["ps-1", "ps-2"]


def test_a_scoped_token_never_outlives_the_session(aws, home, sandbox):
    sandbox.settings(portalSession="20min")
    aws("sso", "login", "--profile", "work-dev")
    assert home.expiry() - datetime.now(timezone.utc) <= timedelta(minutes=20, seconds=1)


def test_sign_out(aws, home, sandbox):
    aws("sso", "login", "--profile", "work-dev")
    aws("sso", "logout")
    assert not home.token_file().exists()
    assert sandbox.record("Logout")[0]["used"] == ["at-1"]
    assert sandbox.state()["portalSessions"][0]["ended"] == "loggedOut"
    assert not sandbox.is_usable("at-1") and not sandbox.is_usable("rt-1")


def test_the_person_says_no(aws, home):
    refused = aws("sso", "login", "--profile", "work-dev", browser=("--deny",), check=False)
    assert refused.returncode == 254 and "AccessDeniedException" in refused.stderr
    assert not home.token_file().exists()


def test_nobody_answers_in_time(aws, sandbox):
    sandbox.settings(deviceCode="2s")
    expired = aws("sso", "login", "--profile", "work-dev", browser=("--look",), check=False)
    assert expired.returncode != 0
    assert sandbox.record("CreateToken")[-1]["error"] == "expired_token"


def test_opening_the_page_is_enough_with_auto_approval(aws, sandbox):
    sandbox.settings(approve="auto")
    aws("sso", "login", "--profile", "work-dev", browser=("--look",))
    assert not sandbox.record("Allow") and len(sandbox.record("OpenDevicePage")) == 1


def test_a_role_that_is_not_assigned(aws, sandbox):
    aws("sso", "login", "--profile", "work-dev")
    refused = credentials(aws, "not-assigned", check=False)
    assert refused.returncode != 0 and "No access" in refused.stderr
    assert sandbox.record("GetRoleCredentials")[-1]["error"] == "ForbiddenException"


def test_a_chain_cannot_sign_in_but_its_session_can(aws, home):
    assert aws("sso", "login", "--profile", "chained", check=False).returncode == 253
    aws("sso", "login", "--sso-session", "corp")
    assert home.token()["refreshToken"]


def test_accounts_and_roles_page_by_page(aws, home, start_sandbox):
    many = start_sandbox(
        *[option for n in range(5) for option in ("--account", f"{n:012d}=Account{n}:Dev,Ops,Audit")])
    endpoints = {"AWS_DATA_PATH": many.environment["AWS_DATA_PATH"], "BROWSER": many.browser()}
    aws("sso", "login", "--profile", "work-dev", **endpoints)
    token = home.token()["accessToken"]
    common = ("--access-token", token, "--region", "us-east-1", "--output", "json")
    accounts = json.loads(aws("sso", "list-accounts", *common, "--page-size", "2", **endpoints).stdout)["accountList"]
    assert [account["accountName"] for account in accounts] == [f"Account{n}" for n in range(5)]
    roles = json.loads(aws(
        "sso", "list-account-roles", *common, "--account-id", "000000000003", "--page-size", "1", **endpoints).stdout)
    assert [role["roleName"] for role in roles["roleList"]] == ["Dev", "Ops", "Audit"]
    assert len(many.record("ListAccounts")) == 3 and len(many.record("ListAccountRoles")) == 3


LIST_PROFILES = """
import boto3, json
bedrock = boto3.Session(profile_name="{profile}").client("bedrock")
pages = bedrock.get_paginator("list_inference_profiles").paginate(PaginationConfig={{"PageSize": 4}})
found = [profile for page in pages for profile in page["inferenceProfileSummaries"]]
one = bedrock.get_inference_profile(inferenceProfileIdentifier=found[0]["inferenceProfileId"])
by_arn = bedrock.get_inference_profile(inferenceProfileIdentifier=found[0]["inferenceProfileArn"])
own = bedrock.list_inference_profiles(typeEquals="APPLICATION")["inferenceProfileSummaries"]
print(json.dumps([[p["inferenceProfileId"] for p in found], one["inferenceProfileArn"],
                  by_arn["inferenceProfileId"], [p["inferenceProfileName"] for p in own]]))
"""


def test_inference_profiles_through_boto3(aws, python, sandbox):
    aws("sso", "login", "--profile", "work-dev")
    ids, arn, by_arn, own = json.loads(python(LIST_PROFILES.format(profile="work-dev")).stdout)
    assert ids[0].startswith("global.anthropic.") and any(i.startswith("us.anthropic.") for i in ids)
    assert any("anthropic" not in i for i in ids) and len(ids) == len(set(ids)) > 12
    assert arn.startswith("arn:aws:bedrock:us-west-2:123456789012:inference-profile/") and by_arn == ids[0]
    assert own == ["team-claude"]
    assert len(sandbox.record("ListInferenceProfiles")) > 3


def test_model_availability_through_boto3(aws, python):
    aws("sso", "login", "--profile", "work-dev")
    statuses = python("""
import boto3
bedrock = boto3.Session(profile_name="work-dev").client("bedrock")
for model in ("anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-opus-4-1-20250805-v1:0"):
    print(bedrock.get_foundation_model_availability(modelId=model)["agreementAvailability"]["status"])
""").stdout.split()
    assert statuses == ["AVAILABLE", "NOT_AVAILABLE"]


def test_iam_says_no_to_bedrock(aws, python, sandbox):
    aws("sso", "login", "--profile", "work-dev")
    refused = python(LIST_PROFILES.format(profile="no-bedrock"), check=False)
    assert "AccessDeniedException" in refused.stderr
    assert sandbox.record("ListInferenceProfiles")[-1]["status"] == 403
