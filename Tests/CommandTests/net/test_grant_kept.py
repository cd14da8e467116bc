"""Once the service has granted a token, nothing loses it: the refresh is killed at each of its system calls, and each
fails once. Afterwards the next refresh must find a refresh token that the service takes."""

import json
import os
import re
import subprocess
from collections import Counter

import pytest

from waiting import eventually

# All that could fail, by hand; one of each kind otherwise.
ERRORS = os.environ.get("BEDROCK_ERRORS", "EIO,ENOSPC").split(",")
# Of these the kernel says no such thing, or a failure of theirs changes nothing.
HARMLESS = {"exit_group", "rt_sigreturn", "restart_syscall"}


def is_answer(line: str) -> bool:
    return "recvfrom(" in line and "accessToken" in line


class Refreshing:
    """Runs `bedrock-agent-net refresh` by itself, as the daemon does."""

    def __init__(self, build, home, sandbox, raw):
        self.build, self.home, self.sandbox, self.raw = build, home, sandbox, raw
        self.lock = home.path / "locks" / home.token_file().name
        self.trace = home.path / "trace"

    def run(self, *strace: str) -> dict | None:
        """Its outcome; nothing if it was killed."""
        command = [
            self.build / "bedrock-agent-net", "refresh", "--token-file", self.home.token_file(), "--endpoint",
            self.sandbox.url, "--expires-at", self.home.token()["expiresAt"], "--lock-file", self.lock]
        if strace:
            command = ["strace", "-f", "-s", "400", "-o", self.trace, *strace, *command]
        result = subprocess.run(
            command, env=self.home.environment(), capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
        return json.loads(result.stdout) if result.stdout else None

    def calls(self) -> list[tuple[str, int]]:
        """The system calls after the service's answer, each by its name and its number among those of that name."""
        self.run("-e", "trace=all")
        seen, after = Counter(), None
        for line in self.trace.read_text().splitlines():
            call = re.match(r"\d+ +(\w+)\(", line)
            if not call:
                continue
            seen[call[1]] += 1
            if after is not None and call[1] not in HARMLESS:
                after.append((call[1], seen[call[1]]))
            if is_answer(line):
                after = []
        assert after, self.trace.read_text()[-3000:]
        return after

    def had_its_answer(self) -> bool:
        """Whether that came before what was done to it: libcurl may look for it once more or less than in another run.
        """
        lines = self.trace.read_text().splitlines()
        answer = next((number for number, line in enumerate(lines) if is_answer(line)), len(lines))
        return not any("(INJECTED)" in line for line in lines[:answer + 1]) and answer < len(lines)

    def begin(self):
        """A new sign-in, due for its refresh."""
        for left in [*self.home.token_file().parent.glob(".*"), *self.lock.parent.glob("*")]:
            left.unlink()
        self.home.sign_in(self.raw)
        self.home.age_token(left=1200)

    def recovers(self) -> str | None:
        """Why the next refresh finds nothing that works; nothing if it does."""
        outcome = self.run()
        token = self.home.token()
        client = {"clientId": token["clientId"], "clientSecret": token["clientSecret"]}
        if self.raw.refresh(token["refreshToken"], **client).status_code != 200:
            return f"the refresh token is spent: {outcome}"
        left = [file.name for file in self.home.token_file().parent.glob(".*")]
        left += [file.name for file in self.lock.parent.glob("*.granted")]
        return f"left behind: {left}" if left else None


@pytest.fixture
def refreshing(build, home, sandbox, raw) -> Refreshing:
    sandbox.settings(rotation="on")
    refreshing = Refreshing(build, home, sandbox, raw)
    refreshing.lock.parent.mkdir()
    refreshing.begin()
    return refreshing


def kept_from(calls: list[tuple[str, int]]) -> int:
    """Where the first write of the token begins: before it, the token is only in memory."""
    return next(index for index, (name, _) in enumerate(calls) if name == "pwrite64")


def test_a_kill_at_any_call(refreshing):
    calls = refreshing.calls()
    first = kept_from(calls)
    lost = {}
    for index, (name, number) in enumerate(calls):
        refreshing.begin()
        refreshing.run("-e", f"inject={name}:signal=KILL:when={number}")
        if refreshing.had_its_answer() and (why := refreshing.recovers()):
            lost[index] = (name, number, why)
    print(f"\n  {len(calls)} calls after the answer, {first} of them before the token is written down;"
          f" lost at {sorted(lost)}")
    # Killed there, the token was in the memory of that process and nowhere else.
    assert all(index <= first for index in lost), lost


@pytest.mark.parametrize("error", ERRORS)
def test_a_failure_of_any_call(refreshing, error):
    calls = refreshing.calls()
    lost = {}
    for name, number in calls:
        refreshing.begin()
        refreshing.run("-e", f"inject={name}:error={error}:when={number}")
        if refreshing.had_its_answer() and (why := refreshing.recovers()):
            lost[name, number] = why
    print(f"\n  {len(calls)} calls, each failing with {error}")
    assert not lost, lost


def test_a_token_that_could_not_be_put_in_place_is_put_there_next(refreshing, home):
    """The disk does not take it: the outcome says so, and the next refresh has it without asking."""
    before = home.token()
    outcome = refreshing.run("-e", "inject=renameat2:error=EROFS")
    assert list(outcome) == ["failed"], outcome
    assert home.token() == before
    asked = len(refreshing.sandbox.record("CreateToken", grantType="refresh_token"))
    outcome = refreshing.run()
    assert list(outcome) == ["adopted"], outcome
    assert len(refreshing.sandbox.record("CreateToken", grantType="refresh_token")) == asked
    assert home.token()["refreshToken"] != before["refreshToken"]


@pytest.mark.parametrize("by", ["daemon", "login"])
def test_who_comes_next_puts_it_in_place(refreshing, agent, home, by):
    """Also where no refresh is due: what is in the file is used up."""
    refreshing.lock = agent.state / "locks" / home.token_file().name
    refreshing.lock.parent.mkdir(parents=True)
    before = home.token()
    refreshing.run("-e", "inject=renameat2:error=EROFS")
    assert home.token() == before
    asked = len(refreshing.sandbox.record("CreateToken", grantType="refresh_token"))
    if by == "daemon":
        home.age_token(left=3000)
        agent.start()
    else:
        home.age_token(left=-60)
        agent.use()
        agent.run("login")
    eventually(lambda: home.token()["refreshToken"] != before["refreshToken"], "the token that was kept")
    assert len(refreshing.sandbox.record("CreateToken", grantType="refresh_token")) == asked
    assert refreshing.sandbox.prompts() == 0 and refreshing.recovers() is None


@pytest.mark.parametrize("then", ["signed in again", "signed out"])
def test_what_is_kept_replaces_nothing_newer(refreshing, home, raw, sandbox, then):
    refreshing.run("-e", "inject=renameat2:error=EROFS")
    if then == "signed in again":
        home.sign_in(raw)
        refreshing.run()
        assert refreshing.recovers() is None
    else:
        file, text = home.token_file(), home.token_file().read_text()
        file.unlink()
        command = [
            refreshing.build / "bedrock-agent-net", "refresh", "--token-file", file, "--endpoint", sandbox.url,
            "--expires-at", json.loads(text)["expiresAt"], "--lock-file", refreshing.lock]
        subprocess.run(command, env=home.environment(), capture_output=True, timeout=60)
        assert not file.exists() and not list(file.parent.glob(".*"))


def test_what_killed_writers_left_is_swept(refreshing, home):
    folder = home.token_file().parent
    old, new = folder / f".{home.token_file().name}.abc.tmp", folder / f".{home.token_file().name}.def.tmp"
    other = folder / ".of-somebody-else.tmp"
    for file in (old, new, other):
        file.write_text("half")
    os.utime(old, (0, 0))
    refreshing.run()
    assert (old.exists(), new.exists(), other.exists()) == (False, True, True)


def test_what_a_sign_in_left_is_swept_though_its_process_id_is_another_programs(refreshing, home):
    """Process 1 always runs."""
    folder = home.token_file().parent
    lately, long_ago = (folder / f".{home.token_file().name}.{of}-1.granted" for of in ("new", "0123"))
    for file in (lately, long_ago):
        file.write_text("half")
    os.utime(long_ago, (0, 0))
    refreshing.run()
    assert (lately.exists(), long_ago.exists()) == (True, False)
