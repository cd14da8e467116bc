"""AWS's sign-in service as `aws login` talks to it, on loopback: whoever opens its page is signed in at once."""

import base64
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from console import SESSION
from programs import write_program


def part(value: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


class ConsoleService:
    def __init__(self, folder: Path, token: dict):
        """`token` is what it gives, as `Console.token` makes it."""
        self.authorized, self.tokens = [], 0
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked = parse_qs(urlsplit(self.path).query)
                service.authorized.append(asked)
                self.send_response(302)
                back = urlencode({"code": "console-code", "state": asked["state"][0]})
                self.send_header("Location", f"{asked['redirect_uri'][0]}?{back}")
                self.end_headers()

            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert self.path == "/v1/token" and asked["code"] == "console-code" and self.headers["DPoP"]
                service.tokens += 1
                names = ["accessKeyId", "secretAccessKey", "sessionToken"]
                answer = json.dumps({
                    "accessToken": {name: token["accessToken"][name] for name in names},
                    "tokenType": token["tokenType"], "expiresIn": 900, "refreshToken": token["refreshToken"],
                    "idToken": f"{part({'alg': 'none'})}.{part({'sub': SESSION})}."}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        # The command waits for the program that opens its page, and the page leads back to the command.
        opens = f'{sys.executable} -c "import sys, urllib.request as r; r.urlopen(sys.argv[1])" "$1"'
        browser = write_program(folder / "open", f"{opens} > /dev/null 2>&1 &")
        self.environment = {
            "AWS_ENDPOINT_URL_SIGNIN": f"http://127.0.0.1:{self.server.server_port}", "BROWSER": f"{browser} %s"}

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
