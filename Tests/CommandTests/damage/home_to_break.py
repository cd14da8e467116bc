"""A healthy home for a test to break, and what every user-facing command must then show."""

import json
import os
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

from aws_home import Home
from claude_settings import COMMAND, approve, write_settings
from running_daemon import RunningDaemon, RuntimeFolder

START_URL = "https://corp.awsapps.com/start"
CHOICE = ["--profile", "work-dev", "--region", "us-west-2", "--model", "global.anthropic.claude-opus-4-5-20251101-v1:0"]


class HomeToBreak(Home):
    """A home that can be given to any user: signed in, with settings that `setup` wrote."""

    def __init__(self, folder: Path, program: Path, errors: Path):
        super().__init__(folder / "home", START_URL)
        self.runtime = RuntimeFolder()
        self.errors = errors
        self.program = program
        self.settings = self.path / ".claude" / "settings.json"
        self.managed = folder / "managed"
        self.own_config = self.path / ".config" / "bedrock-agent" / "config.json"
        self.state = self.path / ".local" / "state" / "bedrock-agent"
        write_settings(self.path)
        approve(self.path, COMMAND)
        self.write_token()

    def variables(self, **more) -> dict:
        return self.environment(
            self.runtime.environment, {"BEDROCK_AGENT_MANAGED_ROOT": str(self.managed), **more})

    def write_token(self, key="corp", hours: float = 8, **changes):
        now = datetime.now(timezone.utc)

        def at(time):
            return time.strftime("%Y-%m-%dT%H:%M:%SZ")

        token = {
            "startUrl": START_URL, "region": "us-east-1", "accessToken": "access-secret",
            "expiresAt": at(now + timedelta(hours=hours)), "clientId": "client", "clientSecret": "client-secret",
            "registrationExpiresAt": at(now + timedelta(days=80)), "refreshToken": "refresh-secret", **changes}
        self.cache.mkdir(parents=True, exist_ok=True)
        self.token_file(key).write_text(
            json.dumps({name: value for name, value in token.items() if value is not None}))

    def run(self, *arguments, user=None, cwd=None, **more) -> subprocess.CompletedProcess:
        who = {} if user is None else {"user": user, "group": user, "extra_groups": []}
        return subprocess.run(
            [self.program, *arguments], env=self.variables(**more), capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=60, cwd=cwd or self.path, **who)

    def setup(self, *more, **options):
        return self.run("setup", "--yes", "--no-login", "--no-enable", *CHOICE, *more, **options)

    def status(self, **options) -> dict:
        result = self.run("status", "--json", **options)
        assert result.stderr == "", result.stderr
        return json.loads(result.stdout)

    def daemon(self, **more) -> RunningDaemon:
        daemon = RunningDaemon(self.program, self.variables(**more), self.runtime, self.errors)
        daemon.start()
        return daemon

    def give_to(self, user: int):
        for path in [self.path, *self.path.rglob("*"), self.runtime.path]:
            os.chown(path, user, user, follow_symlinks=False)

    def files(self) -> dict:
        """Every file except our own, with its bytes and mode."""
        return {
            str(file): (file.read_bytes(), file.stat().st_mode) for root in (self.path, self.managed)
            for file in root.rglob("*") if file.is_file() and self.state not in file.parents}


def comparable(status: dict) -> dict:
    """The status without what only a daemon knows. The time of the next refresh is left out because of its jitter."""
    sessions = [{**session, "next": (session.get("next") or {}).get("action")} for session in status["sessions"]]
    return {**status, "daemon": None, "sessions": sessions}


def check_doors(place: HomeToBreak, code: str, *texts: str, subject=None, exit_status=None, **options):
    """Every read-only command reports the finding and its words, the daemon reports the same as is found on disk, and
    no file changes."""
    before = place.files()
    status = place.status(**options)
    found = [finding for finding in status["findings"] if finding["code"] == code]
    assert found, status["findings"]
    finding = found[0]
    assert finding["fix"] and finding["severity"] in ("warning", "error")
    words = f"{finding['message']} {finding['fix']}"
    for text in texts:
        assert str(text) in words, f"{text!r} is not in: {words}"
    assert subject is None or finding["subject"] == str(subject)
    shown = place.run("status", **options)
    assert shown.returncode == 3 and shown.stderr == ""
    assert finding["message"] in shown.stdout and f"fix: {finding['fix']}" in shown.stdout
    if not options:
        agent = place.daemon()
        try:
            live = agent.status()
            assert comparable(live) == comparable(status)
            result = place.run("status")
            assert finding["message"] in result.stdout
            if exit_status is not None:
                assert result.returncode == exit_status, result.stdout
        finally:
            assert agent.stop() == 0
        errors = place.errors.read_text()
        assert finding["message"] in errors
        assert "secret" not in errors + shown.stdout + json.dumps(live)
    assert place.files() == before
    return finding


def check_refused(place: HomeToBreak, *texts: str, **options):
    """`setup` refuses, says why, and changes nothing."""
    before = place.files()
    result = place.setup(**options)
    assert result.returncode == 1, result.stdout + result.stderr
    for text in texts:
        assert str(text) in result.stderr, f"{text!r} is not in: {result.stderr}"
    assert place.files() == before
    assert not (place.state / "backups").exists() and not (place.state / "setup.json").exists()
