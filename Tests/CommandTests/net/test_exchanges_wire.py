"""The requests of `bedrock-agent-net`: endpoints, signatures, certificates, proxies, and secrets that must not be
visible."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from aws_home import Home
from exchanges import OPUS, failure, make_certificate
from nobody import NOBODY
from onlooking import as_a_user, is_closed, seen_of
from waiting import eventually


def test_endpoints_with_a_path(net, signed_in, sandbox):
    """An endpoint behind a gateway; the path is part of the signature."""
    url = f"{sandbox.url}/behind/a%20gateway"
    assert len(net("accounts", url=url)["accountList"]) == 2
    assert net("models", "--model", OPUS, url=url)["availability"]["agreementAvailability"]["status"] == "AVAILABLE"


def test_the_signature_is_what_botocore_makes_of_the_request(net, signed_in, serve):
    """A comparison with botocore's signatures, with a next token that needs encoding."""
    secret = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "session/token+1==")
    pages = {None: "a b/c+d=~é&", "a b/c+d=~é&": None}

    def answer(request):
        if request.path.startswith("/federation"):
            return 200, {"roleCredentials": {
                "accessKeyId": secret.access_key, "secretAccessKey": secret.secret_key,
                "sessionToken": secret.token, "expiration": 1}}
        if not is_signed_by(request, secret):
            return 403, {"message": "The request signature does not match", "__type": "InvalidSignatureException"}
        if request.path.startswith("/foundation"):
            return 200, {"modelId": "m", "agreementAvailability": {"status": "AVAILABLE"},
                         "authorizationStatus": "AUTHORIZED", "entitlementAvailability": "AVAILABLE",
                         "regionAvailability": "AVAILABLE"}
        token = request.query().get("nextToken")
        return 200, {"inferenceProfileSummaries": [], **({"nextToken": pages[token]} if pages[token] else {})}

    server = serve(answer)
    said = net("models", "--model", OPUS, url=server.url)
    assert said.get("availability", {}).get("modelId") == "m", said
    assert [r.path.partition("?")[0] for r in server.requests].count("/inference-profiles") == 4
    asked = [r.query()["type"] for r in server.requests if "type=" in r.path]
    assert asked == ["SYSTEM_DEFINED"] * 2 + ["APPLICATION"] * 2


def is_signed_by(request, secret: Credentials) -> bool:
    """Signs the same request with botocore, using the given time and signed headers."""
    given = dict(part.strip().split("=", 1) for part in request.headers["Authorization"].split(" ", 1)[1].split(","))
    names = given["SignedHeaders"].split(";")
    mine = AWSRequest(method="GET", url=f"http://{request.headers['Host']}{request.path}",
                      headers={name: request.headers[name] for name in names})
    mine.context["timestamp"] = request.headers["X-Amz-Date"]
    signer = SigV4Auth(secret, "bedrock", "us-west-2")
    signer.headers_to_sign = lambda _: HTTPHeaders.from_pairs([(name, request.headers[name]) for name in names])
    text = signer.string_to_sign(mine, signer.canonical_request(mine))
    return signer.signature(text, mine) == given["Signature"]


def test_certificates_of_ones_own(net, signed_in, serve, tmp_path):
    certificate = make_certificate(tmp_path)
    server = serve(lambda request: (200, {"accountList": []}), certificate)
    assert failure(net("accounts", url=server.url))["kind"] == "offline"
    assert net("accounts", "--ca-bundle", certificate[0], url=server.url) == {"accountList": []}
    said = failure(net("accounts", "--ca-bundle", str(tmp_path / "none.pem"), url=server.url))
    assert said["kind"] == "offline"


def test_through_a_proxy(net, signed_in, sandbox):
    """`HTTPS_PROXY` is for https; for http, libcurl reads only the lower-case variable."""
    said = failure(net("accounts", http_proxy="http://127.0.0.1:9"))
    assert said["kind"] == "offline"
    assert "failure" not in net("accounts", http_proxy="http://127.0.0.1:9", no_proxy="127.0.0.1")


@pytest.fixture
def reachable(sandbox, raw):
    """A home that its user, who is not root, can get to and write in: the test's own folder is below one of root's."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        home = Home(Path(folder) / "home", sandbox.start_url)
        home.sign_in(raw)
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", str(NOBODY), home.path], check=True)
        yield home


# What is asked of the service first, and what else the program is told.
ASKED = {
    "accounts": ("ListAccounts", ""),
    "refresh": ("CreateToken", "--lock-file={home}/lock --expires-at={end}"),
    "sign-in": ("StartDeviceAuthorization",
                "--lock-file={home}/lock --registration-file={home}/registration.json --session=corp --region=us-east-1 "
                "--start-url={start} --scope=sso:account:access --device-code --timeout=60"),
}


@pytest.mark.parametrize("what", ASKED)
def test_nothing_of_it_is_seen_by_others(build, reachable, sandbox, what):
    """While it waits: no secret in its arguments or its environment, and no access to its memory."""
    operation, more = ASKED[what]
    token, registration = reachable.token(), reachable.path / "registration.json"
    more = more.format(home=reachable.path, end=token["expiresAt"], start=sandbox.start_url)
    sandbox.fault(operation, "hang")
    process = subprocess.Popen(
        [*as_a_user(), build / "bedrock-agent-net", what, "--token-file", reachable.token_file(), "--endpoint", sandbox.url,
         *more.split()], env=reachable.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        eventually(lambda: process.poll() is not None or not sandbox.control("GET", "faults"), "it waits for the answer")
        assert process.poll() is None, process.communicate()
        secrets = {token[name] for name in ("accessToken", "refreshToken", "clientSecret")}
        if what == "sign-in":
            secrets.add(json.loads(registration.read_text())["clientSecret"])
        seen = seen_of(process.pid)
        assert what.encode() in seen
        assert [secret for secret in secrets if secret.encode() in seen] == []
        assert is_closed(process.pid)
    finally:
        process.kill()
        process.communicate()
