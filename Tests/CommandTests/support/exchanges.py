"""Helpers for the tests of `bedrock-agent-net`: running a query, its responses, and HTTP servers defined by a test."""

import http.server
import json
import ssl
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

ACCOUNT = "123456789012"
OPUS = "global.anthropic.claude-opus-4-5-20251101-v1:0"


class Exchanges:
    """Runs one query with the home's token; returns the output, which must not contain a secret, nor may its error
    messages."""

    def __init__(self, build: Path, home, sandbox):
        self.program, self.home, self.sandbox = build / "bedrock-agent-net", home, sandbox

    def __call__(self, command: str, *options, url: str | None = None, token: Path | None = None, **environment) -> dict:
        url = url or self.sandbox.url
        if command == "models":
            options = ("--portal-endpoint", url, "--bedrock-endpoint", url, *account_options(options), *options)
        elif command == "roles":
            options = ("--endpoint", url, "--account-id", ACCOUNT, *options)
        else:
            options = ("--endpoint", url, *options)
        file = token or self.home.token_file()
        secrets = secrets_in(file)
        arguments = [self.program, command, "--token-file", file, *options]
        result = subprocess.run(
            arguments, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
            env=self.home.environment(**environment))
        assert result.returncode == 0, result.stderr
        said = result.stdout + result.stderr + " ".join(map(str, arguments))
        for name in ("accessToken", "refreshToken", "clientSecret"):
            assert not secrets.get(name) or secrets[name] not in said
        return json.loads(result.stdout)


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


class Server(http.server.ThreadingHTTPServer):
    """Answers each GET request, and each POST request where it `takes_posts`, with the status and the JSON (or the bytes)
    that the function returns; keeps the requests, with their `content`."""

    daemon_threads = True

    def __init__(self, answer, certificate=None, takes_posts: bool = False):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.content = self.rfile.read(int(self.headers["Content-Length"] or 0))
                self.server.requests.append(self)
                status, body = answer(self)
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def query(self):
                return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}

            def log_message(self, *_):
                pass

        if takes_posts:
            Handler.do_POST = Handler.do_GET
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests = []
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.server_address[1]}"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def handle_error(self, request, address):
        """A client that does not trust the certificate disconnects; any other error is a mistake in a test."""
        if not isinstance(sys.exception(), (ssl.SSLError, ConnectionError)):
            super().handle_error(request, address)


def make_certificate(folder: Path) -> tuple[str, str]:
    """A self-signed certificate for 127.0.0.1, and its key."""
    certificate, key = str(folder / "certificate.pem"), str(folder / "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True, timeout=30)
    return certificate, key
