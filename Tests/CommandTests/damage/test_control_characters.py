"""Control characters in arguments, names, files and variables: whatever is shown of them is written out, so that no
terminal obeys it."""

import json
import subprocess
import unicodedata

import pytest

from claude_settings import approve, settings
from running_daemon import RunningDaemon
from waiting import eventually

# Colours, a title, what erases a line, a C1 control, a mark of writing direction, what is not seen.
ODD = "\x1b[31mX\x1b]0;t\x07\r\x08\x9b2K\u202e\u200b"

COMMANDS = {
    "setup": ["--profile", "--region", "--model", "--sso-start-url", "--sso-region", "--sso-session", "--account-id",
              "--role-name"],
    "status": [], "login": ["--profile"], "use": ["--region", "--model"], "cover": ["--profile", "--until"],
    "doctor": ["--profile"], "log": ["--since", "--session", "--profile"], "migrate": ["--profile", "--session"],
    "approve": [], "reset": [], "daemon": [], "help": [], ODD: []}
YES = {"setup": ["--yes", "--no-login", "--no-enable"], "migrate": ["--yes", "--no-login"], "approve": ["--yes"],
       "use": ["--yes"], "cover": ["--yes"], "reset": ["--yes"]}

FOLDERS = ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "CLAUDE_CONFIG_DIR", "AWS_CONFIG_FILE",
           "AWS_SHARED_CREDENTIALS_FILE", "BEDROCK_AGENT_MANAGED_ROOT", "PATH"]
VALUES = ["AWS_PROFILE", "AWS_REGION", "AWS_CA_BUNDLE", "HTTPS_PROXY", "AWS_ENDPOINT_URL_SSO_OIDC", "ANTHROPIC_MODEL",
          "CLAUDE_CODE_USE_BEDROCK", "TZ", "LANG", "TERM", "BROWSER", "DISPLAY", "NOTIFY_SOCKET",
          "DBUS_SESSION_BUS_ADDRESS", "SSH_CONNECTION", "COLUMNS"]


def raw(text: str) -> list[str]:
    return [c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")]


def check(result: subprocess.CompletedProcess, what: str) -> str:
    for text in (result.stdout, result.stderr):
        assert not raw(text), f"{what}: {next(line for line in text.split(chr(10)) if raw(line))!r}"
    assert result.returncode >= 0, f"{what}: {result.returncode}"
    return result.stdout + result.stderr


@pytest.mark.parametrize("command", COMMANDS, ids=[name for name in COMMANDS if name != ODD] + ["odd"])
def test_arguments(place, command):
    calls = [[f"--{ODD}"], [f"-{ODD}"], [f"--yes={ODD}"], [ODD, ODD]]
    calls += [[option, ODD] for option in COMMANDS[command]] + [[f"{option}={ODD}"] for option in COMMANDS[command]]
    if command != "daemon":
        calls.append([ODD])
    for call in calls:
        check(place.run(command, *call, *YES.get(command, [])), f"{command} {call!r}")


SPOKEN = [["status"], ["doctor"], ["approve", "--yes"], ["setup", *YES["setup"], "--dry-run", "--profile", "work-dev"],
          ["migrate", "--yes", "--no-login", "--profile", "old-profile"], ["use", "work-dev", "--yes"], ["log"],
          ["reset", "--dry-run"], ["login"]]


def spoken(place, what: str, calls: list, to_file: bool = False, **variables):
    """By commands, and by a daemon that is run by hand: lines for the service manager, or for people."""
    for arguments in calls:
        said = check(place.run(*arguments, **variables), f"{what}: {arguments[0]}")
        assert "Fatal error" not in said
    with place.errors.open("w") as file:
        process = subprocess.Popen(
            [place.program, "daemon"], env=place.variables(**{"DISPLAY": ":0", **variables}), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=file if to_file else subprocess.PIPE)
    # It has said what it found by the time that it stops. Where its socket is, a variable may say.
    socket = place.runtime.socket
    eventually(lambda: process.poll() is not None or socket.exists() or variables, f"{what}: it is up")
    try:
        process.wait(timeout=0.2)
    except subprocess.TimeoutExpired:
        process.terminate()
    out, errors = process.communicate(timeout=20)
    said = out.decode() + (place.errors.read_text() if to_file else errors.decode())
    assert not raw(said), f"{what}: {said!r}"


@pytest.mark.parametrize("variable", FOLDERS + VALUES)
def test_variables(place, tmp_path, variable):
    value = f"{tmp_path}/{ODD}" if variable in FOLDERS else ODD
    if variable in ("HOME", "XDG_STATE_HOME"):
        # Whatever is created there is the test's.
        (tmp_path / ODD).mkdir()
    # Those that show where files are, and what is set.
    calls = [call for call in SPOKEN if call[0] in ("status", "setup")
             or call[0] in ("doctor", "migrate", "reset") and variable in FOLDERS]
    spoken(place, variable, calls, **{variable: value})


def in_settings(place):
    text = settings(f"echo {ODD}", AWS_PROFILE=ODD, AWS_REGION=ODD, HTTPS_PROXY=ODD, AWS_CONFIG_FILE=f"/{ODD}")
    place.settings.write_text(json.dumps({**text, ODD: ODD, "model": ODD, "env": {**text["env"], f"AWS_{ODD}": ODD}}))


def in_settings_raw(place):
    place.settings.write_text(f'{{"a": "{ODD}", {ODD}: 1}}')


def in_a_key(place):
    place.settings.write_text(json.dumps({**settings(), "statusLine": ODD, "env": {ODD: {}, "AWS_PROFILE": "work-dev"}}))


def in_the_model(place):
    place.settings.write_text(json.dumps(settings("x", ANTHROPIC_MODEL=ODD, ANTHROPIC_DEFAULT_OPUS_MODEL=ODD)))


def in_approvals(place):
    approve(place.path, f"echo {ODD}")


def in_own_config(place):
    place.own_config.parent.mkdir(parents=True)
    place.own_config.write_text(json.dumps({"profiles": [ODD], "notify": f"echo {ODD}", "claudeFolders": [f"/{ODD}"]}))


def in_own_keys(place):
    place.own_config.parent.mkdir(parents=True)
    place.own_config.write_text(json.dumps({ODD: 1}))


def plain(text: str) -> str:
    return text.replace("\r", "")


def in_aws_names(place):
    name = plain(ODD)
    place.config.write_text(
        f"[sso-session {name}]\nsso_start_url = https://{name}\nsso_region = {name}\n"
        f"[profile work-dev]\nsso_session = {name}\nsso_account_id = {name}\nsso_role_name = {name}\nregion = {name}\n"
        f"[profile old-profile]\nsource_profile = {name}\nrole_arn = {name}\n[profile {name}]\n{name} = {name}\n")


def in_aws_sections(place):
    place.config.write_text(f"[{plain(ODD)}\n{plain(ODD)}\n")


def in_aws_doubles(place):
    place.config.write_text(place.config.read_text() + f"[profile work-dev]\n[profile {plain(ODD)}]\n")


def in_credentials(place):
    (place.path / ".aws" / "credentials").write_text(f"[work-dev]\ncredential_process = {plain(ODD)}\n{plain(ODD)} = 1\n")


def in_the_token(place):
    place.write_token(hours=-1, refreshToken=None, expiresAt=ODD, startUrl=ODD, region=ODD)


def in_the_state(place):
    record = {"lastSignIn": {"at": "2026-01-01T00:00:00Z", "result": ODD}, "failedSignIns": 1, "lifetimes": []}
    place.write_token(hours=-1, refreshToken=None)
    (place.state / "state.json").write_text(
        json.dumps({"version": 1, "sessions": {"corp": record, ODD: record}, "automaticSignIns": []}))


def in_managed_names(place):
    folder = place.managed / "managed-settings.d"
    folder.mkdir(parents=True)
    (folder / f"{ODD}.json").write_text('{"env": [')


def in_what_a_sign_in_prints(place):
    command = f"printf '{ODD.encode('unicode_escape').decode()}\\n' >&2; echo '{ODD}'; exit 3"
    place.settings.write_text(json.dumps(settings(command)))
    approve(place.path, command)
    place.write_token(hours=-1, refreshToken=None)


WAYS = [in_settings, in_settings_raw, in_a_key, in_the_model, in_approvals, in_own_config, in_own_keys, in_aws_names,
        in_aws_sections, in_aws_doubles, in_credentials, in_the_token, in_the_state, in_managed_names,
        in_what_a_sign_in_prints]


@pytest.mark.parametrize("way", WAYS, ids=[way.__name__ for way in WAYS])
def test_files(place, way):
    way(place)
    spoken(place, way.__name__, SPOKEN, to_file=WAYS.index(way) % 2 == 0)


@pytest.mark.parametrize("arguments", [["refresh", f"--{ODD}"], [ODD], ["refresh", "--token-file", f"/{ODD}"],
                                       ["models", "--region", ODD]])
def test_the_program_for_exchanges(place, arguments):
    result = subprocess.run(
        [place.program.with_name("bedrock-agent-net"), *arguments], env=place.variables(), capture_output=True, text=True,
        stdin=subprocess.DEVNULL, timeout=60)
    # What it prints for our own programs is JSON.
    assert not raw(result.stderr), result.stderr


def test_what_the_daemon_hears_of_a_sign_in(place):
    """Its output is told line by line."""
    in_what_a_sign_in_prints(place)
    daemon = RunningDaemon(place.program, place.variables(DISPLAY=":0"), place.runtime, place.errors)
    daemon.start()
    eventually(lambda: "exit" in daemon.journal() and "the sign-in failed" in daemon.journal(), "it has failed")
    assert daemon.stop() == 0
    assert not raw(daemon.journal()), daemon.journal()
