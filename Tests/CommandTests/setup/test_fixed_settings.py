"""Settings that root owns and nobody else can write, as Nix, Home Manager and /etc have them: as safe as one's own. This
runs our programs as another user, which needs root."""

import json
import os
import pty
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from aws_home import Home
from claude_settings import COMMAND, settings
from nobody import NOBODY
from pty_terminal import Terminal
from raw_client import RawClient

MODEL = settings()["env"]["ANTHROPIC_MODEL"]
FLAGS = ("--profile", "work-dev", "--region", "us-west-2", "--model", MODEL)


class Place:
    """A home of user 65534, whose settings are a link into a folder of root's."""

    def __init__(self, build: Path, folder: Path, sandbox):
        assert os.geteuid() == 0, "this test runs programs as another user: run it as root"
        folder.chmod(0o755)
        self.home = Home(folder / "home", sandbox.start_url)
        self.home.sign_in(RawClient(sandbox))
        self.programs = folder / "bin"
        self.programs.mkdir()
        for name in ("bedrock-agent", "bedrock-agent-net"):
            shutil.copy(build / name, self.programs)
        self.store = folder / "store"
        self.store.mkdir()
        self.real = self.store / "claude-settings.json"
        self.link = self.home.path / ".claude" / "settings.json"
        self.link.parent.mkdir()
        self.link.symlink_to(self.real)
        for path in (self.home.path, *self.home.path.rglob("*")):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        self.environment = self.home.environment(
            sandbox.environment, PATH=f"{self.programs}:/usr/bin:/bin", XDG_RUNTIME_DIR=str(self.home.path / "run"),
            BEDROCK_AGENT_MANAGED_ROOT=str(folder / "managed"))

    def put(self, content: dict, mode: int = 0o444):
        self.real.write_text(json.dumps(content, indent=2))
        self.real.chmod(mode)

    def run(self, *arguments: str, status: int | None = 0) -> subprocess.CompletedProcess:
        result = subprocess.run(
            ["bedrock-agent", *arguments], env=self.environment, cwd=self.home.path, capture_output=True, text=True,
            timeout=60, stdin=subprocess.DEVNULL, user=NOBODY, group=NOBODY, extra_groups=[])
        assert status in (None, result.returncode), result.stdout + result.stderr
        return result

    def status(self) -> dict:
        return json.loads(self.run("status", "--json", status=None).stdout)

    def doctor(self) -> dict:
        checks = json.loads(self.run("doctor", "--json", "--offline", status=None).stdout)["checks"]
        return {check["code"]: check for check in checks if check["result"] != "pass"}


@pytest.fixture
def place(build, sandbox):
    # The test's own folder is closed to other users.
    folder = Path(tempfile.mkdtemp(prefix="bedrock-agent-test-"))
    yield Place(build, folder, sandbox)
    shutil.rmtree(folder)


def test_it_is_trusted_after_approval_and_never_to_be_chowned(place):
    place.put(settings())
    assert place.status()["claude"]["approved"] is False
    place.run("approve", "--yes")
    status, found = place.status(), place.doctor()
    assert status["claude"]["approved"] is True
    for codes in ({finding["code"] for finding in status["findings"]}, set(found)):
        assert not codes & {"command-untrusted", "command-unapproved", "settings-wrong-owner", "file-wrong-owner"}
    assert "chown" not in json.dumps([status, found])


@pytest.mark.parametrize("path", ["the settings", "the AWS configuration"])
def test_no_fix_is_printed_for_files_of_roots(place, path):
    """The settings without any link, too; and an AWS configuration that is such a link."""
    if path == "the settings":
        place.link.unlink()
        place.link.write_text(json.dumps(settings()))
        place.link.chmod(0o444)
    else:
        place.put(settings())
        shutil.move(place.home.config, place.store / "config")
        os.chown(place.store / "config", 0, 0)
        place.home.config.symlink_to(place.store / "config")
    place.run("approve", "--yes")
    assert "chown" not in json.dumps(place.doctor()) and place.status()["claude"]["approved"] is True


def test_what_others_can_write_is_not_trusted(place):
    place.put(settings(), 0o666)
    assert "cannot be approved" in place.run("approve", "--yes", status=1).stderr
    assert "settings-writable-by-others" in {finding["code"] for finding in place.status()["findings"]}


def test_setup_goes_on_with_settings_that_say_it_all(place):
    place.put(settings())
    before = place.real.read_bytes()
    said = place.run("setup", "--yes", "--no-enable").stdout
    assert "cannot be written" in " ".join(said.split()) and "says all that is needed" in " ".join(said.split())
    assert place.real.read_bytes() == before and place.link.is_symlink()
    assert place.status()["claude"]["approved"] is True


@pytest.mark.parametrize("content, flags, wanted", [
    ({"permissions": {}}, FLAGS, settings()),
    (None, (), {"env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "<profile>", "AWS_REGION": "<region>",
                        "ANTHROPIC_MODEL": "<model>"}, "awsAuthRefresh": "aws sso login --profile <profile>"}),
    (settings(), ("--region", "us-east-1"), settings(AWS_REGION="us-east-1")),
    (settings("bedrock-agent login --profile work-dev"), ("--region", "us-east-1"),
     settings("bedrock-agent login --profile work-dev", AWS_REGION="us-east-1"))])
@pytest.mark.parametrize("yes", [True, False], ids=["by flags", "at a terminal"])
def test_what_to_put_there_is_said_before_anything_is_asked(place, content, flags, wanted, yes):
    if content is not None:
        place.put(content)
    before = {path: path.stat().st_mtime_ns for path in place.home.path.rglob("*") if path.is_file()}
    ours, theirs = pty.openpty()
    try:
        result = subprocess.run(
            ["bedrock-agent", "setup", *flags, *(["--yes"] if yes else [])], env=place.environment, stdin=theirs,
            capture_output=True, text=True, timeout=60, user=NOBODY, group=NOBODY, extra_groups=[])
    finally:
        os.close(ours)
        os.close(theirs)
    assert result.returncode == 1 and result.stdout == "", result.stdout
    said, found = result.stderr.split("\n", 1)
    assert str(place.link) in said and str(place.store) in said and "belongs to root" in said
    assert "Nothing was changed" in said and "chown" not in said
    assert json.loads(found) == wanted
    assert {path: path.stat().st_mtime_ns for path in place.home.path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("given, wanted", [("claude-opus", "<model>"), (["claude-opus", MODEL], MODEL)])
def test_a_model_that_is_forbidden_is_not_said(place, given, wanted):
    place.put(settings(ANTHROPIC_MODEL="sonnet"))
    own = place.home.path.parent / "managed" / "bedrock-agent" / "config.json"
    own.parent.mkdir(parents=True)
    own.write_text(json.dumps({"setup": {"model": given}, "locked": ["setup.model"]}))
    said, found = place.run("setup", "--yes", "--no-enable", status=1).stderr.split("\n", 1)
    assert "Nothing was changed" in said and json.loads(found) == settings(ANTHROPIC_MODEL=wanted)


def test_a_status_line_that_is_asked_for_is_said_too(place):
    """Before anything is asked: it is more than what the settings say."""
    place.put(settings())
    result = place.run("setup", "--status-line", "--yes", "--no-enable", status=1)
    said, found = result.stderr.split("\n", 1)
    assert "belongs to root" in said and "Nothing was changed" in said and "says all" not in result.stdout
    assert json.loads(found) == {**settings(), "statusLine": {
        "type": "command", "command": "bedrock-agent status --line", "refreshInterval": 60}}


def test_hooks_that_are_asked_for_are_said_too(place):
    place.put(settings())
    result = place.run("setup", "--hooks", "--yes", "--no-enable", status=1)
    said, found = result.stderr.split("\n", 1)
    assert "belongs to root" in said and "bedrock-agent hook session-start" in found
    assert list(json.loads(found)["hooks"]) == ["SessionStart", "StopFailure", "FileChanged"]


def test_a_status_line_is_no_question_where_it_cannot_be_written(place):
    place.put(settings())
    terminal = Terminal(
        ["/usr/sbin/chroot", f"--userspec={NOBODY}:{NOBODY}", "/", place.programs / "bedrock-agent", "setup", "--no-enable"],
        place.environment)
    try:
        terminal.wait_for("says all that is needed", "Apply?")
        assert b"status line?" not in terminal.output and b"when to sign in?" not in terminal.output
    finally:
        terminal.end()


def test_a_folder_that_is_not_ones_own(place):
    """Without a link: the folder of the settings is root's."""
    place.link.unlink()
    os.chown(place.link.parent, 0, 0)
    said = place.run("setup", *FLAGS, "--yes", status=1).stderr
    assert f"{place.link} cannot be written: {place.link.parent} belongs to root" in said
