"""How one of AWS's own programs reads a home: run by any Python that has `botocore`, or the AWS CLI's own copy of it.

    python3 oracle.py botocore | python3 oracle.py awscli.botocore

It answers one question after the other, in JSON, a line each: a process for each would take half a second. `HOME` is
the process's own, because botocore looks it up once; all other variables come with the question. Nothing is sent: each
request is taken down before it leaves, and answered here.
"""

import contextlib
import getpass
import importlib
import io
import json
import os
import re
import sys

from granted import ASSUMED, ROLE


def ask_for_a_code(*_):
    raise OSError("somebody was asked for an MFA code")


# Before botocore keeps it as a default.
getpass.getpass = ask_for_a_code

PACKAGE = sys.argv[1]
session_module, loaders, awsrequest, exceptions = (
    importlib.import_module(f"{PACKAGE}.{name}") for name in ("session", "loaders", "awsrequest", "exceptions"))
# The AWS CLI has both; its own code raises those of its copy.
PARSE_ERRORS = tuple({exceptions.ConfigParseError, importlib.import_module("botocore.exceptions").ConfigParseError})
UNKNOWN = tuple({exceptions.ProfileNotFound, importlib.import_module("botocore.exceptions").ProfileNotFound})
# Reads each service's description once.
LOADER = loaders.Loader()

SIGN_IN = {
    "RegisterClient": {"clientId": "client", "clientSecret": "not-a-secret", "clientSecretExpiresAt": 4102444800},
    "StartDeviceAuthorization": {
        "deviceCode": "device", "userCode": "ABCD-EFGH", "verificationUri": "https://device.example.com/",
        "verificationUriComplete": "https://device.example.com/", "expiresIn": 600, "interval": 0},
    "CreateToken": {"accessToken": "at", "tokenType": "Bearer", "expiresIn": 28800, "refreshToken": "not-a-token"}}


class Body(io.BytesIO):
    def stream(self, **_):
        yield self.read()


def respond(request, status: int, body: str):
    return awsrequest.AWSResponse(request.url, status, {}, Body(body.encode()))


class Service:
    """Takes down what would be sent, and answers in place of AWS."""

    def __init__(self):
        self.asked: list[dict] = []

    def __call__(self, request, event_name: str, **_):
        operation = event_name.split(".")[-1]
        body = request.body.decode() if isinstance(request.body, bytes) else request.body
        token = request.headers.get("x-amz-sso_bearer_token")
        token = token.decode() if isinstance(token, bytes) else token and str(token)
        # As http.client does.
        if token and ("\n" in token or "\r" in token):
            raise ValueError("Invalid header value")
        self.asked.append({
            "operation": operation, "url": request.url, "body": body if isinstance(body, str) else "",
            "token": token})
        if operation == "GetRoleCredentials":
            return respond(request, 200, json.dumps({"roleCredentials": ROLE}))
        if operation.startswith("AssumeRole"):
            return respond(request, 200, ASSUMED.format(operation))
        if operation in SIGN_IN and (operation != "CreateToken" or "device_code" in self.asked[-1]["body"]):
            return respond(request, 200, json.dumps(SIGN_IN[operation]))
        # The token file stays as it is for whoever reads it next.
        return respond(request, 400, json.dumps({"error": "invalid_grant", "error_description": "no"}))


def said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def read(service: Service) -> dict:
    """As somebody who needs credentials does."""
    session = session_module.Session()
    session.register_component("data_loader", LOADER)
    session.register("before-send", service)
    answer: dict = {}
    try:
        session.get_scoped_config()
    except PARSE_ERRORS as error:
        return {"refused": said(error)}
    except UNKNOWN:
        return {"no_profile": True}
    # With what the CLI would fail as well, whatever it was to do.
    except Exception as error:
        return {"failed": said(error)}
    try:
        answer["region"] = session.get_config_variable("region")
        credentials = session.get_credentials()
        if credentials is not None:
            credentials.get_frozen_credentials()
            answer["method"] = credentials.method
    except Exception as error:
        answer["failed"] = said(error)
    missing = re.search("Token for (.*) does not exist", answer.get("failed", ""), re.DOTALL)
    if missing:
        answer["no_token_for"] = missing[1]
    try:
        token = session.get_auth_token()
        if token is not None:
            answer["expires"] = token.get_frozen_token().expiration.timestamp()
    except Exception as error:
        answer["no_expiry"] = said(error)
    return answer


def sign_in(service: Service) -> dict:
    """`aws sso login`, by the device flow, which every version knows."""
    clidriver, version = importlib.import_module("awscli.clidriver"), importlib.import_module("awscli").__version__
    try:
        driver = clidriver.create_clidriver()
    except PARSE_ERRORS as error:
        return {"refused": said(error)}
    driver.session.register("before-send", service)
    device = ["--use-device-code"] if tuple(map(int, version.split(".")[:2])) >= (2, 22) else []
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        status = driver.main(["sso", "login", "--no-browser", *device])
    return {"failed": output.getvalue()} if status else {}


def main():
    # The AWS CLI has set the second for itself.
    own = {name: os.environ[name] for name in ("HOME", "AWS_DATA_PATH") if name in os.environ}
    for line in sys.stdin:
        question = json.loads(line)
        os.environ.clear()
        os.environ.update({**question["environment"], **own, "AWS_EC2_METADATA_DISABLED": "true"})
        service = Service()
        answer = {**(sign_in if question["signs_in"] else read)(service), "asked": service.asked}
        print(json.dumps(answer), flush=True)


main()
