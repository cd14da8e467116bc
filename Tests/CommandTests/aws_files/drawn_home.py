"""A home into which one drawing after the other is put: the readers keep looking at the same path."""

import hashlib
import json
import os
import shutil
import time
from datetime import datetime
from pathlib import Path

from aws_home import CONFIG, stamp
from config_grammar import Drawn
from token_grammar import DrawnToken

# Due to be refreshed, by whoever reads it.
LEFT = 600
START_URL = "https://corp.awsapps.com/start"


class DrawnHome:
    """`path` is the home; all else that the agent keeps is beside it."""

    def __init__(self, folder: Path):
        self.path = folder / "home"
        self.other = folder / "agent"
        self.variables: dict[str, str] = {}
        self.clear()

    def clear(self):
        for path in (self.path, self.other):
            shutil.rmtree(path, ignore_errors=True)
            path.mkdir()
        self.cache = self.path / ".aws" / "sso" / "cache"
        self.cache.mkdir(parents=True)

    def furnish(self, drawn: Drawn):
        self.clear()
        self.variables = {name: value.replace("@HOME@", str(self.path)) for name, value in drawn.variables.items()}
        self.variables["AWS_PROFILE"] = drawn.profile
        for name, variable in [("config", "AWS_CONFIG_FILE"), ("credentials", "AWS_SHARED_CREDENTIALS_FILE")]:
            self.put(self.path / ".aws" / name, getattr(drawn, name))
            if variable in drawn.variables and not (self.path / "other").exists():
                self.put(self.path / "other", getattr(drawn, name))

    def put(self, path: Path, content: bytes | str | None):
        """The content, or what is there instead of a file."""
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif content == "folder":
            path.mkdir()
        elif content == "link":
            (self.path / "linked").write_text("[profile work-dev]\nregion = eu-west-1\n")
            path.symlink_to("../linked" if path.parent != self.path else "linked")
        elif content == "loop":
            path.symlink_to(path.name)
        elif content == "null":
            path.symlink_to("/dev/null")
        elif content == "pipe":
            os.mkfifo(path)

    def token_file(self, key: str) -> Path:
        return self.cache / token_name(key)

    def sign_in(self, key: str):
        """Leaves a token of this session, by its name or its start URL; soon to be refreshed."""
        file = self.token_file(key)
        file.write_text(json.dumps({
            "startUrl": "https://corp.awsapps.com/start", "region": "us-east-1", "accessToken": f"at-{file.stem[:8]}",
            "expiresAt": stamp(LEFT), "clientId": "client", "clientSecret": "not-a-secret",
            "registrationExpiresAt": stamp(86400 * 30), "refreshToken": "not-a-token"}))
        file.chmod(0o600)
        # It was issued for an hour.
        written = time.time() - 3600 + LEFT
        os.utime(file, (written, written))

    def furnish_token(self, drawn: DrawnToken, now: datetime):
        """A usual configuration, and this token."""
        self.clear()
        self.variables = {"AWS_PROFILE": "old-profile" if drawn.legacy else "work-dev"}
        (self.path / ".aws" / "config").write_text(CONFIG.format(start_url=START_URL))
        file = self.token_file(START_URL if drawn.legacy else "corp")
        content = drawn.content(now)
        if drawn.instead is None:
            file.write_bytes(content)
        elif drawn.instead == "link":
            file.symlink_to(self.path / "token")
            (self.path / "token").write_bytes(content)
        elif drawn.instead == "dangling":
            file.symlink_to(self.path / "nowhere")
        else:
            self.put(file, drawn.instead)
        # Long enough ago that nobody is writing it any more.
        if file.is_file() and drawn.instead != "null":
            os.utime(file, (now.timestamp() - 3000,) * 2)

    def environment(self) -> dict[str, str]:
        """All that any reader gets."""
        return {"HOME": str(self.path), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **self.variables}


def token_name(key: str) -> str:
    """Of the token file of a session."""
    return f"{hashlib.sha1(key.encode()).hexdigest()}.json"
