"""AWS's own programs, each a process that is asked about one home after the other.

Always: the AWS CLI that is installed, and botocore of PyPI. `BEDROCK_ROOTS=/srv/trixie:/srv/sid` adds the AWS CLI of
each of these folders, which `debootstrap --variant=minbase --include=awscli trixie /srv/trixie` fills.
"""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs

from every_aws_cli import python, roots
from spawning import die_with_parent

ORACLE = Path(__file__).with_name("oracle.py")
INSTALLED = "the AWS CLI"
PYPI = "botocore"


@dataclass
class Answer:
    """What a reader made of a home."""

    # Why it can do nothing at all with this file.
    refused: str | None = None
    no_profile: bool = False
    region: str | None = None
    # Where the credentials come from: `sso`, `assume-role`, `shared-credentials-file` …; None without any.
    method: str | None = None
    # Why there are none.
    failed: str | None = None
    # The session, by the name that its token file is found by, which is not there.
    no_token_for: str | None = None
    # When the token of its sso-session ends, or why that cannot be told.
    expires: float | None = None
    no_expiry: str | None = None
    # What it would have sent.
    asked: list[dict] = field(default_factory=list)

    def request(self, operation: str) -> dict | None:
        return next((asked for asked in self.asked if asked["operation"] == operation), None)

    def endpoint(self, operation: str) -> str | None:
        """Where it would have asked."""
        request = self.request(operation)
        path = {"GetRoleCredentials": "/federation/credentials", "CreateToken": "/token"}[operation]
        return request and request["url"].partition("?")[0].removesuffix(path)

    @property
    def role(self) -> tuple[str, str] | None:
        """Account and role that it asks the portal for."""
        request = self.request("GetRoleCredentials")
        if not request:
            return None
        # Behind an endpoint with a fragment it is no query of the URL's.
        query = parse_qs(request["url"].partition("?")[2], keep_blank_values=True)
        return query["account_id"][0], query["role_name"][0]

    @property
    def uses_session(self) -> bool:
        """Whether the credentials come from an Identity Center session, in the end."""
        return bool(self.no_token_for or self.request("GetRoleCredentials"))


class Reader:
    """One of the programs."""

    def __init__(self, name: str, command: list[str], home: Path, folder: Path, **more: str):
        self.name = name
        self.process = subprocess.Popen(
            command, cwd=folder, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=die_with_parent,
            env={"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", **more})

    def ask(self, environment: dict[str, str], signs_in: bool = False) -> Answer:
        """To read the home, or to sign in, which leaves its token and its registration there."""
        self.process.stdin.write(json.dumps({"environment": environment, "signs_in": signs_in}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"{self.name} ended"
        return Answer(**json.loads(line))

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=20)
        self.process.stdout.close()


def readers(home: Path, folder: Path) -> list[Reader]:
    """All of them, to be ended."""
    found = [
        Reader(INSTALLED, ["/usr/bin/python3", str(ORACLE), "awscli.botocore"], home, folder),
        Reader(PYPI, [sys.executable, str(ORACLE), "botocore"], home, folder)]
    for root in roots():
        found.append(elsewhere(root, home, folder))
    return found


def elsewhere(root: Path, home: Path, folder: Path) -> Reader:
    """The AWS CLI of another release of Debian, by that release's own Python and libraries."""
    command, environment = python(root)
    return Reader(
        f"the AWS CLI of {root.name}", [*command, str(ORACLE), "awscli.botocore"], home, folder, **environment)
