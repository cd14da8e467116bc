"""The sandbox refuses what the real service refuses, with the same errors. Over plain HTTP, because no SDK sends these.
"""

import base64
import time

import boto3
import botocore.exceptions
import pytest
import requests

from raw_client import DEVICE_GRANT, PKCE_CLIENT, REDIRECT, SCOPES, RawClient, assert_refused
from waiting import eventually


@pytest.mark.parametrize("body, error", [
    ({}, "invalid_request"),
    ({"clientType": "public"}, "invalid_request"),
    ({"clientName": "x"}, "invalid_request"),
    ({"clientName": "", "clientType": "public"}, "invalid_request"),
    ({"clientName": 7, "clientType": "public"}, "invalid_request"),
    ({"clientName": "x", "clientType": "confidential"}, "invalid_client_metadata"),
    ({"clientName": "x", "clientType": "public", "scopes": ["sso:everything"]}, "invalid_scope"),
    ({"clientName": "x", "clientType": "public", "grantTypes": ["password"]}, "unsupported_grant_type"),
    ({"clientName": "x", "clientType": "public", **PKCE_CLIENT, "redirectUris": []}, "invalid_request"),
    ({"clientName": "x", "clientType": "public", **PKCE_CLIENT, "issuerUrl": None}, "invalid_request"),
    ({"clientName": "x", "clientType": "public", **PKCE_CLIENT, "redirectUris": ["https://evil.example/cb"]},
     "invalid_redirect_uri"),
])
def test_register_client(sandbox, body, error):
    assert_refused(requests.post(f"{sandbox.url}/client/register", json=body, timeout=10), 400, error)
    assert sandbox.record("RegisterClient")[-1]["error"] == error


@pytest.mark.parametrize("changes, status, error", [
    ({"clientId": None}, 400, "invalid_request"),
    ({"clientSecret": None}, 400, "invalid_request"),
    ({"startUrl": None}, 400, "invalid_request"),
    ({"startUrl": "not a url"}, 400, "invalid_request"),
    ({"clientId": "nobody"}, 401, "invalid_client"),
    ({"clientSecret": "wrong"}, 401, "invalid_client"),
])
def test_start_device_authorization(sandbox, changes, status, error):
    assert_refused(RawClient(sandbox).start(**changes), status, error)


def test_device_authorization_as_the_service_gives_it(sandbox):
    started = RawClient(sandbox).start().json()
    assert (started["expiresIn"], started["interval"]) == (600, 1)
    assert len(started["userCode"]) == 9 and started["userCode"][4] == "-"
    assert started["verificationUriComplete"] == f"{started['verificationUri']}?user_code={started['userCode']}"


@pytest.mark.parametrize("grant, fields, status, error", [
    (None, {}, 400, "invalid_request"),
    ("refresh_token", {"clientId": None}, 400, "invalid_request"),
    ("refresh_token", {"clientSecret": None}, 400, "invalid_request"),
    ("refresh_token", {}, 400, "invalid_request"),
    ("refresh_token", {"refreshToken": ""}, 400, "invalid_request"),
    ("refresh_token", {"refreshToken": "unknown"}, 400, "invalid_grant"),
    ("refresh_token", {"refreshToken": "x", "clientId": "nobody"}, 401, "invalid_client"),
    ("refresh_token", {"refreshToken": "x", "clientSecret": "wrong"}, 401, "invalid_client"),
    (DEVICE_GRANT, {}, 400, "invalid_request"),
    (DEVICE_GRANT, {"deviceCode": "unknown"}, 400, "invalid_grant"),
    ("authorization_code", {"code": "x", "codeVerifier": "y", "redirectUri": REDIRECT}, 400, "unauthorized_client"),
    ("password", {}, 400, "unsupported_grant_type"),
    ("client_credentials", {}, 400, "unsupported_grant_type"),
])
def test_create_token(sandbox, grant, fields, status, error):
    assert_refused(RawClient(sandbox).token(grant, **fields), status, error)
    assert sandbox.record("CreateToken")[-1]["error"] == error


@pytest.mark.parametrize("options", [
    {"data": b"{", "headers": {"Content-Type": "application/json"}},
    {"data": b"[]", "headers": {"Content-Type": "application/json"}},
    {"data": b"", "headers": {"Content-Type": "application/json"}},
    {"data": b'{"grantType": 5}', "headers": {"Content-Type": "application/json"}},
    {"data": b'{"grantType": "refresh_token"}', "headers": {"Content-Type": "text/plain"}},
    {"data": {"grant_type": "refresh_token"}},  # a form, as in plain OAuth
])
@pytest.mark.parametrize("path", ["token", "client/register", "device_authorization"])
def test_bodies_that_are_not_json(sandbox, path, options):
    assert_refused(requests.post(f"{sandbox.url}/{path}", timeout=10, **options), 400, "invalid_request")


def test_polling_before_during_and_after(sandbox):
    client = RawClient(sandbox)
    started = client.start().json()
    code = started["deviceCode"]
    assert_refused(client.poll(code), 400, "authorization_pending")
    assert_refused(client.poll(code), 400, "authorization_pending")  # the AWS CLI sends its first two polls at once
    assert_refused(client.poll(code), 400, "slow_down")
    assert_refused(RawClient(sandbox).poll(code), 400, "invalid_grant")  # another client's code
    sandbox.approve(user_code=started["userCode"])
    granted = client.poll(code).json()
    assert granted["tokenType"] == "Bearer" and granted["expiresIn"] == 3600 and granted["refreshToken"]
    assert_refused(client.poll(code), 400, "invalid_grant")


def test_patient_polling_is_never_slowed_down(sandbox):
    client = RawClient(sandbox)
    code = client.start().json()["deviceCode"]
    for _ in range(3):
        assert_refused(client.poll(code), 400, "authorization_pending")
        asked = time.monotonic()
        eventually(lambda: time.monotonic() - asked > 1.05, "the interval has passed")


def test_denied_and_expired_device_codes(sandbox):
    client = RawClient(sandbox)
    denied = client.start().json()
    sandbox.deny(user_code=denied["userCode"])
    assert_refused(client.poll(denied["deviceCode"]), 400, "access_denied")
    sandbox.settings(deviceCode="1s")
    late = client.start().json()
    eventually(lambda: client.poll(late["deviceCode"]).json()["error"] == "expired_token", "the code has expired")
    assert_refused(client.poll(late["deviceCode"]), 400, "expired_token")
    page = requests.get(late["verificationUriComplete"], timeout=10)
    assert page.status_code == 400 and "expired" in page.text


def test_used_refresh_tokens(sandbox):
    client = RawClient(sandbox)
    first = client.sign_in()
    second = client.refresh(first["refreshToken"]).json()
    again = client.refresh(first["refreshToken"])
    assert_refused(again, 400, "invalid_grant")
    assert again.json()["error_description"] == "Invalid refresh token provided"
    assert_refused(RawClient(sandbox).refresh(second["refreshToken"]), 400, "invalid_grant")
    assert client.role_credentials(first["accessToken"]).status_code == 200  # both access tokens remain valid
    assert client.role_credentials(second["accessToken"]).status_code == 200
    assert [(r["used"][-1], r["issued"]) for r in sandbox.record("CreateToken", grantType="refresh_token")] == [
        ("rt-1", ["at-2", "rt-2"]), ("rt-1", []), ("rt-2", [])]


@pytest.mark.parametrize("rotation, returned", [("off", True), ("omit", False)])
def test_reusable_refresh_tokens(sandbox, rotation, returned):
    sandbox.settings(rotation=rotation)
    client = RawClient(sandbox)
    token = client.sign_in()["refreshToken"]
    for _ in range(2):
        answer = client.refresh(token).json()
        assert answer.get("refreshToken") == (token if returned else None)


def test_expired_registration(sandbox):
    client = RawClient(sandbox)
    token = client.sign_in()
    assert sandbox.expire_registration() == {"ended": ["cl-1"]}
    assert_refused(client.refresh(token["refreshToken"]), 401, "invalid_client")
    assert_refused(client.start(), 401, "invalid_client")


@pytest.mark.parametrize("scopes, refreshable, portal", [
    (SCOPES, True, 200), (None, False, 200), (["codewhisperer:completions"], False, 401)])
def test_scopes_decide_what_a_token_is_good_for(sandbox, scopes, refreshable, portal):
    client = RawClient(sandbox, scopes=scopes)
    token = client.sign_in()
    assert ("refreshToken" in token) == refreshable
    assert token["expiresIn"] == (8 * 3600 if scopes is None else 3600)
    assert client.role_credentials(token["accessToken"]).status_code == portal


def test_the_portal_refuses(sandbox):
    client = RawClient(sandbox)
    token = client.sign_in()["accessToken"]
    for answer in (client.role_credentials(None), client.role_credentials("unknown"),
                   client.portal("assignment/accounts", "unknown"), client.portal("logout", None, method="POST")):
        assert answer.status_code == 401
        assert answer.json() == {
            "message": "Session token not found or invalid",
            "__type": "com.amazonaws.switchboard.portal#UnauthorizedException"}
    assert client.role_credentials(token, role="Administrator").json()["message"] == "No access"
    assert client.role_credentials(token, account="000000000000").status_code == 403
    for answer in (client.role_credentials(token, role=""), client.portal("assignment/roles", token),
                   client.portal("assignment/accounts", token, max_result="0"),
                   client.portal("assignment/accounts", token, next_token="made-up")):
        assert answer.status_code == 400 and answer.json()["__type"].endswith("#InvalidRequestException")
    assert client.portal("logout", token, method="POST").status_code == 200
    assert client.role_credentials(token).status_code == 401


def test_tokens_end_with_their_time_and_with_the_session(sandbox):
    client = RawClient(sandbox)
    sandbox.settings(accessToken="1s", portalSession="5s")
    token = client.sign_in()
    sandbox.wait_until_expired("at-1")
    assert client.role_credentials(token["accessToken"]).status_code == 401
    renewed = client.refresh(token["refreshToken"]).json()
    sandbox.wait_until_expired("rt-2")  # when the portal session ends
    assert_refused(client.refresh(renewed["refreshToken"]), 400, "invalid_grant")
    assert client.sign_in()["expiresIn"] == 1 and len(sandbox.state()["portalSessions"]) == 2


def test_role_credentials_outlive_the_sign_out(sandbox):
    client = RawClient(sandbox)
    token = client.sign_in()
    issued = client.role_credentials(token["accessToken"]).json()["roleCredentials"]
    assert client.portal("logout", token["accessToken"], method="POST").status_code == 200
    assert_refused(client.refresh(token["refreshToken"]), 400, "invalid_grant")
    assert bedrock(sandbox, issued).list_inference_profiles()["inferenceProfileSummaries"]


def test_role_credentials_expire_in_milliseconds(sandbox):
    client = RawClient(sandbox)
    issued = client.role_credentials(client.sign_in()["accessToken"]).json()["roleCredentials"]
    assert 3500 < issued["expiration"] / 1000 - time.time() <= 3600


def test_the_page_names_who_asks_and_trusts_nobody(sandbox):
    started = RawClient(sandbox, clientName="<script>x</script>").start().json()
    page = requests.get(started["verificationUriComplete"], timeout=10).text
    assert "&lt;script&gt;" in page and "<script>" not in page
    assert started["userCode"] in page and "sso:account:access" in page


def bedrock(sandbox, credentials, **changes):
    keys = {"aws_access_key_id": credentials["accessKeyId"], "aws_secret_access_key": credentials["secretAccessKey"],
            "aws_session_token": credentials["sessionToken"], **changes}
    return boto3.Session(region_name="us-east-1", **keys).client("bedrock", endpoint_url=sandbox.url)


@pytest.mark.parametrize("changes, code", [
    ({"aws_access_key_id": "ASIAAAAAAAAAAAAAAAAA"}, "UnrecognizedClientException"),
    ({"aws_session_token": "another"}, "UnrecognizedClientException"),
    ({"aws_secret_access_key": "another"}, "InvalidSignatureException"),
])
def test_bedrock_checks_who_signed(sandbox, changes, code):
    client = RawClient(sandbox)
    issued = client.role_credentials(client.sign_in()["accessToken"]).json()["roleCredentials"]
    assert bedrock(sandbox, issued).list_inference_profiles()["inferenceProfileSummaries"]
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        bedrock(sandbox, issued, **changes).list_inference_profiles()
    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_bedrock_refuses_what_it_does_not_know(sandbox):
    client = RawClient(sandbox)
    sandbox.settings(roleCredentials="1s")
    issued = client.role_credentials(client.sign_in()["accessToken"]).json()["roleCredentials"]
    unsigned = requests.get(f"{sandbox.url}/inference-profiles", timeout=10)
    assert unsigned.status_code == 403 and "MissingAuthenticationToken" in unsigned.headers["x-amzn-ErrorType"]
    eventually(lambda: time.time() * 1000 > issued["expiration"], "the role credentials have expired")
    with pytest.raises(botocore.exceptions.ClientError, match="ExpiredToken"):
        bedrock(sandbox, issued).list_inference_profiles()
    sandbox.settings(roleCredentials="1h")
    fresh = bedrock(sandbox, client.role_credentials(client.sign_in()["accessToken"]).json()["roleCredentials"])
    with pytest.raises(fresh.exceptions.ResourceNotFoundException):
        fresh.get_inference_profile(inferenceProfileIdentifier="us.nobody.knows-v1:0")
    with pytest.raises(fresh.exceptions.ResourceNotFoundException):
        fresh.get_foundation_model_availability(modelId="nobody.knows-v1:0")
    with pytest.raises(fresh.exceptions.ValidationException):
        fresh.list_inference_profiles(nextToken=base64.b64encode(b"made-up").decode())
