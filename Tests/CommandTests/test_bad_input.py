"""Files that are damaged, wrong or hostile, at the doors that people use: the finding names what, where and the fix,
and nothing is lost."""

import json
import os
import shutil
import subprocess
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from aws_home import Home
from control_agent import COMMAND, NOBODY, ControlAgent, RuntimeFolder, approve, settings, write_settings
from waiting import eventually

START_URL = "https://corp.awsapps.com/start"
CHOICE = ["--profile", "work-dev", "--region", "us-west-2", "--model", "global.anthropic.claude-opus-4-8"]


class Place(Home):
    """A home that any user may be given, with settings that are good until a test breaks them."""

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
        return self.environment({
            "XDG_RUNTIME_DIR": str(self.runtime.path), "BEDROCK_AGENT_MANAGED_ROOT": str(self.managed), **more})

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

    def daemon(self, **more) -> ControlAgent:
        return ControlAgent(self.program, self.variables(**more), self.runtime, self.errors)

    def give_to(self, user: int):
        for path in [self.path, *self.path.rglob("*"), self.runtime.path]:
            os.chown(path, user, user, follow_symlinks=False)

    def files(self) -> dict:
        """Every file that is not our own, with its bytes and mode."""
        return {
            str(file): (file.read_bytes(), file.stat().st_mode) for root in (self.path, self.managed)
            for file in root.rglob("*") if file.is_file() and self.state not in file.parents}


@pytest.fixture
def place(build, aws_cli, tmp_path):
    folder = Path(tempfile.mkdtemp(prefix="ba-home-"))
    folder.chmod(0o755)
    program = folder / "bin" / "bedrock-agent"
    program.parent.mkdir()
    for name in ("bedrock-agent", "bedrock-agent-net"):
        shutil.copy(build / name, program.parent / name)
    made = Place(folder, program, tmp_path / "agent-errors.txt")
    yield made
    made.runtime.remove()
    shutil.rmtree(folder)


def comparable(status: dict) -> dict:
    """Without what only a daemon knows. When it will refresh next differs by the jitter."""
    sessions = [{**session, "next": (session.get("next") or {}).get("action")} for session in status["sessions"]]
    return {**status, "daemon": None, "sessions": sessions}


def check_doors(place: Place, code: str, *texts: str, subject=None, exit_status=None, **options):
    """At every door that only looks: the finding is there, its words too, the daemon says what the disk says, and each
    file stays as it is."""
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


def check_refused(place: Place, *texts: str, **options):
    """`setup` refuses, says why, and touches nothing."""
    before = place.files()
    result = place.setup(**options)
    assert result.returncode == 1, result.stdout + result.stderr
    for text in texts:
        assert str(text) in result.stderr, f"{text!r} is not in: {result.stderr}"
    assert place.files() == before
    assert not (place.state / "backups").exists() and not (place.state / "setup.json").exists()


# Claude Code's settings


@pytest.mark.parametrize(("text", "code", "words"), [
    ('{\n  "env": {},\n  // mine\n}\n', "settings-not-json", ["line 3"]),
    ('{"a": 1,}', "settings-not-json", ["line 1"]),
    ('{"a": 1, "a": 2', "settings-not-json", ["line 1"]),
    ("\ufeff{}", "settings-not-json", ["line 1", "BOM"]),
    ("[]", "settings-not-object", []),
    ('"text"', "settings-not-object", []),
    ('{"env": ["A"]}', "settings-env-not-object", ["line 1", "env"]),
    ('{\n"env":\n"A"}', "settings-env-not-object", ["line 3", "env"]),
])
def test_settings_that_cannot_be_used(place, text, code, words):
    place.settings.write_text(text)
    check_doors(place, code, place.settings, *words, subject=place.settings)
    check_refused(place, place.settings, *words)


def test_settings_that_are_too_large(place):
    place.settings.write_text(json.dumps({**settings(), "notes": "x" * (3 << 20)}))
    check_doors(place, "settings-too-large", place.settings, "2 MiB")
    check_refused(place, place.settings)


@pytest.mark.parametrize("text", ["", "  \n", "{}", '{"env": {}}'])
def test_settings_that_were_emptied(place, text):
    place.settings.write_text(text)
    check_doors(place, "settings-empty", place.settings, "bedrock-agent setup", exit_status=4)
    result = place.setup()
    assert result.returncode == 0, result.stderr
    assert json.loads(place.settings.read_text()) == settings()


def test_settings_that_are_not_readable(place):
    place.settings.chmod(0)
    place.give_to(NOBODY)
    check_doors(place, "settings-unreadable", place.settings, "Permission denied", "chmod u+r", user=NOBODY)
    check_refused(place, place.settings, "Permission denied", user=NOBODY)


@pytest.mark.parametrize("value", ["1", "true", "null", '["a"]', '{"a": "b"}'])
def test_settings_whose_values_are_no_strings(place, value):
    place.settings.write_text('{"env": {\n"AWS_PROFILE": "work-dev",\n"AWS_REGION": %s}}' % value)
    check_doors(place, "settings-env-not-string", place.settings, "line 3", "env.AWS_REGION")


def test_a_command_that_is_no_string(place):
    place.settings.write_text(json.dumps({**settings(), "awsAuthRefresh": ["aws", "sso", "login"]}))
    check_doors(place, "settings-command-not-string", place.settings, "line 1", "awsAuthRefresh")


@pytest.mark.parametrize(("name", "text", "code"), [
    ("managed-settings.json", "{nothing", "settings-not-json"),
    ("managed-settings.json", "[]", "settings-not-object"),
    ("managed-settings.d/50-team.json", '{"env": 1}', "settings-env-not-object"),
])
def test_managed_settings_that_are_broken(place, name, text, code):
    file = place.managed / name
    file.parent.mkdir(parents=True)
    file.write_text(text)
    check_doors(place, code, file, "line 1" if code != "settings-not-object" else "{", subject=file)


def test_bearer_token_is_named_and_never_shown(place):
    write_settings(place.path, AWS_BEARER_TOKEN_BEDROCK="bearer-secret-value")
    before = place.files()
    for arguments in (("status",), ("status", "--json")):
        result = place.run(*arguments)
        assert result.returncode == 3
        assert "AWS_BEARER_TOKEN_BEDROCK" in result.stdout and str(place.settings) in result.stdout
        assert "bearer-secret" not in result.stdout + result.stderr
    agent = place.daemon()
    result = place.run("status")
    assert result.returncode == 4 and result.stdout.startswith("unguarded: ")
    assert agent.stop() == 0
    assert "bearer-secret" not in place.errors.read_text()
    assert place.files() == before
    setup = place.setup()
    assert "bearer-secret" not in setup.stdout + setup.stderr


def test_settings_that_others_can_write_run_nothing(place):
    ran = place.path / "ran"
    command = f"touch '{ran}'"
    write_settings(place.path, command)
    approve(place.path, command)
    place.settings.chmod(0o666)
    place.token_file().unlink()
    check_doors(place, "settings-writable-by-others", place.settings, "chmod go-w", exit_status=2)
    agent = place.daemon(DISPLAY=":0")
    with agent.raw() as raw:
        assert raw.call("org.bedrockagent.Control.SignIn")["error"].endswith(".NotApproved")
    assert agent.stop() == 0
    assert not ran.exists()


def test_a_changed_command_is_not_run(place):
    ran = place.path / "ran"
    write_settings(place.path, f"touch '{ran}'; {COMMAND}")
    place.token_file().unlink()
    check_doors(place, "sign-in-needed", "not approved", "bedrock-agent approve", exit_status=2)
    # With a display there is somebody to ask: still not.
    agent = place.daemon(DISPLAY=":0")
    assert place.run("status").returncode == 2
    with agent.raw() as raw:
        assert raw.call("org.bedrockagent.Control.SignIn")["error"].endswith(".NotApproved")
    assert agent.stop() == 0
    assert not ran.exists()


def test_a_changed_command_is_told_while_all_is_well(place):
    """Later may be too late to approve it."""
    write_settings(place.path, f"true; {COMMAND}")
    check_doors(place, "command-unapproved", "awsAuthRefresh", "bedrock-agent approve", exit_status=1)


def test_project_settings_are_never_consulted(place):
    project = place.path / "project"
    for name in ("settings.json", "settings.local.json"):
        file = project / ".claude" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings("touch ran", AWS_PROFILE="evil", ANTHROPIC_MODEL="evil")))
    expected = comparable(place.status())
    assert comparable(place.status(cwd=project)) == expected
    assert "evil" not in json.dumps(expected)
    # Where a relative folder is depends on who asks: the daemon's is nobody's project.
    assert comparable(place.status(cwd=project, CLAUDE_CONFIG_DIR=".claude")) == expected


# Our own files


@pytest.mark.parametrize(("text", "words"), [
    ("{", ["line 1"]),
    ("[]", ["not a JSON object"]),
    ('{"refreshAhaed": "20min"}', ["key refreshAhaed", "did you mean refreshAhead?"]),
    ('{"refreshAhead": "20 minutes or so"}', ["key refreshAhead", "20min"]),
    ('{"signInTimeout": 165}', ["key signInTimeout", "165s"]),
    ('{"legacyAhead": "0s"}', ["key legacyAhead", "more than 0"]),
    ('{"signIn": "always"}', ["key signIn", "never"]),
    ('{"profiles": "work-dev"}', ["key profiles"]),
    ('{"profiles": [1]}', ["key profiles"]),
])
def test_own_config_that_is_wrong(place, text, words):
    place.own_config.parent.mkdir(parents=True)
    place.own_config.write_text(text)
    check_doors(place, "config-wrong", place.own_config, *words, subject=place.own_config)


def test_own_config_names_no_profile(place):
    place.own_config.parent.mkdir(parents=True)
    place.own_config.write_text('{"profiles": ["old-profil"]}')
    check_doors(place, "no-such-profile", "old-profil", "old-profile", place.own_config)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 99}'])
def test_state_that_is_damaged(place, text):
    (place.state / "state.json").write_text(text)
    before = place.status()
    assert [finding["code"] for finding in before["findings"]] == ["state-damaged"]
    assert before["condition"] == "healthy"
    agent = place.daemon()
    assert agent.status()["condition"] == "healthy"
    assert agent.stop() == 0
    assert json.loads((place.state / "state.json").read_text())["version"] == 1


@pytest.mark.parametrize("text", ["", "{", "{}", "[1]"])
def test_approvals_that_are_damaged(place, text):
    (place.state / "approvals.json").write_text(text)
    check_doors(place, "approvals-damaged", place.state / "approvals.json", "bedrock-agent approve")
    assert (place.state / "approvals.json").read_text() == text


# The AWS configuration


def section(title: str, **keys: str) -> str:
    return f"\n[{title}]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())


@pytest.mark.parametrize(("change", "code", "words"), [
    (lambda text: text + section("profile work-dev", region="eu-west-1"), "config-refused",
     [":{last}", "[profile work-dev] again", "after line 10"]),
    (lambda text: "region = us-east-1\n" + text, "config-refused", [":1", "before the first [section]"]),
    (lambda text: "\ufeff" + text, "config-refused", [":1", "byte order mark"]),
    (lambda text: text.replace("[profile work-dev]", "[profile work-dve]"), "no-such-profile",
     ["work-dev", "Did you mean \"work-dve\"?"]),
    (lambda text: text.replace("[profile work-dev]", "[work-dev]"), "no-such-profile",
     [":10", "Write [profile work-dev]"]),
    (lambda text: text.replace("sso_session = corp\n", "role_arn = a\nsource_profile = work-dev\n", 1),
     "profile-loop", [":12", "work-dev -> work-dev"]),
    (lambda text: text.replace("[sso-session corp]", "[sso-session crop]"), "no-such-session",
     [":11", "Did you mean \"crop\"?"]),
    (lambda text: text.replace("sso_session = corp\n", "sso_session = corp\nsso_region = eu-west-1\n", 1),
     "profile-contradicts-itself", [":12", "sso_region", ":3"]),
    (lambda text: text.replace("sso_account_id = 123456789012\n", "", 1), "profile-incomplete",
     [":10", "sso_account_id"]),
    (lambda text: text.replace("sso_region = us-east-1", "sso_region = us-east-1 # home", 1), "bad-region",
     [":3", "sso_region"]),
])
def test_aws_config_that_is_wrong(place, change, code, words):
    place.config.write_text(change(place.config.read_text()))
    last = len(place.config.read_text().splitlines()) - 1
    words = [word.format(last=last) for word in words]
    where = [] if code == "no-such-profile" and ":" not in words[0] else [place.config]
    check_doors(place, code, *where, *words, exit_status=4)
    check_refused(place, *words)


def test_aws_config_that_is_not_readable(place):
    place.config.chmod(0)
    place.give_to(NOBODY)
    check_doors(place, "config-unreadable", place.config, "Permission denied", user=NOBODY)
    check_refused(place, place.config, "Permission denied", user=NOBODY)


def test_credentials_file_with_keys(place):
    """As the AWS CLI has it, SSO settings of the same profile come first; alone, the keys are what is used."""
    credentials = place.config.with_name("credentials")
    credentials.write_text(section("keys", aws_access_key_id="AKIAEXAMPLE", aws_secret_access_key="secret-key"))
    write_settings(place.path, AWS_PROFILE="keys")
    result = place.run("status")
    assert result.returncode == 3 and result.stdout.startswith("unguarded: ")
    assert "access keys" in result.stdout and str(credentials) in result.stdout
    agent = place.daemon()
    assert place.run("status").returncode == 4
    assert agent.stop() == 0
    for said in (result.stdout, place.errors.read_text()):
        assert "secret-key" not in said and "AKIAEXAMPLE" not in said


def test_lines_that_two_readers_read_differently(place):
    text = place.config.read_text()
    place.config.write_text(text.replace("sso_role_name = Dev\n", "sso_role_name = Dev ; the usual one\n", 1))
    status = place.status()
    finding = next(f for f in status["findings"] if str(place.config) in f["message"])
    assert ":13" in finding["message"] and "Claude Code" in finding["message"] and finding["fix"]
    check_doors(place, finding["code"], place.config, ":13", "sso_role_name")


# The token file


def test_token_file_that_is_not_readable(place):
    place.token_file().chmod(0)
    place.give_to(NOBODY)
    check_doors(place, "token-unreadable", place.token_file(), "Permission denied", "chmod u+rw", user=NOBODY)


@pytest.mark.parametrize("text", ["", '{"accessToken": "access-secret", "expi', "null", '{"expiresAt": "soon"}'])
def test_token_file_that_stays_damaged(place, text):
    place.token_file().write_text(text)
    before = place.files()
    agent = place.daemon()
    try:
        found = eventually(
            lambda: [f for f in agent.status()["findings"] if f["code"] == "token-damaged"], "it is not torn but bad")
        assert place.token_file().name in found[0]["message"] and "login" in found[0]["fix"]
        assert place.run("status").returncode == 2
    finally:
        assert agent.stop() == 0
    assert "secret" not in place.errors.read_text()
    assert place.files() == before


# The AWS CLI


def fake_aws(folder: Path, script: str) -> str:
    folder.mkdir()
    (folder / "aws").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "aws").chmod(0o755)
    return str(folder)


@pytest.mark.parametrize(("script", "words"), [
    (None, ["no AWS CLI", "awscli"]),
    ("echo aws-cli/1.45.11 Python/3.11.7", ["1.45.11", "2.9", "awscli"]),
    ("echo aws-cli/2.8.0 Python/3.9", ["2.8.0", "2.9"]),
    ("echo segmentation fault; exit 139", ["does not print its version"]),
])
def test_aws_cli_that_cannot_sign_in(place, tmp_path, script, words):
    path = str(tmp_path / "empty") if script is None else fake_aws(tmp_path / "bin", script)
    check_refused(place, *words, PATH=path)


# How it ends


def test_exit_statuses(place):
    """Of `status`, for each condition; without a daemon it is always 3."""

    def check(condition, expected, before=lambda: None, **more):
        before()
        disk = place.status()
        assert place.run("status").returncode == 3
        agent = place.daemon(**more)
        try:
            eventually(lambda: agent.status()["condition"] == condition, f"{condition}, not {disk['condition']}")
            for arguments in (("status",), ("status", "--json")):
                result = place.run(*arguments)
                assert result.returncode == expected, f"{condition}: {result.stdout}{result.stderr}"
        finally:
            assert agent.stop() == 0

    check("healthy", 0)
    nowhere = {"AWS_ENDPOINT_URL_SSO_OIDC": "http://127.0.0.1:9"}
    check("offline", 1, lambda: place.write_token(hours=-0.01), **nowhere)
    check("sign-in-needed", 2, lambda: place.token_file().unlink())
    write_settings(place.path, "sleep 60")
    approve(place.path, "sleep 60")
    check("signing-in", 2, DISPLAY=":0")
    write_settings(place.path, COMMAND, CLAUDE_CODE_USE_BEDROCK="0")
    check("unguarded", 4)
    write_settings(place.path, COMMAND, AWS_PROFILE="missing")
    check("misconfigured", 4)


def test_exit_statuses_of_a_legacy_profile(place):
    write_settings(place.path, "aws sso login --profile old-profile", AWS_PROFILE="old-profile")
    approve(place.path, "aws sso login --profile old-profile")
    for hours, condition in ((8, "healthy"), (0.1, "expiring")):
        place.write_token(START_URL, hours=hours, refreshToken=None, clientId=None, clientSecret=None,
                          registrationExpiresAt=None)
        agent = place.daemon()
        assert agent.status()["condition"] == condition
        assert [f["code"] for f in agent.status()["findings"]][0] == "legacy-profile"
        assert place.run("status").returncode == 1
        assert agent.stop() == 0


@pytest.mark.parametrize("arguments", [
    ["status", "--jsno"], ["status", "extra"], ["statsu"], ["setup", "--profile"], ["daemon", "--fork"],
    ["login", "--profil", "x"]])
def test_usage(place, arguments):
    result = place.run(*arguments)
    assert result.returncode == 64
    assert "Usage: bedrock-agent" in result.stderr
