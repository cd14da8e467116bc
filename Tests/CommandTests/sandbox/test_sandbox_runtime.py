"""The sandbox answers as a model, and as STS; the record says which sign-in each key stems from."""

import json

import boto3
import botocore
import pytest
import requests

from raw_client import RawClient

MODEL = "global.anthropic.claude-opus-4-5-20251101-v1:0"


@pytest.fixture
def issued(sandbox):
    client = RawClient(sandbox)
    return client.role_credentials(client.sign_in()["accessToken"]).json()["roleCredentials"]


def client(sandbox, service, issued, **changes):
    keys = {"aws_access_key_id": issued["accessKeyId"], "aws_secret_access_key": issued["secretAccessKey"],
            "aws_session_token": issued["sessionToken"], **changes}
    once = botocore.config.Config(retries={"total_max_attempts": 1})
    return boto3.Session(region_name="eu-west-1", **keys).client(service, endpoint_url=sandbox.url, config=once)


def refusal(call, **arguments) -> tuple[int, str]:
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        call(**arguments)
    response = refused.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


def test_a_model_answers_whole_and_as_a_stream(sandbox, issued):
    runtime = client(sandbox, "bedrock-runtime", issued)
    whole = json.loads(runtime.invoke_model(modelId=MODEL, body=b"{}")["body"].read())
    assert whole["content"] == [{"type": "text", "text": "Hello from the sandbox."}] and whole["model"] == MODEL
    stream = runtime.invoke_model_with_response_stream(modelId=MODEL, body=b"{}")["body"]
    events = [json.loads(event["chunk"]["bytes"]) for event in stream]
    assert [event["type"] for event in events] == [
        "message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta",
        "message_stop"]
    assert events[0]["message"]["content"] == [] and events[2]["delta"]["text"] == "Hello from the sandbox."
    counted = runtime.count_tokens(modelId=MODEL, input={"invokeModel": {"body": b"{}"}})
    assert counted["inputTokens"] == 1


def test_the_record_says_who_signed(sandbox, issued):
    client(sandbox, "bedrock-runtime", issued).invoke_model(modelId=MODEL, body=b"{}")
    entry, = sandbox.record("InvokeModel")
    assert (entry["subject"], entry["used"]) == (MODEL, ["rc-1"])
    assert entry["signer"] == {
        "accessKeyID": issued["accessKeyId"], "region": "eu-west-1", "stemsFrom": "ps-1", "token": "at-1",
        "role": "123456789012/Dev"}
    assert issued["secretAccessKey"] not in sandbox.record_file.read_text()
    assert issued["sessionToken"] not in sandbox.record_file.read_text()


def test_a_key_of_nobody(sandbox, issued):
    static = {"aws_access_key_id": "AKIASTATIC", "aws_session_token": None}
    runtime = client(sandbox, "bedrock-runtime", issued, **static)
    assert refusal(runtime.invoke_model, modelId=MODEL, body=b"{}") == (403, "UnrecognizedClientException")
    assert refusal(client(sandbox, "sts", issued, **static).get_caller_identity) == (403, "InvalidClientTokenId")
    for entry in sandbox.record("InvokeModel") + sandbox.record("GetCallerIdentity"):
        assert entry["signer"] == {
            "accessKeyID": "AKIASTATIC", "region": "eu-west-1", "stemsFrom": "unknown key"}


def test_sts_says_who_it_is(sandbox, issued):
    identity = client(sandbox, "sts", issued).get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::123456789012:assumed-role/Dev/person"
    assert identity["Account"] == "123456789012"
    unsigned = requests.post(sandbox.url, data={"Action": "GetCallerIdentity"}, timeout=10)
    assert unsigned.status_code == 403 and "<Code>MissingAuthenticationToken</Code>" in unsigned.text


def test_a_role_assumed_by_another_stems_from_the_same_sign_in(sandbox, issued):
    arn = "arn:aws:iam::210987654321:role/Deploy"
    sts = client(sandbox, "sts", issued)
    assumed = sts.assume_role(RoleArn=arn, RoleSessionName="person")["Credentials"]
    client(sandbox, "bedrock-runtime", {name[0].lower() + name[1:]: value for name, value in assumed.items()}
           ).invoke_model(modelId=MODEL, body=b"{}")
    signer = sandbox.record("InvokeModel")[0]["signer"]
    assert (signer["role"], signer["stemsFrom"], signer["token"]) == ("210987654321/Deploy", "ps-1", "at-1")
    assert refusal(sts.assume_role, RoleArn="arn:aws:iam::1:user/somebody", RoleSessionName="person")[0] == 400


@pytest.mark.parametrize("end", [
    lambda sandbox: sandbox.control("POST", "expire-credentials"), lambda sandbox: sandbox.revoke(hard=True)])
def test_credentials_that_were_ended(sandbox, issued, end):
    end(sandbox)
    runtime = client(sandbox, "bedrock-runtime", issued)
    assert refusal(runtime.invoke_model, modelId=MODEL, body=b"{}") == (403, "ExpiredTokenException")
    assert refusal(client(sandbox, "sts", issued).get_caller_identity) == (403, "ExpiredToken")


def test_a_soft_revocation_leaves_them(sandbox, issued):
    sandbox.revoke()
    assert client(sandbox, "sts", issued).get_caller_identity()["Account"] == "123456789012"


def test_refusals_to_order(sandbox, issued):
    sandbox.fault("GetCallerIdentity", "error", status=403, error="ExpiredToken")
    assert refusal(client(sandbox, "sts", issued).get_caller_identity) == (403, "ExpiredToken")
    runtime = client(sandbox, "bedrock-runtime", issued)
    sandbox.fault("InvokeModel", "429")
    assert refusal(runtime.invoke_model, modelId=MODEL, body=b"{}") == (429, "TooManyRequestsException")
    sandbox.settings(modelsWithoutAccess=["anthropic.claude-opus-4-5-20251101-v1:0"])
    assert refusal(runtime.invoke_model, modelId=MODEL, body=b"{}") == (403, "AccessDeniedException")
    sandbox.settings(bedrockDenied=["Dev"], modelsWithoutAccess=[])
    assert refusal(runtime.invoke_model, modelId=MODEL, body=b"{}") == (403, "AccessDeniedException")
