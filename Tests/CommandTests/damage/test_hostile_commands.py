"""The same in place of the files and folders that few commands read or write: no command hangs or crashes, and one that
cannot do its work for it names what is in the way."""

import json
import os
import shutil
import subprocess

import pytest

from in_place import KINDS, LITTLE_MEMORY, put

MODEL = "global.anthropic.claude-opus-4-5-20251101-v1:0"
SETUP = ["setup", "--profile", "work-dev", "--region", "us-west-2", "--model", MODEL, "--no-enable", "--no-login",
         "--yes"]
FAILED = json.dumps({"session_id": "0f0f0f0f-0000-4000-8000-000000000001", "error": "cloud_credential_error"})
# What each comes to where nothing is in the way. The token is due: whoever needs one refreshes.
COMMANDS = {
    "status": (["status"], 3), "doctor": (["doctor"], 1), "approve": (["approve", "--yes"], 0),
    "login": (["login"], 0), "credentials": (["credentials", "--profile", "work-dev"], 0),
    "use": (["use", "old-profile", "--yes", "--no-login"], 0), "use -": (["use", "-", "--yes", "--no-login"], 0),
    "migrate": (["migrate", "--profile", "old-profile", "--yes", "--no-login"], 0),
    "guard": (["setup", "--guard", "no-bedrock", "--yes", "--no-enable"], 0),
    "reset of a guard": (["reset", "--guard", "chained", "--yes"], 0), "cover": (["cover", "9h", "--yes"], 2),
    "hook at the start": (["hook", "session-start"], 0), "hook of a failure": (["hook", "stop-failure"], 0),
    "hook of a change": (["hook", "file-changed"], 0), "setup": (SETUP, 0),
    "repair": (["setup", "--repair", "--yes"], 0), "reset": (["reset", "--yes"], 0),
}
# Each case looks at one in so many places, another one than its neighbours.
PARTS = 1 if "BEDROCK_LONG" in os.environ else 3
STATE = "xdg-state/bedrock-agent"
PLACES = [
    "managed/managed-settings.d", "managed/managed-settings.d/10-proxy.json", "managed/bedrock-agent",
    "managed/bedrock-agent/config.json", "bundle.pem", ".aws/cli", ".aws/cli/cache", ".aws/cli/cache/*.json",
    ".aws/sso/cache", ".aws/sso/cache/.*.granted", "xdg-config/bedrock-agent", STATE,
    f"{STATE}/backups/settings-*", f"{STATE}/backups/config.json.*", f"{STATE}/bedrock-agent-failure",
    f"{STATE}/control.sock", f"{STATE}/exported/*.json", f"{STATE}/good/*.json", f"{STATE}/locks/*.granted",
    f"{STATE}/locks/TOKEN", f"{STATE}/locks/role-*.json", f"{STATE}/locks/sign-in-*.lock", f"{STATE}/run",
]


@pytest.fixture
def complete(agent, home, raw, tmp_path):
    """A home in which each of the files is there."""
    home.sign_in(raw)
    bundle = home.path / "bundle.pem"
    bundle.write_text("-----BEGIN CERTIFICATE-----\n")
    agent.configure(refreshAhead="5m")
    agent.settings.parent.mkdir()
    agent.settings.write_text(json.dumps({"env": {"AWS_CA_BUNDLE": str(bundle), "NODE_EXTRA_CA_CERTS": str(bundle)}}))
    for command in [SETUP, ["use", "chained", "--yes", "--no-login"], ["use", "work-dev", "--yes", "--no-login"],
                    ["setup", "--guard", "chained", "--yes", "--no-enable"], ["credentials", "--profile", "work-dev"]]:
        agent.run(*command)
    agent.start()
    agent.wait_until("healthy")
    agent.stop()
    home.age_token(left=60)
    for path, text in {
        "managed/managed-settings.d/10-proxy.json": "{}", "managed/bedrock-agent/config.json": "{}",
        f".aws/sso/cache/.{home.token_file().name}.0123456789abcdef.granted": "{}",
        f"{STATE}/locks/{home.token_file().name}.0123456789abcdef.granted": "{}",
        f"{STATE}/locks/{home.token_file().name}": "", f"{STATE}/bedrock-agent-failure": "{}",
        f"{STATE}/locks/sign-in-{home.token_file().stem}.lock": "", f"{STATE}/control.sock": "", f"{STATE}/run": "",
    }.items():
        (home.path / path).parent.mkdir(parents=True, exist_ok=True)
        (home.path / path).write_text(text)
    shutil.copytree(home.path, tmp_path / "as it was", symlinks=True)
    agent.restore = lambda: restore(home.path, tmp_path / "as it was")
    yield agent
    # Who looks for secrets in it afterwards reads every file.
    agent.restore()


def restore(path, copy):
    subprocess.run(["rm", "-rf", path], check=True, timeout=60)
    shutil.copytree(copy, path, symlinks=True)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("kind", KINDS)
def test_in_place_of_each(complete, home, kind, command):
    arguments, usual = COMMANDS[command]

    def run() -> tuple[int, str]:
        result = subprocess.run(
            [*LITTLE_MEMORY, complete.program, *arguments], env=complete.environment, capture_output=True, text=True,
            input=FAILED, timeout=60)
        return result.returncode, result.stdout + result.stderr

    assert run()[0] == usual
    part = (list(KINDS).index(kind) + list(COMMANDS).index(command)) % PARTS
    for place in PLACES[part::PARTS]:
        complete.restore()
        [path, *_] = home.path.glob(place.replace("TOKEN", home.token_file().name))
        put(path, KINDS[kind])
        status, text = run()
        assert status in range(100) and "Fatal error" not in text, f"{place}: {status} {text}"
        # Whoever does without it has nothing to say.
        assert status == usual or path.name in text, f"{place}: {status} {text}"


# Whoever reads them says so, whether it does without or not. (A folder in place of a file of the managed settings is no
# file of theirs; what another person's file says is well formed.)
NAMED = ["managed/managed-settings.d/10-proxy.json", "managed/bedrock-agent", "managed/bedrock-agent/config.json",
         "bundle.pem", ".aws/cli", ".aws/cli/cache", ".aws/sso/cache", f"{STATE}/locks/TOKEN"]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("somebody's", "a folder")])
def test_doctor_names_it(complete, home, kind):
    for place in NAMED:
        complete.restore()
        path = home.path / place.replace("TOKEN", home.token_file().name)
        put(path, KINDS[kind])
        text = complete.run("doctor", check=False, under=LITTLE_MEMORY).stdout
        assert path.name in text, f"{place}: {text}"


@pytest.mark.parametrize("kind", KINDS)
def test_what_to_go_back_to_cannot_be_read(complete, kind):
    """It was written down: nobody is told that there is none."""
    [path] = complete.state.glob("previous/*.json")
    put(path, KINDS[kind])
    result = complete.run("use", "-", "--yes", "--no-login", check=False, under=LITTLE_MEMORY)
    assert result.returncode == 1 and str(path) in result.stderr, result.stdout + result.stderr


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "a folder"])
def test_in_place_of_the_folder_of_the_settings(complete, home, kind):
    """It does not pass by itself: somebody has to move it away."""
    folder = home.path / ".claude"
    put(folder, KINDS[kind])
    found = json.loads(complete.run("status", "--json", check=False, under=LITTLE_MEMORY).stdout)["findings"]
    [finding] = [finding for finding in found if str(folder) in finding["message"]]
    assert "nothing to do" not in finding["fix"], finding
    result = complete.run("approve", "--yes", check=False, under=LITTLE_MEMORY)
    assert result.returncode == 1 and str(folder) in result.stderr, result.stdout + result.stderr


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "a folder"])
def test_in_place_of_the_folder_of_the_aws_files(complete, home, kind):
    """The AWS CLI finds no profile then, and neither do we; but who would write one says what is in the way."""
    put(home.path / ".aws", KINDS[kind])
    result = complete.run(
        *SETUP, "--sso-session", "new", "--sso-start-url", home.start_url, "--sso-region", "us-east-1", "--account-id",
        "123456789012", "--role-name", "Dev", check=False, under=LITTLE_MEMORY)
    assert result.returncode == 1 and str(home.path / ".aws") in result.stderr, result.stdout + result.stderr
    assert "belongs to" not in result.stderr or kind == "somebody's", result.stderr
