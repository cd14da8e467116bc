"""The real Claude Code, asked one question in a folder: whether it uses Bedrock, and whose credentials sign."""

import json
import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from folder import PROFILES, Folder
from spawning import die_with_parent

# Only these carry the question: before it, the program tries models by requests that are answered whole.
QUESTIONS = {"InvokeModelWithResponseStream": "bedrock", "StreamMessage": "mantle"}
# In its log where it would have asked, had it found credentials. It tries again up to ten times, with the same end.
NO_CREDENTIALS = re.compile(r"API error \(attempt \d+/\d+\): .*(Failed to resolve AWS credentials.*)")
# In its log for each fault of a settings file: the file, and what is wrong in it.
INVALID = re.compile(r"Invalid setting skipped without dialog \(automated session\): ([^:]*): (.*)")
# In its log for what it leaves out of a file that counts otherwise.
ONLY_A_PART = re.compile(r"ignored|skipped|removed")
# Where the real program looks for managed settings.
MANAGED = "/etc/claude-code"
# Runs what follows with a folder in MANAGED's place. Nothing of it is seen outside.
WITH_MANAGED = f"""\
mount -t tmpfs none "$1" && mkdir "$1/upper" "$1/work" &&
mount -t overlay none -o lowerdir=/etc,upperdir="$1/upper",workdir="$1/work" /etc &&
mkdir -p {MANAGED} && mount --bind "$2" {MANAGED} && shift 2 && exec "$@"
"""


@dataclass
class Answer:
    """What the program did."""

    # "bedrock", "mantle", or nothing where it asked neither.
    provider: str | None = None
    profile: str | None = None
    session: str | None = None
    # The access key that signed; nothing where the request is not signed, or by a bearer token.
    key: str | None = None
    region: str | None = None
    model: str | None = None
    # Why nothing signs, where it found no credentials, by its own log.
    no_credentials: str | None = None
    # What it said at its end, where it got that far.
    words: str = ""
    # The files that it dropped whole, each with why: "statusLine: Expected object, but received string".
    dropped: dict[str, str] = field(default_factory=dict)
    # How often it ran awsAuthRefresh.
    sign_ins: int = 0
    seconds: float = 0


class RealClaude:
    """Runs the program, once a question."""

    def __init__(self, program: Path, workplace: Path):
        self.program = program
        self.workplace = workplace

    def ask(self, folder: Folder, until=None, to_the_end: bool = False, seconds: float = 60) -> Answer:
        """Asks, and ends it as soon as the question was sent (or `until` holds): all that is wanted is known then. To
        the end, the answer comes back, or whatever the program makes of a refusal."""
        until = until or (lambda: question(entries(folder)[before:]) or NO_CREDENTIALS.search(text(debug)))
        debug, output = self.workplace / "debug", self.workplace / "output"
        debug.unlink(missing_ok=True)
        before = len(entries(folder))
        begun = time.monotonic()
        with output.open("w") as out:
            process = subprocess.Popen(
                self.command(folder, debug), env=folder.environment(), cwd=folder.project, stdin=subprocess.DEVNULL,
                stdout=out, stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=die_with_parent)
        try:
            while process.poll() is None:
                if not to_the_end and until() or time.monotonic() > begun + seconds:
                    break
                time.sleep(0.02)
        finally:
            end(process)
        assert debug.exists(), f"the program did not begin: {output.read_text()}"
        answer = read(entries(folder)[before:], folder, output.read_text(), text(debug))
        answer.seconds = time.monotonic() - begun
        return answer

    def command(self, folder: Folder, debug: Path) -> list:
        command = [
            self.program, "-p", "hi", "--output-format", "json", "--max-turns", "1", "--no-session-persistence",
            "--strict-mcp-config", "--debug-file", debug]
        if not any(folder.managed.iterdir()):
            return command
        scratch = self.workplace / "scratch"
        scratch.mkdir(exist_ok=True)
        unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
        return [*unshare, "sh", "-c", WITH_MANAGED, "sh", scratch, folder.managed, *command]


def version(program: Path) -> str:
    """As it says itself, such as `2.1.332 (Claude Code)`."""
    return subprocess.run(
        [program, "--version"], capture_output=True, text=True, check=True, timeout=60,
        env={"HOME": "/nonexistent", "PATH": "/usr/bin:/bin"}).stdout.strip()


def entries(folder: Folder) -> list[dict]:
    """The sandbox's record so far."""
    text = folder.sandbox.record_file.read_text()
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]


def question(record: list[dict]) -> dict | None:
    return next((entry for entry in record if entry["operation"] in QUESTIONS), None)


def read(record: list[dict], folder: Folder, output: str, log: str) -> Answer:
    answer = Answer(words=words(output), sign_ins=log.count("Running AWS auth refresh command"))
    for file, problem in INVALID.findall(log):
        if not file.startswith(MANAGED) and not ONLY_A_PART.search(problem):
            answer.dropped.setdefault(file, problem)
    if asked := question(record):
        answer.provider, answer.model = QUESTIONS[asked["operation"]], asked["subject"]
        if signer := asked.get("signer"):
            answer.key, answer.region = signer["accessKeyID"], signer["region"]
            answer.profile = PROFILES.get(signer.get("role"))
            answer.session = folder.tokens.get(signer.get("token"))
    elif dispatched := re.search(r"dispatching to (bedrock|mantle)", log):
        answer.provider = dispatched[1]
        reason = re.search(r"Bedrock ListInferenceProfiles failed: (.*)", log) or NO_CREDENTIALS.search(log)
        answer.no_credentials = reason[1] if reason else answer.words
    return answer


def text(file: Path) -> str:
    """What is in it so far."""
    return file.read_text() if file.exists() else ""


def words(output: str) -> str:
    """What it said: the result of its JSON, else all of it."""
    try:
        return json.loads(output)["result"]
    except (ValueError, KeyError, TypeError):
        return output.strip()


def end(process: subprocess.Popen):
    """It and all that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
