"""`migrate`: a legacy profile gets a session that can be refreshed; all other bytes of the AWS config stay the same."""

import json
import os
import pty
import signal
import subprocess

import pytest

from aws_cli import device_flow
from claude_settings import approve, write_settings
from waiting import eventually


@pytest.fixture
def migrate(build, aws_cli, home, sandbox):
    """Runs `migrate` with these arguments, and checks its exit status."""

    def run(*arguments: str, status: int = 0, browser: tuple = (), **environment: str) -> subprocess.CompletedProcess:
        result = subprocess.run(
            [build / "bedrock-agent", "migrate", *arguments], capture_output=True, text=True, timeout=60,
            stdin=subprocess.DEVNULL,
            env=home.environment(sandbox.environment, {"BROWSER": sandbox.browser(*browser)}, **environment))
        assert result.returncode == status, result.stdout + result.stderr
        return result

    return run


def findings(build, home, sandbox) -> list[dict]:
    result = subprocess.run(
        [build / "bedrock-agent", "status", "--json"], capture_output=True, text=True, timeout=60,
        env=home.environment(sandbox.environment, XDG_RUNTIME_DIR=str(home.path)))
    return json.loads(result.stdout)["findings"]


def legacy_alone(home) -> bytes:
    """A config with one legacy profile, in a layout as users write it."""
    text = (f"# work\r\n[profile old-profile]\r\n  sso_start_url={home.start_url}\r\n  sso_region=us-east-1\r\n"
            "  ; the account\r\n  sso_account_id=123456789012\r\n  sso_role_name=Dev\r\n").encode()
    home.config.write_bytes(text)
    return text


def test_the_whole_way(migrate, build, home, sandbox, aws):
    """The command printed by `status` fixes the finding; then the session can be refreshed."""
    before = legacy_alone(home)
    command = "aws sso login --profile old-profile"
    write_settings(home.path, command, AWS_PROFILE="old-profile")
    approve(home.path, command)
    aws("sso", "login", "--profile", "old-profile")
    fix = next(f["fix"] for f in findings(build, home, sandbox) if f["code"] == "legacy-profile")
    assert fix == "bedrock-agent migrate --profile old-profile"
    result = migrate(*fix.split()[2:], "--yes")
    name = home.start_url.split("//")[1].split(".")[0]
    assert f"-  sso_start_url={home.start_url}" in result.stdout and f"+  sso_session={name}" in result.stdout
    assert home.token(name)["refreshToken"]
    assert "AccessKeyId" in aws("configure", "export-credentials", "--profile", "old-profile").stdout
    assert findings(build, home, sandbox) == []
    after = home.config.read_bytes()
    assert after.startswith(before.split(b"  sso_start")[0]) and after.count(b"\n") == after.count(b"\r\n")
    assert b"  ; the account\r\n  sso_account_id=123456789012\r\n  sso_role_name=Dev\r\n\r\n[sso-session" in after
    [backup] = (home.path / ".local/state/bedrock-agent/backups").glob("config.*")
    assert backup.read_bytes() == before


def test_the_profile_that_claude_code_uses_shares_a_session(migrate, home):
    write_settings(home.path, AWS_PROFILE="old-profile")
    before = home.config.read_text()
    assert "old-profile now signs in to the sso-session corp" in migrate("--yes", "--no-login").stdout
    assert home.config.read_text() == before.replace(
        f"[profile old-profile]\nsso_start_url = {home.start_url}\nsso_region = us-east-1\n",
        "[profile old-profile]\nsso_session = corp\n")


def test_the_command_of_a_chain_still_signs_in(migrate, build, home, sandbox, aws):
    with home.config.open("a") as config:
        config.write("\n[profile through-old]\nrole_arn = arn:aws:iam::210987654321:role/Deploy\n"
                     "source_profile = old-profile\nregion = us-west-2\n")
    command = "aws sso login --profile old-profile"
    write_settings(home.path, command, AWS_PROFILE="through-old")
    migrate("--yes", "--no-login")
    assert [f for f in findings(build, home, sandbox) if f["code"] == "auth-refresh-elsewhere"] == []
    aws(*command.split()[1:])
    assert home.token("corp")["refreshToken"]


def test_a_scope_that_is_missing(migrate, build, home, sandbox, aws):
    write_settings(home.path, "aws sso login --profile work-unscoped", AWS_PROFILE="work-unscoped")
    aws("sso", "login", "--profile", "work-unscoped", *device_flow())
    [finding] = [f for f in findings(build, home, sandbox) if f["code"] == "no-refresh-token"]
    assert "sso:account:access" in finding["message"]
    before = home.config.read_text()
    migrate(*finding["fix"].split()[2:], "--yes")
    section = f"[sso-session unscoped]\nsso_start_url = {home.start_url}\nsso_region = us-east-1\n"
    assert home.config.read_text() == before.replace(
        section, section + "sso_registration_scopes = sso:account:access\n")
    assert home.token("unscoped")["refreshToken"]


def test_a_config_longer_than_settings_may_be(migrate, build, home):
    """Claude Code rejects settings larger than 2 MiB; for a config there is no such limit."""
    text = home.config.read_text() + "# a comment of somebody's\n" * 90_000
    assert len(text) > 2 << 20
    home.config.write_text(text)
    migrate("--profile", "old-profile", "--yes", "--no-login")
    assert home.config.read_text() == text.replace(
        f"[profile old-profile]\nsso_start_url = {home.start_url}\nsso_region = us-east-1\n",
        "[profile old-profile]\nsso_session = corp\n")
    subprocess.run(
        [build / "bedrock-agent", "reset", "--yes"], env=home.environment(), stdin=subprocess.DEVNULL, check=True,
        capture_output=True, timeout=60)
    assert home.config.read_text() == text


def test_nothing_to_do(migrate, home):
    before = home.config.read_bytes()
    assert "nothing to change" in migrate("--profile", "work-dev").stdout
    assert home.config.read_bytes() == before
    assert not (home.path / ".local").exists()


def test_without_yes_and_without_a_terminal(migrate, home):
    before = home.config.read_bytes()
    result = migrate("--profile", "old-profile", "--no-login", status=1)
    assert "+sso_session = corp" in result.stdout and "--yes" in result.stderr
    assert home.config.read_bytes() == before


def test_no_profile(migrate, home):
    assert "--profile" in migrate("--yes", status=1).stderr


@pytest.mark.parametrize("last, place", [
    ("sso_role_name = Dev # mine\n", ".aws/config:5"), ("sso_role_name = Dev\nsso_role_name = Dev\n", ".aws/config:6")])
def test_what_cannot_be_done_safely(migrate, home, last, place):
    text = (f"[profile old-profile]\nsso_start_url = {home.start_url}\nsso_region = us-east-1\n"
            f"sso_account_id = 123456789012\n{last}")
    home.config.write_text(text)
    result = migrate("--profile", "old-profile", "--yes", status=1)
    assert place in result.stderr and "Nothing was changed." in result.stderr
    assert home.config.read_text() == text


def test_a_sign_in_that_is_refused(migrate, home, sandbox):
    """The profile is still migrated, and the next step is printed."""
    result = migrate("--profile", "old-profile", "--yes", browser=("--deny",), status=1)
    assert "the profile is migrated" in result.stderr and "bedrock-agent login --profile old-profile" in result.stderr
    assert "[profile old-profile]\nsso_session = corp\n" in home.config.read_text()


@pytest.mark.parametrize("answer", ["\x03", "\x04", "\x1b", "n\r", "\x1b[B\r"])
def test_at_the_terminal(build, home, sandbox, answer):
    """Ctrl-C, end of input, Esc, or no: nothing changes."""
    before = home.config.read_bytes()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(build / "bedrock-agent", ["bedrock-agent", "migrate", "--profile", "old-profile", "--no-login"],
                  home.environment(sandbox.environment, TERM="xterm"))
    shown = b""
    try:
        while b"Esc cancels" not in shown:
            shown += os.read(terminal, 4096)
        assert b"\x1b[32m+sso_session = corp" in shown
        os.write(terminal, answer.encode())
        ended = eventually(lambda: (state := os.waitpid(pid, os.WNOHANG))[0] and state, "migrate has ended")
    except BaseException:
        os.kill(pid, signal.SIGKILL)
        raise
    finally:
        os.close(terminal)
    assert os.waitstatus_to_exitcode(ended[1]) == 130
    assert home.config.read_bytes() == before
