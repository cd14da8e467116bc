"""`bedrock-agent-net accounts`, `roles` and `models`: each sends one query to the portal or Bedrock and prints one JSON
object. The sandbox checks the signatures."""

import pytest

from exchanges import ACCOUNT, OPUS, failure, ids


# Lists


def test_every_page_of_the_accounts(net, signed_in, sandbox):
    accounts = [{"id": f"{n:012d}", "name": f"Account {n}", "email": f"a{n}@example.com", "roles": ["Dev"]}
                for n in range(230)]
    sandbox.settings(accounts=accounts)
    answer = net("accounts")
    assert answer["accountList"] == [
        {"accountId": a["id"], "accountName": a["name"], "emailAddress": a["email"]} for a in accounts]
    assert len(sandbox.record("ListAccounts", client="bedrock-agent-net", status=200)) == 3


def test_every_page_of_the_roles(net, signed_in, sandbox):
    roles = [f"Role{n}" for n in range(7)]
    sandbox.settings(
        accounts=[{"id": ACCOUNT, "name": "a", "email": "e", "roles": roles}], pageSize=3)
    assert [role["roleName"] for role in net("roles")["roleList"]] == roles
    assert len(sandbox.record("ListAccountRoles", status=200)) == 3


def test_every_page_of_the_models_of_both_types(net, signed_in, sandbox):
    whole = ids(net("models"))
    assert whole[0] == OPUS and whole[-1] == "a1b2c3d4e5f6" and len(whole) == len(set(whole)) > 12
    assert len(sandbox.record("ListInferenceProfiles")) == 2
    sandbox.settings(pageSize=4)
    assert ids(net("models")) == whole
    assert all(entry["status"] == 200 for entry in sandbox.record("ListInferenceProfiles"))
    assert len(sandbox.record("ListInferenceProfiles")) > 5


def test_no_accounts_at_all(net, signed_in, sandbox):
    sandbox.settings(accounts=[])
    assert net("accounts") == {"accountList": []}


def test_a_legacy_token_lists_too(net, home, raw, sandbox):
    home.sign_in(raw, sandbox.start_url)
    token = {**home.token(sandbox.start_url)}
    for key in ("refreshToken", "clientId", "clientSecret"):
        del token[key]
    home.write_token({**token, "expiresAt": token["expiresAt"].replace("Z", "UTC")}, sandbox.start_url)
    file = home.token_file(sandbox.start_url)
    assert len(net("accounts", token=file)["accountList"]) == 2
    assert OPUS in ids(net("models", token=file))


# One model


@pytest.mark.parametrize("model, foundation", [
    (OPUS, OPUS.removeprefix("global.")),
    (OPUS + "[1m]", OPUS.removeprefix("global.")),
    (f"arn:aws:bedrock:us-west-2:{ACCOUNT}:application-inference-profile/a1b2c3d4e5f6",
     "anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("anthropic.claude-3-7-sonnet-20250219-v1:0", "anthropic.claude-3-7-sonnet-20250219-v1:0"),
])
def test_the_availability_of_a_model(net, signed_in, sandbox, model, foundation):
    """Its ID contains a colon, which is percent-encoded twice for the signature."""
    answer = net("models", "--model", model)
    assert answer["availability"]["modelId"] == foundation
    assert answer["availability"]["authorizationStatus"] == "AUTHORIZED"
    assert answer["availability"]["regionAvailability"] == "AVAILABLE"
    assert sandbox.record("GetFoundationModelAvailability", status=200)[-1]["subject"] == foundation


def test_the_availability_of_a_model_without_an_agreement(net, signed_in):
    answer = net("models", "--model", "us.anthropic.claude-opus-4-1-20250805-v1:0")
    assert answer["availability"]["agreementAvailability"]["status"] == "NOT_AVAILABLE"


@pytest.mark.parametrize("model", ["opus", "-x", "us.amazon.nova-pro", "arn:aws:x:::y/z"])
def test_a_model_that_names_no_foundation_model(net, signed_in, sandbox, model):
    answer = net("models", f"--model={model}")
    assert OPUS in ids(answer) and "availability" not in answer and "availabilityFailure" not in answer
    assert not sandbox.record("GetFoundationModelAvailability")


def test_a_model_that_is_not_there(net, signed_in):
    answer = net("models", "--model", "us.anthropic.claude-opus-9")
    assert answer["availabilityFailure"]["kind"] == "refused"
    assert "Could not resolve the model" in answer["availabilityFailure"]["message"]
    assert OPUS in ids(answer)


def test_availability_may_be_forbidden_where_the_list_is_not(net, signed_in, sandbox):
    sandbox.fault("GetFoundationModelAvailability", "error", status=403, error="AccessDeniedException",
                  description="User is not authorized")
    answer = net("models", "--model", OPUS)
    assert answer["availabilityFailure"]["kind"] == "permission"
    assert answer["availabilityFailure"]["action"] == "bedrock:GetFoundationModelAvailability"
    assert OPUS in ids(answer)


# Refusals by the service


@pytest.mark.parametrize("command", ["accounts", "roles", "models"])
def test_the_session_is_over(net, signed_in, sandbox, command):
    sandbox.revoke(hard=True)
    said = failure(net(command))
    assert said["kind"] == "session-over" and "Session token not found or invalid" in said["message"]
    assert "login" in said["fix"]


def test_a_role_that_is_not_assigned(net, signed_in):
    said = failure(net("models", "--role-name", "Administrator"))
    assert said["kind"] == "no-access" and "Administrator" in said["message"] and ACCOUNT in said["message"]
    assert "login" not in said["fix"]


def test_an_account_that_is_not_assigned(net, signed_in):
    said = failure(net("roles", "--account-id", "999999999999"))
    assert said["kind"] == "no-access" and "999999999999" in said["message"]


def test_iam_does_not_allow_it(net, signed_in):
    """This is never a reason to sign in."""
    said = failure(net("models", "--role-name", "NoBedrock"))
    assert said["kind"] == "permission" and said["action"] == "bedrock:ListInferenceProfiles"
    assert "NoBedrock" in said["message"] and "bedrock:ListInferenceProfiles" in said["fix"]
    assert "login" not in said["fix"]


@pytest.mark.parametrize("words", [
    "Signature expired: 20261124T100000Z is now earlier than 20261124T104500Z",
    "Signature not yet current: 20261124T100000Z is still later than 20261124T094500Z"])
def test_a_clock_that_is_wrong(net, signed_in, sandbox, words):
    sandbox.fault("ListInferenceProfiles", "error", status=403, error="InvalidSignatureException", description=words)
    said = failure(net("models"))
    assert said["kind"] == "clock" and words in said["message"] and "timedatectl" in said["fix"]
    assert len(sandbox.record("ListInferenceProfiles")) == 1


def test_a_signature_that_is_refused_for_good(net, signed_in, sandbox):
    sandbox.fault("ListInferenceProfiles", "error", status=403, error="InvalidSignatureException",
                  description="The request signature we calculated does not match", times=-1)
    assert failure(net("models"))["kind"] == "refused"


@pytest.mark.parametrize("command, operation", [
    ("accounts", "ListAccounts"), ("roles", "ListAccountRoles"), ("models", "GetRoleCredentials"),
    ("models", "ListInferenceProfiles")])
@pytest.mark.parametrize("fault", ["429", "500", "503", "html", "empty", "garbage", "truncate", "reset", "lost"])
def test_what_is_no_answer_is_offline(net, signed_in, sandbox, command, operation, fault):
    sandbox.fault(operation, fault)
    said = failure(net(command))
    assert said["kind"] == "offline", said
    assert "login" not in said["fix"]
    # The next attempt succeeds.
    assert "failure" not in net(command)


def test_a_refusal_is_told_as_it_came_but_for_secrets(net, signed_in, sandbox, home):
    token = home.token()["accessToken"]
    sandbox.fault("ListAccounts", "error", status=400, error="InvalidRequestException",
                  description=f"bad\n{token}\x1b[1m")
    said = failure(net("accounts"))
    assert said["kind"] == "refused"
    assert "InvalidRequestException (HTTP 400)" in said["message"] and "[…]" in said["message"]
    assert "\n" not in said["message"] and "\x1b" not in said["message"]


def test_no_answer_within_the_time(net, signed_in, sandbox):
    sandbox.fault("ListAccounts", "hang")
    said = failure(net("accounts", "--timeout", "1"))
    assert said["kind"] == "offline" and "Timeout" in said["message"]


def test_nobody_listens(net, signed_in):
    said = failure(net("accounts", url="http://127.0.0.1:9"))
    assert said["kind"] == "offline" and "127.0.0.1:9" in said["message"]


def test_a_listing_without_an_end(net, signed_in, serve):
    """The server returns the same page again and again."""
    server = serve(lambda request: (200, {"accountList": [], "nextToken": "t"}))
    assert failure(net("accounts", url=server.url))["kind"] == "offline"


# The token file


def test_nobody_has_signed_in(net, home):
    said = failure(net("accounts"))
    assert said["kind"] == "session-over" and str(home.token_file()) in said["message"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"expiresAt": "2026-01-01T00:00:00Z"}',
                                     '{"accessToken": "a\\r\\nX: y", "expiresAt": "2026-01-01T00:00:00Z"}'])
def test_a_damaged_token_file(net, home, sandbox, content):
    home.cache.mkdir(parents=True)
    home.token_file().write_text(content)
    said = failure(net("accounts"))
    assert said["kind"] == "failed" and str(home.token_file()) in said["message"]
    assert not sandbox.record("ListAccounts")
