"""Damaged, invalid or hostile Claude Code settings: the finding tells what is wrong, where, and how to fix it."""

import json

import pytest

from claude_settings import COMMAND, approve, settings, write_settings
from home_to_break import check_doors, check_refused, comparable
from nobody import NOBODY
from running_daemon import RunningDaemon
from waiting import eventually, stays


@pytest.mark.parametrize(("text", "code", "words"), [
    ('{\n  "env": {},\n  // mine\n}\n', "settings-not-json", ["line 3"]),
    ('{"a": 1,}', "settings-not-json", ["line 1"]),
    ('{"a": 1, "a": 2', "settings-not-json", ["line 1"]),
    ("\ufeff\ufeff{}", "settings-not-json", ["line 1"]),
    ("[]", "settings-not-object", []),
    ('"text"', "settings-not-object", []),
    ('{"env": ["A"]}', "settings-refused", ["line 1", "env"]),
    ('{\n"env":\n"A"}', "settings-refused", ["line 3", "env"]),
    ('{"theme": "dark",\n"statusLine": "x.sh"}', "settings-refused", ["line 2", "statusLine"]),
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


@pytest.mark.parametrize("value", ["null", '["a"]', '{"a": "b"}'])
def test_settings_whose_values_are_no_strings(place, value):
    place.settings.write_text('{"env": {\n"AWS_PROFILE": "work-dev",\n"AWS_REGION": %s}}' % value)
    check_doors(place, "settings-env-not-string", place.settings, "line 3", "env.AWS_REGION")


def test_a_command_that_is_no_string(place):
    place.settings.write_text(json.dumps({**settings(), "awsAuthRefresh": ["aws", "sso", "login"]}))
    check_doors(place, "settings-refused", place.settings, "line 1", "awsAuthRefresh")


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
    with agent.client() as client:
        assert client.call("org.bedrockagent.Control.SignIn")["error"].endswith(".NotApproved")
    assert agent.stop() == 0
    assert not ran.exists()


def test_a_changed_command_is_not_run(place):
    ran = place.path / "ran"
    write_settings(place.path, f"touch '{ran}'; {COMMAND}")
    place.token_file().unlink()
    check_doors(place, "sign-in-needed", "not been approved", "bedrock-agent approve", exit_status=2)
    # With a display, there is somebody to ask; still, it is not run.
    agent = place.daemon(DISPLAY=":0")
    assert place.run("status").returncode == 2
    with agent.client() as client:
        assert client.call("org.bedrockagent.Control.SignIn")["error"].endswith(".NotApproved")
    assert agent.stop() == 0
    assert not ran.exists()


def test_a_changed_command_is_told_while_all_is_well(place):
    """It is reported while the session is still healthy: later may be too late to approve the command."""
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
    # A relative folder depends on the working directory; the daemon's is not in any project.
    assert comparable(place.status(cwd=project, CLAUDE_CONFIG_DIR=".claude")) == expected


def test_a_command_of_a_project_is_not_run(place):
    """Neither by a daemon that was started there, nor approved there, nor if that text was approved once."""
    ran = place.path / "ran"
    command = f"touch '{ran}'"
    project = place.path / "project"
    (project / ".claude").mkdir(parents=True)
    (project / ".claude" / "settings.json").write_text(json.dumps(settings(command)))
    write_settings(place.path, None)
    approve(place.path, command)
    place.write_token(hours=-1, refreshToken=None)
    said = place.run("approve", "--yes", cwd=project)
    assert said.returncode == 1 and "awsAuthRefresh is not set" in said.stderr and str(ran) not in said.stdout
    agent = RunningDaemon(place.program, place.variables(DISPLAY=":0"), place.runtime, place.errors)
    agent.launch("env", "--chdir", project)
    agent.wait_until_it_listens()
    with agent.client() as client:
        assert client.call("org.bedrockagent.Control.SignIn")["error"].endswith(".Unguarded")
    stays(lambda: not ran.exists(), "it is not run", seconds=0.3)
    # In the user's own settings, it is.
    write_settings(place.path, command)
    eventually(ran.exists, "it is run")
    assert agent.stop() == 0
