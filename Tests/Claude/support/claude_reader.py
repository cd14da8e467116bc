"""The real Claude Code as one more reader of AWS files: what readers.py asks AWS's programs."""

import re
from pathlib import Path

from answering_aws import AnsweringAWS
from drawn_home import DrawnHome
from folder import MODEL, QUIET
from readers import Answer
from real_claude import RealClaude, entries

# Whatever may be the name of a token: the values of these keys, and what the sections are called.
KEY = re.compile(r"(?:sso_session|sso_start_url)\s*[=:](.*)", re.IGNORECASE)
HEADER = re.compile(r"\[[^\]\s]*\s+(.*?)\]")


class ClaudeReader:
    """Asks it about a home that was drawn. To RealClaude it is the folder that is asked about."""

    def __init__(self, program: Path, folder: Path, home: DrawnHome):
        self.home = home
        self.sandbox = AnsweringAWS(folder / "record.jsonl")
        self.project, self.managed, workplace = folder / "project", folder / "managed", folder / "claude"
        for made in (self.project, self.managed, workplace):
            made.mkdir()
        self.tokens: dict[str, str] = {}
        self.claude = RealClaude(program, workplace)

    def environment(self) -> dict[str, str]:
        url = self.sandbox.url
        return {
            **self.home.environment(), **QUIET, "CLAUDE_CODE_USE_BEDROCK": "1", "ANTHROPIC_MODEL": MODEL,
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL_SSO": url, "AWS_ENDPOINT_URL_SSO_OIDC": url,
            "AWS_ENDPOINT_URL_STS": url, "AWS_ENDPOINT_URL_BEDROCK": url, "ANTHROPIC_BEDROCK_BASE_URL": url,
            "ANTHROPIC_BASE_URL": url}

    def ask(self) -> Answer:
        before = len(entries(self))
        said = self.claude.ask(self)
        portal = [entry for entry in entries(self)[before:] if entry["operation"] == "GetRoleCredentials"]
        return Answer(region=said.region, method=said.key, failed=said.no_credentials, asked=portal)

    def end(self):
        self.sandbox.stop()


def sign_in_everywhere(home: DrawnHome, text: bytes):
    """Leaves a token wherever the program might look for one."""
    words = text.decode(errors="replace")
    for found in (*KEY.findall(words), *HEADER.findall(words)):
        plain = re.split(r"\s[#;]", found)[0].strip()
        for name in {found, found.strip(), plain, plain.strip("\"'")}:
            home.sign_in(name)
