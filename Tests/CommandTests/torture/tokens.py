"""The writers of tokens: they run beside a service, which tells whether what is in the file still works."""

import errno
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import requests

import trapped

NET = "bedrock-agent-net"


@dataclass(frozen=True)
class TokenOperation:
    """`arguments` of bedrock-agent-net. `is_new`: for somebody who has no token yet. `writes`: how many files are
    written before the token. `ends`: the session that runs, before there is a new one."""

    name: str
    arguments: object
    is_new: bool = False
    writes: int = 0
    ends: bool = False

    def __str__(self):
        return self.name


def open_page(line: str):
    """The person allows it at once."""
    if line.startswith("http"):
        try:
            requests.get(line.strip(), timeout=20)
        except requests.RequestException:
            # Nobody listens any more.
            pass


def refresh(scene) -> tuple:
    return ("refresh", "--token-file", scene.file, "--endpoint", scene.sandbox.url, "--expires-at",
            scene.home.token()["expiresAt"], "--lock-file", scene.lock)


def sign_in(scene) -> tuple:
    return ("sign-in", "--token-file", scene.file, "--registration-file", scene.home.cache / "registration.json",
            "--session", "corp", "--start-url", scene.sandbox.start_url, "--region", "us-east-1", "--scope",
            "sso:account:access", "--endpoint", scene.sandbox.url, "--timeout", "20", "--lock-file", scene.lock)


def cover(scene) -> tuple:
    return (*sign_in(scene), "--end-session-at", scene.sandbox.url, "--asker", str(os.getpid()))


TOKEN_OPERATIONS = [
    TokenOperation("refresh", refresh), TokenOperation("sign-in again", sign_in, writes=1),
    TokenOperation("sign-in", sign_in, is_new=True, writes=1),
    TokenOperation("cover", cover, writes=1, ends=True)]


class TokenScene:
    """A session whose token is due."""

    def __init__(self, build: Path, home, sandbox, raw, operation: TokenOperation):
        self.program, self.home, self.sandbox, self.raw = build / NET, home, sandbox, raw
        self.operation = operation
        sandbox.settings(rotation="on", approve="auto")
        self.file = home.token_file()
        self.lock = home.path / "locks" / self.file.name
        self.lock.parent.mkdir()
        self.secrets = set()
        usual = self.act(lambda call: None)
        assert usual.status == 0, usual.errors
        self.calls = usual.calls
        assert self.problem(usual, None) is None

    def again(self):
        self.sandbox.settings(approve="button")
        for left in [*self.home.cache.glob("*"), *self.lock.parent.glob("*")]:
            left.unlink()
        self.home.sign_in(self.raw)
        self.home.age_token(left=1200)
        self.sandbox.settings(approve="auto")
        self.old = self.home.token()
        if self.operation.is_new:
            self.file.unlink()

    def act(self, act) -> trapped.Run:
        self.again()
        self.asked = self.granted()
        return self.do(self.operation.arguments(self) if self.file.exists() or self.operation.is_new else (), act)

    def do(self, arguments: tuple, act=lambda call: None) -> trapped.Run:
        done = trapped.Trap([self.program, *arguments], self.home.environment(), act, of=NET).end(open_page)
        self.remember()
        assert not any(secret in done.output + done.errors for secret in self.secrets), "it shows a secret"
        return done

    def remember(self):
        for file in self.home.cache.glob("*"):
            if not file.is_file():
                continue
            try:
                token = json.loads(file.read_text().rstrip("\0"))
            except ValueError:
                continue
            self.secrets |= {token[key] for key in ("accessToken", "refreshToken", "clientSecret") if token.get(key)}

    def granted(self) -> int:
        return len([entry for entry in self.sandbox.record("CreateToken", client=NET) if entry["status"] == 200])

    @property
    def has_ended(self) -> bool:
        """The session that ran, by the program."""
        if not self.operation.ends:
            return False
        return self.raw.portal("assignment/accounts", self.old["accessToken"]).status_code != 200

    def problem(self, done: trapped.Run, what, lasts: bool = False) -> str | None:
        """What is wrong afterwards; nothing if all is well."""
        was_granted = self.granted() > self.asked
        if self.file.exists():
            token = json.loads(self.file.read_text())
            if token != self.old and not was_granted:
                return "there is a token that nobody granted"
        elif not self.operation.is_new and not self.has_ended:
            return "the token file is gone"
        if what != trapped.KILL:
            if done.status < 0 or "Fatal" in done.errors:
                return f"crashed: {done.status} {done.errors}"
            is_well = "Success" in done.output or done.status == 0 and '"failed"' not in done.output and done.output
            if is_well and (not self.file.exists() or self.home.token() == self.old):
                return f"told as success: {done.output}"
            if done.status and not done.errors:
                return f"failed with {done.status}, and says nothing"
        # Killed before it was written anywhere, it was in the memory of that process only; and so it was where every
        # folder has become read-only.
        written = [call for call in done.calls[:-1] if call.name == "pwrite64"]
        was_written = len(written) > self.operation.writes
        is_lost = was_granted and (not was_written if what == trapped.KILL else lasts and what == errno.EROFS)
        return None if is_lost else self.next(was_granted)

    def next(self, was_granted: bool) -> str | None:
        """What the next refresh finds; where nobody was signed in, the next sign-in."""
        for path in [*self.home.cache.glob(".*.tmp"), *self.lock.parent.glob(".*.tmp")]:
            os.utime(path, (0, 0))
        is_over = self.has_ended and (not self.file.exists() or self.home.token() == self.old)
        if self.file.exists() and not is_over:
            again = self.do(refresh(self))
        elif was_granted or not self.operation.is_new and not is_over:
            return "the token that was granted is nowhere" if not self.kept() else None
        else:
            again = self.do(sign_in(self))
        if not self.file.exists():
            return f"no token: {again.output} {again.errors}"
        token = self.home.token()
        client = {"clientId": token["clientId"], "clientSecret": token["clientSecret"]}
        if self.raw.refresh(token["refreshToken"], **client).status_code != 200:
            return f"the refresh token is spent: {again.output}"
        if self.operation.arguments is not refresh:
            self.do(sign_in(self))
        left = [file.name for folder in (self.home.cache, self.lock.parent) for file in folder.iterdir()
                if file.name.startswith(".") or file.suffix == ".granted"]
        return f"left behind: {left}" if left else None

    def kept(self) -> list[Path]:
        return [*self.home.cache.glob(".*.granted"), *self.lock.parent.glob("*.granted")]
