"""In place of AWS: takes down what the real program asks, and answers whatever token, account and role are named."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

ROLE = {
    "accessKeyId": "ASIASSO", "secretAccessKey": "not-a-secret", "sessionToken": "none", "expiration": 4102444800000}
ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIASTS</AccessKeyId><SecretAccessKey>not-a-secret</SecretAccessKey><SessionToken>none</SessionToken>
<Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""
SIGNER = re.compile("Credential=([^/]*)/[^/]*/([^/]*)/bedrock")


class Server(ThreadingHTTPServer):
    def handle_error(self, *_):
        """The program is ended as soon as all is known, in the middle of a request or not."""


class AnsweringAWS:
    """Its record has a line of JSON for each request, as the sandbox's has."""

    def __init__(self, record: Path):
        self.record_file = record
        record.touch()
        self.server = Server(("127.0.0.1", 0), handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def takes_down(self, **entry):
        with self.record_file.open("a") as record:
            record.write(json.dumps(entry) + "\n")

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def handler(aws: AnsweringAWS) -> type:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            if urlsplit(self.path).path != "/federation/credentials":
                return self.answer(404, "{}")
            aws.takes_down(operation="GetRoleCredentials", url=self.path, token=self.headers["x-amz-sso_bearer_token"])
            self.answer(200, json.dumps({"roleCredentials": ROLE}))

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            if parse_qs(body).get("Action", [""])[0].startswith("AssumeRole"):
                return self.answer(200, ASSUMED, "text/xml")
            signer = SIGNER.search(self.headers["Authorization"] or "")
            if self.path.endswith("/invoke-with-response-stream"):
                aws.takes_down(
                    operation="InvokeModelWithResponseStream", subject="",
                    signer=signer and {"accessKeyID": signer[1], "region": signer[2]})
            # Nobody is to go on from here, and nothing is to be tried again.
            self.answer(400, json.dumps({"error": "invalid_grant", "message": "no"}))

        def answer(self, status: int, text: str, kind: str = "application/json"):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    return Handler
