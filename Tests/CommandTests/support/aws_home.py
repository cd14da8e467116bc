"""A home folder with an AWS configuration and the token cache."""

import hashlib
import json
import os
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from programs import aws_in_path

CONFIG = """\
[sso-session corp]
sso_start_url = {start_url}
sso_region = us-east-1
sso_registration_scopes = sso:account:access

[sso-session unscoped]
sso_start_url = {start_url}
sso_region = us-east-1

[profile work-dev]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Dev
region = us-west-2

[profile no-bedrock]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = NoBedrock
region = us-west-2

[profile not-assigned]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Administrator
region = us-west-2

[profile work-unscoped]
sso_session = unscoped
sso_account_id = 123456789012
sso_role_name = Dev
region = us-west-2

[profile old-profile]
sso_start_url = {start_url}
sso_region = us-east-1
sso_account_id = 123456789012
sso_role_name = Dev
region = us-west-2

[profile chained]
role_arn = arn:aws:iam::210987654321:role/Deploy
source_profile = work-dev
region = us-west-2
"""

# As setup writes it for somebody who had none.
FIRST_PROFILE = """\
[sso-session acme]
sso_start_url = {start_url}
sso_region = us-east-1
sso_registration_scopes = sso:account:access

[profile acme]
sso_session = acme
sso_account_id = 123456789012
sso_role_name = Dev
region = us-west-2
"""

SECOND_EMPLOYER = """
[sso-session globex]
sso_start_url = {start_url}
sso_region = us-east-1
sso_registration_scopes = sso:account:access

[profile globex-dev]
sso_session = globex
sso_account_id = 123456789012
sso_role_name = Dev
region = {region}
"""


class Home:
    """One test's home: nothing outside it is read or written."""

    def __init__(self, path: Path, start_url: str):
        self.path = path
        self.start_url = start_url
        self.config = path / ".aws" / "config"
        self.cache = path / ".aws" / "sso" / "cache"
        self.config.parent.mkdir(parents=True)
        self.config.write_text(CONFIG.format(start_url=start_url))

    def add_second_employer(self, region: str = "eu-central-1"):
        """The profile globex-dev, with a session of its own."""
        with self.config.open("a") as config:
            config.write(SECOND_EMPLOYER.format(start_url=self.start_url, region=region))

    def environment(self, *sources: dict, **more: str) -> dict:
        """A clean environment: this home, a minimal PATH, and the given sources; nothing from the caller's environment.
        """
        clean = {"HOME": str(self.path), "PATH": aws_in_path(), "LANG": "C.UTF-8", "AWS_PAGER": ""}
        for source in (*sources, more):
            clean.update(source)
        return clean

    def claude_settings(self) -> dict:
        """Claude Code's user settings."""
        return json.loads((self.path / ".claude" / "settings.json").read_text())

    def token_file(self, key: str = "corp") -> Path:
        """The token file of an sso-session, by name, or of a legacy profile, by start URL."""
        return self.cache / f"{hashlib.sha1(key.encode()).hexdigest()}.json"

    def token(self, key: str = "corp") -> dict:
        """Read again where the AWS CLI, which truncates it first, is just writing it."""
        for _ in range(50):
            try:
                return json.loads(self.token_file(key).read_text())
            except json.JSONDecodeError:
                time.sleep(0.02)
        return json.loads(self.token_file(key).read_text())

    def expiry(self, key: str = "corp") -> datetime:
        return datetime.fromisoformat(self.token(key)["expiresAt"].replace("Z", "+00:00"))

    def write_token(self, token: dict, key: str = "corp", lifetime: float | None = None):
        """Writes a token file atomically. With a lifetime, its modification time is the token's time of issue."""
        file = self.token_file(key)
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_suffix(".new")
        new.touch(0o600)
        new.write_text(json.dumps(token))
        if lifetime is not None:
            end = datetime.fromisoformat(token["expiresAt"].replace("Z", "+00:00")).timestamp()
            os.utime(new, (end - lifetime, end - lifetime))
        new.replace(file)

    def age_token(self, left: float, lifetime: float = 3600, key: str = "corp"):
        """Makes the token look as if it had only this many seconds left."""
        self.write_token({**self.token(key), "expiresAt": stamp(left)}, key, lifetime)

    def sign_in(self, client, key: str = "corp"):
        """Signs in with a RawClient and writes the same files as the AWS CLI, but much faster."""
        issued = client.sign_in()
        secret_ends = client.registration["clientSecretExpiresAt"] - datetime.now(timezone.utc).timestamp()
        self.write_token({
            "startUrl": self.start_url, "region": "us-east-1", "accessToken": issued["accessToken"],
            "expiresAt": stamp(issued["expiresIn"]), **client.identity, "registrationExpiresAt": stamp(secret_ends),
            "refreshToken": issued["refreshToken"]}, key)

    def forget_role_credentials(self):
        """Deletes the AWS CLI's cached role credentials, so that it asks the portal again."""
        for file in (self.path / ".aws" / "cli" / "cache").glob("*.json"):
            file.unlink()


def stamp(seconds: float) -> str:
    """The time this many seconds from now, in the AWS CLI's format."""
    return (datetime.now(timezone.utc) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
