"""What Claude Code and the agent both look at: home, project, managed settings, exported variables, AWS files."""

import json
from pathlib import Path

from aws_home import Home, stamp
from raw_client import RawClient

MODEL = "global.anthropic.claude-opus-4-5-20251101-v1:0"
# It asks nobody but whom a test is about.
QUIET = {
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_TELEMETRY": "1", "DISABLE_AUTOUPDATER": "1",
    "DISABLE_ERROR_REPORTING": "1", "CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL": "1"}

# Each profile has a role of its own: the record's role says which profile was used.
CONFIG = """\
[sso-session corp]
sso_start_url = {start_url}
sso_region = us-east-1
sso_registration_scopes = sso:account:access

[sso-session globex]
sso_start_url = {start_url}
sso_region = us-east-1
sso_registration_scopes = sso:account:access

[default]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Default
region = eu-west-1

[profile work-dev]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Dev
region = ap-south-1

[profile globex-dev]
sso_session = globex
sso_account_id = 210987654321
sso_role_name = Globex
region = eu-central-1

[profile placeless]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Placeless

[profile chained]
role_arn = arn:aws:iam::210987654321:role/Deploy
source_profile = work-dev
region = eu-west-2
"""
# Another file, with the same profile in another session and region.
ELSEWHERE = """\
[sso-session elsewhere]
sso_start_url = {start_url}
sso_region = us-east-1
sso_registration_scopes = sso:account:access

[profile work-dev]
sso_session = elsewhere
sso_account_id = 123456789012
sso_role_name = Elsewhere
region = ca-central-1
"""
# ROLE of the record -> profile that has it.
PROFILES = {
    "123456789012/Default": "default", "123456789012/Dev": "work-dev", "210987654321/Globex": "globex-dev",
    "210987654321/GlobexDefault": "default",
    "123456789012/Placeless": "placeless", "123456789012/Elsewhere": "work-dev",
    "210987654321/Deploy": "chained"}
SANDBOX = ("--account", "123456789012=Development:Default,Dev,Placeless,Elsewhere",
           "--account", "210987654321=Globex:Globex,GlobexDefault")


def settings(*without: str, **more) -> dict:
    """The usual `env` of the settings, without some and with others."""
    usual = {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work-dev", "AWS_REGION": "us-west-2",
             "ANTHROPIC_MODEL": MODEL}
    return {**{name: value for name, value in usual.items() if name not in without}, **more}


class Folder:
    """One test's own. `exported` is what the shell has set. In each text, `@HOME@` and `@URL@` are filled in."""

    def __init__(self, path: Path, sandbox):
        self.sandbox = sandbox
        self.home = Home(path / "home", sandbox.start_url)
        self.project = path / "project"
        self.managed = path / "managed"
        self.exported: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        self.project.mkdir()
        self.managed.mkdir()
        self.home.config.write_text(CONFIG.format(start_url=sandbox.start_url))
        self.write(self.home.path / "elsewhere" / "config", ELSEWHERE.format(start_url=sandbox.start_url))
        for session in ("corp", "globex", "elsewhere"):
            self.sign_in(session)

    def sign_in(self, session: str):
        """As the AWS CLI would have; the record names its tokens by number, in order."""
        self.home.sign_in(RawClient(self.sandbox), session)
        self.tokens[f"at-{len(self.tokens) + 1}"] = session

    def expire(self, session: str):
        """The session is over: its access token's time is up, and no refresh brings another."""
        self.sandbox.revoke()
        self.home.write_token({**self.home.token(session), "expiresAt": stamp(-60)}, session)

    # What is in it.

    def write(self, path: Path, content):
        """Text, bytes, or anything else as JSON."""
        if not isinstance(content, (str, bytes)):
            content = json.dumps(content)
        if isinstance(content, str):
            content = content.encode()
        content = content.replace(b"@HOME@", bytes(self.home.path)).replace(b"@URL@", self.sandbox.url.encode())
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def put(self, **files):
        """By name: user, global (~/.claude.json), project, local, managed, credentials, config."""
        places = {
            "user": self.home.path / ".claude" / "settings.json", "global_": self.home.path / ".claude.json",
            "project": self.project / ".claude" / "settings.json",
            "local": self.project / ".claude" / "settings.local.json",
            "managed": self.managed / "managed-settings.json",
            "credentials": self.home.path / ".aws" / "credentials", "config": self.home.config}
        for name, content in files.items():
            self.write(places[name], content)

    def export(self, **variables: str):
        for name, value in variables.items():
            self.exported[name] = value.replace("@HOME@", str(self.home.path)).replace("@URL@", self.sandbox.url)

    def environment(self) -> dict[str, str]:
        """All that either program gets: nothing of this machine's, and every service on loopback."""
        url = self.sandbox.url
        return self.home.environment(
            self.sandbox.environment,
            {"BROWSER": self.sandbox.browser(), "ANTHROPIC_BEDROCK_BASE_URL": url,
             "ANTHROPIC_BEDROCK_MANTLE_BASE_URL": f"{url}/anthropic", "ANTHROPIC_BASE_URL": url, **QUIET},
            self.exported)
