"""A profile of `aws login` (AWS CLI 2.32 and later), its file, and a stand-in for that command."""

import hashlib
import json
import os
import time
from pathlib import Path

from aws_home import stamp
from programs import write_program

SESSION = "arn:aws:iam::123456789012:user/dev"
HOUR = 3600


class Console:
    """The file is as botocore's LoginCredentialFetcher writes it; `test_as_botocore_reads_it` holds that."""

    def __init__(self, agent, home):
        self.agent, self.home = agent, home
        self.runs = home.path / "aws-runs"
        self.cache = home.path / ".aws" / "login" / "cache"
        home.config.write_text(home.config.read_text() + f"""
[profile console]
login_session = {SESSION}
region = us-west-2

[profile deploys]
role_arn = arn:aws:iam::210987654321:role/Deploy
source_profile = console
""")

    @property
    def file(self) -> Path:
        return self.cache / f"{hashlib.sha256(SESSION.encode()).hexdigest()}.json"

    def token(self, login: str = "first", left: float = 900) -> dict:
        """`login` tells one `aws login` from the next."""
        token = {
            "accessToken": {
                "accessKeyId": "ASIAEXAMPLE", "secretAccessKey": f"console-secret-{login}-{left}",
                "sessionToken": f"console-session-{login}-{left}", "accountId": "123456789012",
                "expiresAt": stamp(left)},
            "tokenType": "urn:aws:params:oauth:token-type:access_token_sigv4",
            "clientId": "arn:aws:signin:::devtools/same-device",
            "refreshToken": f"console-refresh-{login}-{left}", "idToken": "console-id-token",
            "dpopKey": f"-----BEGIN EC PRIVATE KEY-----\\nconsole-key-{login}\\n-----END EC PRIVATE KEY-----\\n"}
        self.agent.secrets |= {
            token["accessToken"]["secretAccessKey"], token["accessToken"]["sessionToken"], token["refreshToken"],
            token["idToken"], f"console-key-{login}"}
        return token

    def sign_in(self, login: str = "first", left: float = 900, ago: float = 0, **changed):
        """It, or a renewal of its credentials, wrote the file so many seconds ago."""
        self.cache.mkdir(parents=True, exist_ok=True)
        new = self.file.with_suffix(".new")
        new.touch(0o600)
        new.write_text(json.dumps({**self.token(login, left), **changed}))
        os.utime(new, (time.time() - ago,) * 2)
        new.replace(self.file)

    def guard(self, *profiles: str, **config):
        """For other programs."""
        self.agent.configure(profiles=list(profiles or ["console"]), **config)

    def use(self, command: str | None = "aws login --profile console", approve: bool = True):
        """By Claude Code."""
        settings = {"env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "console", "AWS_REGION": "us-west-2"}}
        if command:
            settings["awsAuthRefresh"] = command
        self.agent.settings.parent.mkdir(exist_ok=True)
        self.agent.settings.write_text(json.dumps(settings))
        if approve and command:
            self.agent.run("approve", "--yes")

    def install_aws(self, signs_in: bool = True):
        """The command, which counts its calls; nobody need press anything."""
        result = self.home.path / "signed-in.json"
        result.write_text(json.dumps(self.token("second")))
        writes = f"mkdir -p {self.cache}; cp {result} {self.file}.new; mv {self.file}.new {self.file}"
        program = write_program(
            self.home.path / "programs" / "aws", f'echo "$@" >> {self.runs}\n{writes if signs_in else "exit 1"}')
        self.agent.environment["PATH"] = f"{program.parent}:{self.agent.environment['PATH']}"

    def calls(self) -> list[str]:
        return self.runs.read_text().splitlines() if self.runs.exists() else []
