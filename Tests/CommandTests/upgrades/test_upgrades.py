"""What each released version has written is read by this one: `kept/VERSION` is a home as that version left it, set up, with a
migrated profile and a sign-in that has failed. `BEDROCK_KEEP=1 Tests/run command -k kept` keeps one of the version that is
being released; none of them is ever changed."""

import json
import os
import re
import shutil
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from aws_home import CONFIG
from programs import write_program
from waiting import eventually

KEPT = Path(__file__).with_name("kept")
VERSIONS = sorted(path.name for path in KEPT.iterdir()) if KEPT.exists() else []
URL = "https://corp.awsapps.com/start"
SETTINGS = '{\n\t"theme": "dark"\n}'
MODEL = "global.anthropic.claude-opus-4-8"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
# The agent's own, the files that it changes, and the token that has ended.
PARTS = ["xdg-state", ".claude", ".aws"]


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def member(agent, home):
    """Somebody whose AWS CLI cannot sign in, and counts how often it was to."""
    home.start_url = URL
    tool = write_program(home.path / "tools" / "aws", f"""
        [ "$1" = --version ] && {{ echo aws-cli/2.9.19 Python/3.11.2; exit; }}
        echo run >> {agent.runs}; exit 7""")
    agent.environment["PATH"] = f"{tool.parent}:/usr/bin:/bin"
    return agent


def sign_ins(agent) -> int:
    return len(agent.runs.read_text().splitlines()) if agent.runs.exists() else 0


def place(folder: Path, home: Path):
    """As if it had been left a minute ago."""
    left = datetime.strptime((folder / "left-at").read_text().strip(), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    later = datetime.now(timezone.utc) - timedelta(minutes=1) - left

    def shifted(match: re.Match) -> str:
        moment = datetime.strptime(match[0], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
        return stamp(moment + later)

    for part in PARTS:
        shutil.rmtree(home / part, ignore_errors=True)
        shutil.copytree(folder / part, home / part)
        for file in (home / part).rglob("*"):
            file.chmod(0o700 if file.is_dir() else 0o600)
            if file.is_file():
                file.write_text(TIME.sub(shifted, file.read_text().replace("{home}", str(home))))


@pytest.mark.parametrize("version", VERSIONS)
def test_its_records_are_read(member, home, version):
    place(KEPT / version, home.path)
    member.start(claude=False)
    status = member.wait_until("sign-in-needed")
    codes = [finding["code"] for finding in status["findings"] if finding["severity"] != "info"]
    assert codes == ["no-refresh-token", "sign-in-needed"], status["findings"]
    # It knows what it has tried, and what was approved: nothing opens again.
    assert "next try at" in str(status["findings"]) and status["claude"]["approved"]
    assert status["sessions"][0]["lastSignIn"]["result"] == "exit-7"
    assert len(json.loads((member.state / "state.json").read_text())["automaticSignIns"]) == 1
    assert sign_ins(member) == 0


@pytest.mark.parametrize("version", VERSIONS)
def test_what_it_set_up_is_undone(member, home, version):
    place(KEPT / version, home.path)
    member.run("reset", "--yes")
    assert member.settings.read_text() == SETTINGS
    assert home.config.read_text() == CONFIG.format(start_url=URL)


def test_this_version_is_kept(member, home):
    version = member.run("--version").stdout.split()[-1]
    if not os.environ.get("BEDROCK_KEEP"):
        assert version in VERSIONS, "BEDROCK_KEEP=1 Tests/run command -k kept, and commit it with the new version"
        return
    home.config.write_text(CONFIG.format(start_url=URL))
    member.settings.parent.mkdir()
    member.settings.write_text(SETTINGS)
    member.run("migrate", "--profile", "old-profile", "--yes", "--no-login")
    member.run("setup", "--profile", "work-dev", "--region", "us-west-2", "--model", MODEL, "--yes", "--no-login",
               "--no-enable")
    now = datetime.now(timezone.utc)
    home.cache.mkdir(parents=True)
    home.token_file().write_text(json.dumps({
        "startUrl": URL, "region": "us-east-1", "accessToken": "nobodys-fictitious-token", "expiresAt": stamp(now - timedelta(minutes=5))}))
    member.start(claude=False)
    eventually(lambda: member.session().get("lastSignIn", {}).get("result") == "exit-7", "it has failed")
    member.stop()
    for part in PARTS:
        shutil.copytree(home.path / part, KEPT / version / part)
    (KEPT / version / "left-at").write_text(stamp(datetime.now(timezone.utc)) + "\n")
    for file in (KEPT / version).rglob("*"):
        if file.is_file():
            file.write_text(file.read_text().replace(str(home.path), "{home}"))
