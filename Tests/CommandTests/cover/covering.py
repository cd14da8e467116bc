"""What stands around `bedrock-agent cover`: the command itself, what the daemon would have learned, and an access
portal where something happens in the moment of the logout."""

import http.server
import json
import threading

import requests

from aws_home import stamp
from running_sign_ins import PAGE, RunningSignIn, RunningSignIns
from waiting import eventually

HOUR = 3600
NOWHERE = "http://127.0.0.1:1"


class Cover(RunningSignIn):
    def shown(self) -> str:
        """Waits for the page."""
        eventually(lambda: PAGE.search(self.text) or self.process.poll() is not None, "it shows the page")
        assert PAGE.search(self.text), self.text
        return PAGE.findall(self.text)[-1]


class Covers(RunningSignIns):
    """Runs `cover`, and whatever is to run beside it."""

    kind = Cover
    command = "cover"

    def __call__(self, *arguments: str, status: int, **environment: str) -> str:
        """To its end, without a terminal; returns what it said."""
        running = self.start(*arguments, **environment)
        assert running.end() == status, running.text
        return running.text


class Portal(http.server.ThreadingHTTPServer):
    """Stands in front of the sandbox's access portal. `before` and `after` are done around the logout there, before it
    is answered."""

    daemon_threads = True

    def __init__(self, sandbox):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.server.before()
                answer = self.ask("POST")
                self.server.after()
                self.reply(answer)

            def do_GET(self):
                self.reply(self.ask("GET"))

            def ask(self, method):
                headers = {"x-amz-sso_bearer_token": self.headers["x-amz-sso_bearer_token"]}
                return requests.request(method, f"{sandbox.url}{self.path}", headers=headers, timeout=60)

            def reply(self, answer):
                self.send_response(answer.status_code)
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.before = self.after = lambda: None
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def handle_error(self, request, address):
        """A client that was ended."""


def learned(agent, *lifetimes: float, began: float | None = None, name: str = "corp"):
    """What the daemon has written down: past sessions lasted so many hours, this one began so many hours ago."""
    record = {"failedSignIns": 0, "lifetimes": [hours * HOUR for hours in lifetimes]}
    if began is not None:
        record["signedInAt"] = stamp(-began * HOUR)
    agent.state.mkdir(parents=True, exist_ok=True)
    (agent.state / "state.json").write_text(
        json.dumps({"version": 1, "automaticSignIns": [], "sessions": {name: record}}))


def known(agent, name: str = "corp") -> dict:
    """What is written down of the session now."""
    return json.loads((agent.state / "state.json").read_text())["sessions"][name]


def ends(sandbox) -> list[str | None]:
    """How each portal session ended, oldest first; None for one that runs."""
    return [session.get("ended") for session in sandbox.state()["portalSessions"]]


def everything(folder) -> dict:
    """Every file, with its content and the time of its last change."""
    return {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.rglob("*") if file.is_file()}


def works(raw, token: dict) -> bool:
    """Whether the access portal still takes it."""
    return raw.portal("assignment/accounts", token["accessToken"]).status_code == 200


def refresh(home, raw):
    """What another program does with the session's token, at this moment."""
    old = home.token()
    answer = raw.refresh(old["refreshToken"])
    assert answer.status_code == 200, answer.text
    home.write_token({**old, "accessToken": answer.json()["accessToken"], "expiresAt": stamp(3590),
                      "refreshToken": answer.json().get("refreshToken", old["refreshToken"])})
