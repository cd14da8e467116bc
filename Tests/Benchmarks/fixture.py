"""A home folder with Identity Center sessions, as the AWS CLI and Claude Code leave it. All values are fictitious."""

import hashlib
import json
import time
from pathlib import Path

SCOPE = "sso:account:access"


def stamp(seconds_from_now):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds_from_now))


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)


def make_home(home, sessions):
    """Fills the folder, and returns the environment for it. Claude Code uses the first profile."""
    home = Path(home)
    cache = home / ".aws/sso/cache"
    config = []
    for number in range(sessions):
        name, profile = f"corp-{number:04}", f"work-{number:04}"
        start_url = f"https://{name}.awsapps.com/start"
        config.append(
            f"[sso-session {name}]\nsso_start_url = {start_url}\nsso_region = us-west-2\n"
            f"sso_registration_scopes = {SCOPE}\n\n"
            f"[profile {profile}]\nsso_session = {name}\nsso_account_id = 111122223333\n"
            "sso_role_name = Developer\nregion = us-west-2\n\n"
        )
        client = {"clientId": f"id-{number:04}-" + "x" * 20, "clientSecret": "s" * 1400}
        token = {"startUrl": start_url, "region": "us-west-2", "accessToken": "a" * 700, "expiresAt": stamp(3600)}
        token |= client | {"registrationExpiresAt": stamp(80 * 86400), "refreshToken": "r" * 700}
        write(cache / (sha1(name) + ".json"), json.dumps(token))
        key = {"region": "us-west-2", "scopes": [SCOPE], "session_name": name, "startUrl": start_url}
        key = json.dumps(key | {"tool": "botocore"}, sort_keys=True)
        write(cache / (sha1(key) + ".json"), json.dumps(client | {"expiresAt": stamp(80 * 86400), "scopes": [SCOPE]}))
    write(home / ".aws/config", "".join(config))
    command = "aws sso login --profile work-0000"
    settings = {
        "env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work-0000", "AWS_REGION": "us-west-2"},
        "awsAuthRefresh": command,
    }
    write(home / ".claude/settings.json", json.dumps(settings, indent=2) + "\n")
    write(home / ".local/state/bedrock-agent/approvals.json", json.dumps([command]))
    others = [f"work-{number:04}" for number in range(1, sessions)]
    write(home / ".config/bedrock-agent/config.json", json.dumps({"profiles": others}))
    for folder in ["run", "managed"]:
        (home / folder).mkdir(mode=0o700)
    return environment(home)


def make_signed_out_home(home, start_url):
    """A home with one session and without a token; returns the environment for it, without a display."""
    home = Path(home)
    write(home / ".aws/config", (
        f"[sso-session corp]\nsso_start_url = {start_url}\nsso_region = us-east-1\n"
        f"sso_registration_scopes = {SCOPE}\n\n"
        "[profile work]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Dev\nregion = us-west-2\n"
    ))
    for folder in ["run", "managed"]:
        (home / folder).mkdir(mode=0o700)
    return environment(home)


def environment(home):
    return {
        "HOME": str(home),
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "XDG_RUNTIME_DIR": str(home / "run"),
        "BEDROCK_AGENT_MANAGED_ROOT": str(home / "managed"),
    }


def sha1(text):
    return hashlib.sha1(text.encode()).hexdigest()
