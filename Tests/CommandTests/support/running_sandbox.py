"""A `bedrock-sandbox serve` for a test, and its controls."""

import shlex
import signal
import subprocess
from pathlib import Path

import requests

from spawning import die_with_parent
from tabs import Tabs
from waiting import eventually


class RunningSandbox:
    """Controls one running sandbox. `environment` makes programs use it instead of AWS."""

    def __init__(self, program: Path, folder: Path, *options: str):
        folder.mkdir(parents=True)
        self.program = program
        # What the user opened and has not answered yet; `tabs.command` for $BROWSER.
        self.tabs = Tabs(folder, self)
        self.record_file = folder / "record.jsonl"
        self.errors = folder / "errors.txt"
        environment_file = folder / "environment"
        self.process = subprocess.Popen(
            [program, "serve", "--directory", folder / "data", "--record", self.record_file,
             "--environment-file", environment_file, *options],
            stdout=subprocess.PIPE, stderr=self.errors.open("w"), text=True, preexec_fn=die_with_parent)
        lines = []
        while not lines or lines[-1] != "# listening\n":
            line = self.process.stdout.readline()
            assert line, f"the sandbox ended before it listened: {self.errors.read_text()}"
            lines.append(line)
        self.output = "".join(lines[:-1])
        assert environment_file.read_text() == self.output
        self.environment = dict(shlex.split(line)[1].split("=", 1) for line in lines[:-1])
        self.url = self.environment["BEDROCK_SANDBOX_URL"]
        self.start_url = self.environment["BEDROCK_SANDBOX_START_URL"]

    def stop(self) -> int:
        """Stops it with SIGTERM; returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=10)
        self.process.stdout.close()
        return status

    # State and record

    def record(self, operation=None, **fields):
        """The record's entries for an operation and with these fields, oldest first."""
        entries = self.control("GET", "record")
        return [entry for entry in entries
                if operation in (None, entry["operation"])
                and all(entry.get(name) == value for name, value in fields.items())]

    def prompts(self) -> int:
        """How many sign-ins have started: by the device flow, or by a page that redirects to the program (PKCE)."""
        redirecting = self.record("Authorize") + [page for page in self.tabs.unanswered() if "/authorize?" in page]
        by_code = [entry for entry in self.record("StartDeviceAuthorization")
                   if entry["client"] in ("aws-cli", "bedrock-agent-net")]
        return len(by_code) + len(redirecting)

    def waiting(self) -> list[str]:
        """The codes of the pending sign-ins."""
        return [entry["userCode"] for entry in self.state()["signIns"]
                if entry["decision"] == "waiting" and "userCode" in entry]

    def state(self):
        return self.control("GET", "state")

    def is_usable(self, token: str) -> bool:
        """Whether the portal accepts the access token, or the token endpoint the refresh token, with this short ID."""
        state = self.state()
        return next(t["usable"] for t in state["accessTokens"] + state["refreshTokens"] if t["id"] == token)

    def wait_until_expired(self, token: str):
        eventually(lambda: not self.is_usable(token), f"{token} has expired")

    # Controls

    def control(self, method, path, **body):
        answer = requests.request(method, f"{self.url}/sandbox/{path}", json=body or None, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def settings(self, **changes):
        """For example `accessToken="60s"`, `rotation="off"`."""
        return self.control("POST", "settings", **changes)

    def fault(self, operation, fault, **more):
        """For example `fault("CreateToken", "html", grantType="refresh_token", times=-1)`."""
        return self.control("POST", "faults", operation=operation, fault=fault, **more)

    def clear_faults(self):
        return self.control("DELETE", "faults")

    def revoke(self, hard=False):
        return self.control("POST", "revoke?hard=true" if hard else "revoke")

    def expire_registration(self, **client):
        return self.control("POST", "expire-registration", **client)

    # The user

    def approve(self, **user_code):
        """Presses Allow: in every open tab, or else on another device, under the code."""
        self.answer("approve", (), user_code)

    def deny(self, **user_code):
        self.answer("deny", ("--deny",), user_code)

    def answer(self, decision: str, flags: tuple, user_code: dict):
        eventually(lambda: self.tabs.unanswered() or self.waiting(), "a page waits for an answer")
        if self.tabs.unanswered() and not user_code:
            self.tabs.allow(*flags)
        else:
            self.control("POST", decision, **user_code)

    def browser(self, *flags: str) -> str:
        """The command for $BROWSER: presses Allow, or what the flags say (`--deny`, `--look`)."""
        return shlex.join([str(self.program), "browser", *flags]) + " %s"

    def open_in_browser(self, url: str, *flags: str):
        command = [self.program, "browser", "--wait", *flags, url]
        return subprocess.run(command, capture_output=True, text=True, timeout=20)
