"""`bedrock-agent-net accounts`, `roles` and `models`: one question to the portal and Bedrock, one JSON object for an
answer, against a sandbox that checks the signatures."""

import http.server
import json
import os
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from waiting import eventually

ACCOUNT = "123456789012"
OPUS = "global.anthropic.claude-opus-4-5-20251101-v1:0"


@pytest.fixture
def signed_in(home, raw):
    home.sign_in(raw)
    return home


@pytest.fixture
def net(build, home, sandbox):
    """Runs one exchange with the home's token; returns what it printed. No secret may be in that, nor in its words."""

    def run(command: str, *options, url: str | None = None, token: Path | None = None, status: int = 0, **environment):
        url = url or sandbox.url
        if command == "models":
            options = ("--portal-endpoint", url, "--bedrock-endpoint", url, *account_options(options), *options)
        elif command == "roles":
            options = ("--endpoint", url, "--account-id", ACCOUNT, *options)
        else:
            options = ("--endpoint", url, *options)
        file = token or home.token_file()
        secrets = secrets_in(file)
        arguments = [build / "bedrock-agent-net", command, "--token-file", file, *options]
        result = subprocess.run(
            arguments, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
            env=home.environment(**environment))
        assert result.returncode == status, result.stderr
        said = result.stdout + result.stderr + " ".join(map(str, arguments))
        for name in ("accessToken", "refreshToken", "clientSecret"):
            assert not secrets.get(name) or secrets[name] not in said
        return json.loads(result.stdout)

    return run


def secrets_in(file: Path) -> dict:
    try:
        return dict(json.loads(file.read_text()))
    except (OSError, ValueError):
        return {}


def account_options(options) -> tuple:
    given = {"--account-id": ACCOUNT, "--role-name": "Dev", "--region": "us-west-2"}
    return tuple(word for name, value in given.items() if name not in options for word in (name, value))


def failure(answer: dict) -> dict:
    assert list(answer) == ["failure"], answer
    assert answer["failure"]["message"] and answer["failure"]["fix"]
    return answer["failure"]


def ids(answer: dict) -> list[str]:
    return [profile["inferenceProfileId"] for profile in answer["inferenceProfileSummaries"]]


# What is listed


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
    """Its id has a colon, which is signed encoded twice."""
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


# Where the service says no


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
    """Never a reason to sign in."""
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
    # The next try finds the service as it was.
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
    """The same page comes again and again."""
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


# How it is asked


def test_endpoints_with_a_path(net, signed_in, sandbox):
    """As behind a gateway; what is signed has the path too."""
    url = f"{sandbox.url}/behind/a%20gateway"
    assert len(net("accounts", url=url)["accountList"]) == 2
    assert net("models", "--model", OPUS, url=url)["availability"]["agreementAvailability"]["status"] == "AVAILABLE"


def test_the_signature_is_what_botocore_makes_of_the_request(net, signed_in, serve):
    """A second opinion, with a next token that needs encoding."""
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
    """Signs the same request with botocore, at the time and over the headers that it says."""
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
    """`HTTPS_PROXY` is for https; libcurl's name for the other is in small letters."""
    said = failure(net("accounts", http_proxy="http://127.0.0.1:9"))
    assert said["kind"] == "offline"
    assert "failure" not in net("accounts", http_proxy="http://127.0.0.1:9", no_proxy="127.0.0.1")


def test_nothing_of_it_is_seen_by_others(build, signed_in, sandbox, home):
    """While it waits: no secret in its arguments or its environment, and no look into its memory."""
    sandbox.fault("ListAccounts", "hang")
    process = subprocess.Popen(
        [build / "bedrock-agent-net", "accounts", "--token-file", home.token_file(), "--endpoint", sandbox.url],
        env=home.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        eventually(lambda: not sandbox.control("GET", "faults"), "it waits for the answer")
        folder = Path("/proc") / str(process.pid)
        seen = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
        assert home.token()["accessToken"].encode() not in seen
        assert "CoreDumping" in (folder / "status").read_text()
        if os.geteuid() == 0:
            # What hides its memory makes its files in /proc root's.
            assert (folder / "mem").stat().st_uid == 0
    finally:
        process.kill()
        process.communicate()


# Servers that are nobody's


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, answer, certificate):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.server.requests.append(self)
                status, body = answer(self)
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def query(self):
                from urllib.parse import parse_qs, urlsplit
                return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.requests = []
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.server_address[1]}"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)

    def handle_error(self, request, address):
        """A client that does not trust us hangs up; the rest is a mistake in a test."""
        if not isinstance(sys.exception(), (ssl.SSLError, ConnectionError)):
            super().handle_error(request, address)


@pytest.fixture
def serve():
    """Starts servers that answer as they are told to; they end with the test."""
    servers = []

    def start(answer, certificate=None) -> Server:
        server = Server(answer, certificate)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def make_certificate(folder: Path) -> tuple[str, str]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    certificate, key = str(folder / "certificate.pem"), str(folder / "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True, timeout=30)
    return certificate, key
