"""What only looks the same is another command, name or key: all are compared byte by byte, and shown so that one sees
it."""

import json

import pytest

from claude_settings import approve, settings
from running_daemon import RunningDaemon
from waiting import eventually, stays

TWINS = {
    "Greek question mark": (";", "\u037e", "\\u{37e}"),
    "composed": ("\u00e9", "e\u0301", "\\u{301}"),
    "decomposed": ("e\u0301", "\u00e9", "\\u{e9}"),
    "Kelvin": ("K", "\u212a", "\\u{212a}"),
    "zero width space": ("", "\u200b", "\\u{200b}"),
    "writing direction": ("", "\u202e", "\\u{202e}"),
    "soft hyphen": ("", "\u00ad", "\\u{ad}"),
    "Cyrillic": ("a", "\u0430", "\\u{430}"),
    "no-break space": (" ", "\u00a0", "\\u{a0}"),
    "tag": ("", "\U000e0041", "\\u{e0041}"),
    "escape": ("", "\x1b[2K", "\\u{1b}"),
}


@pytest.fixture
def ended(place, tmp_path):
    place.runs = tmp_path / "runs"
    place.write_token(hours=-1, refreshToken=None)
    return place


def command(place, text: str) -> str:
    """As the name of a profile, it is no secret, and shown to everybody."""
    return f"echo run >> {place.runs}; : --profile '{text}'"


def run(place, check):
    daemon = RunningDaemon(place.program, place.variables(DISPLAY=":0"), place.runtime, place.errors)
    daemon.start()
    try:
        return check(daemon)
    finally:
        assert daemon.stop() == 0


@pytest.mark.parametrize("name", TWINS)
def test_a_command_that_looks_like_the_approved_one(ended, name):
    approved, other, shown = TWINS[name]
    approve(ended.path, command(ended, approved))
    ended.settings.write_text(json.dumps(settings(command(ended, other))))

    def is_not_run(daemon):
        finding = next(f for f in daemon.status()["findings"] if f["code"] == "command-unapproved")
        assert shown in finding["message"] and other not in finding["message"]
        stays(lambda: not ended.runs.exists(), "it is not run", seconds=0.3)

    run(ended, is_not_run)
    assert other not in ended.errors.read_text()
    result = ended.run("approve", "--yes")
    assert shown in result.stdout and other not in result.stdout, result.stdout
    run(ended, lambda daemon: eventually(ended.runs.exists, "it is run once it is approved"))
    assert json.loads((ended.state / "approvals.json").read_text()) == [
        command(ended, approved), command(ended, other)]


@pytest.mark.parametrize("escaped", [False, True])
def test_nul(ended, escaped):
    """Where a shell would take the command to end."""
    text = f"echo run >> {ended.runs} \0; true"
    approve(ended.path, text)
    ended.settings.write_text(json.dumps(settings(text)))

    def is_not_run(daemon):
        finding = next(f for f in daemon.status()["findings"] if f["code"] == "command-untrusted")
        assert "NUL" in finding["message"]
        stays(lambda: not ended.runs.exists(), "it is not run", seconds=0.3)

    run(ended, is_not_run)
    (ended.state / "approvals.json").unlink()
    result = ended.run("approve", "--yes")
    assert result.returncode == 1 and "NUL" in result.stderr
    assert not (ended.state / "approvals.json").exists()


def test_nul_in_notify(place):
    place.own_config.parent.mkdir(parents=True)
    place.own_config.write_text('{"notify": "echo \\u0000x"}')
    finding, = place.status()["findings"]
    assert finding["code"] == "config-wrong" and "NUL" in finding["message"]


def test_keys_of_a_section(place):
    """Twice the same key would make the AWS CLI refuse the file."""
    place.config.write_text(place.config.read_text() + "\n[profile x]\n\u00e9 = 1\ne\u0301 = 2\n")
    assert place.status()["findings"] == []


def test_sessions_of_one_look(place):
    section = "\n[sso-session {0}]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n" \
        "sso_registration_scopes = sso:account:access\n" \
        "[profile {1}]\nsso_session = {0}\nsso_account_id = 123456789012\nsso_role_name = Dev\n"
    place.config.write_text(
        place.config.read_text() + section.format("caf\u00e9", "one") + section.format("cafe\u0301", "two"))
    place.own_config.parent.mkdir(parents=True)
    place.own_config.write_text(json.dumps({"profiles": ["one", "two"]}))
    place.write_token("caf\u00e9")
    status = place.status()
    assert [session["profiles"] for session in status["sessions"]] == [["work-dev"], ["one"]]
    finding = next(f for f in status["findings"] if f["code"] == "session-twice")
    assert finding["subject"] == "two" and "caf\\u{e9}" in finding["message"] and "cafe\\u{301}" in finding["message"]


def test_setup_writes_its_own_spelling(place):
    """A value that only looks like it is replaced, and comes back."""
    text = json.dumps({"env": {"ANTHROPIC_MODEL": "global.anthropic.claude-opus-4-5-20251101-v1:0".replace("a", "\u0430"),
                               "K": "\u212a"}, "awsAuthRefresh": "aws sso login --profile work-dev\u037e"})
    place.settings.write_text(text)
    result = place.setup()
    assert result.returncode == 0, result.stderr
    assert "\u037e" not in result.stdout and "\\u{37e}" in result.stdout
    assert json.loads(place.settings.read_text())["awsAuthRefresh"] == "aws sso login --profile work-dev"
    assert place.run("reset", "--yes").returncode == 0
    assert json.loads(place.settings.read_text()) == json.loads(text)
