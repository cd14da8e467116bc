"""Two employers, two folders of Claude Code's, and switches to and fro (a hundred with BEDROCK_LONG), while another program rewrites the settings."""

import json
import os
from contextlib import ExitStack

import pytest

from programs import write_program
from switching import EU_OPUS_41, OPUS_41, Writer
from waiting import eventually

SWITCHES = 100 if "BEDROCK_LONG" in os.environ else 20
EMPLOYERS = {"work-dev": ("corp", "us-west-2", OPUS_41), "globex-dev": ("globex", "eu-central-1", EU_OPUS_41)}


class Folder:
    """One of Claude Code's, and who it works for."""

    def __init__(self, agent, path, profile: str, other: str):
        self.agent, self.path, self.settings = agent, path, path / "settings.json"
        self.profile, self.other = profile, other
        self.overwritten = 0
        _, region, model = EMPLOYERS[profile]
        self.run("setup", "--profile", profile, "--region", region, "--model", model, "--yes", "--no-enable",
                 "--no-login")

    def run(self, *arguments: str, **more):
        return self.agent.run(*arguments, CLAUDE_CONFIG_DIR=str(self.path), **more)

    def env(self) -> tuple:
        env = json.loads(self.settings.read_text())["env"]
        return tuple(env[name] for name in ("AWS_PROFILE", "AWS_REGION", "ANTHROPIC_MODEL"))

    def switch(self, to: str):
        self.run("use", to, "--no-login")
        self.profile, self.other = self.other, self.profile

    def is_switched(self) -> bool:
        """Whether files and daemon say so. The other program, which takes no lock, may have overwritten it between its
        look and its rename: then it is said once more."""
        if self.env()[0] != self.profile:
            self.overwritten += 1
            self.run("use", self.profile, "--no-login")
            return False
        return self.env() == (self.profile, *EMPLOYERS[self.profile][1:]) and self.is_right()

    def status(self) -> dict:
        return json.loads(self.run("status", "--json", check=False).stdout)

    def is_right(self) -> bool:
        """Whether the daemon names the profile, its session as the one that it is of, and nothing to complain of."""
        told = self.status()
        [session] = [one["name"] for one in told["sessions"] if self.profile in one["profiles"]] or [None]
        return (told["daemon"]["running"] and told["claude"]["profile"] == self.profile
                and session == EMPLOYERS[self.profile][0] and told["condition"] == "healthy" and not told["findings"])


@pytest.fixture
def folders(agent, home, raw, tmp_path):
    """The usual one works for the one, another for the other, and a daemon guards both."""
    home.add_second_employer()
    home.sign_in(raw)
    home.sign_in(raw, "globex")
    # Nobody signs in here. The real one takes half a second to say its version.
    write_program(tmp_path / "tools" / "aws", "echo aws-cli/2.9.19 Python/3.11.2")
    agent.environment["PATH"] = f"{tmp_path / 'tools'}:/usr/bin:/bin"
    found = [Folder(agent, home.path / ".claude", "work-dev", "globex-dev"),
             Folder(agent, home.path / "globex claude", "globex-dev", "work-dev")]
    agent.start()
    for folder in found:
        eventually(folder.is_right, f"{folder.path} is guarded")
    return found


def test_nothing_is_lost_and_the_daemon_follows(folders, agent):
    with ExitStack() as stack:
        writers = [stack.enter_context(Writer(folder.settings)) for folder in folders]
        for number in range(SWITCHES):
            folder = folders[number % 2]
            folder.switch("-" if number >= 2 else folder.other)
            eventually(folder.is_switched, of(folder, number), every=0.02)
    for folder, writer in zip(folders, writers):
        left = json.loads(folder.settings.read_text())
        first = max(1, writer.written - 200)
        assert left["counter"] == writer.written
        assert {key for key in left if key.startswith("key ")} == {f"key {n}" for n in range(first, writer.written + 1)}
        assert folder.is_right(), folder.status()
        assert folder.overwritten < SWITCHES / 10
        assert sorted(path.name for path in folder.path.iterdir()) == ["settings.json"]
    assert agent.sign_ins() == 0


def of(folder, number) -> str:
    return f"switch {number}: {folder.path.name} is {folder.profile}"


def test_reset_after_it(folders, home):
    """Each folder is as if none had been; the files did not exist."""
    for folder in folders:
        for _ in range(3):
            folder.switch(folder.other)
            folder.switch("-")
        assert folder.is_switched() and folder.overwritten == 0
    for folder in folders:
        folder.run("reset", "--yes")
        assert not folder.settings.exists()
        assert "no profile to go back to" in folder.run("use", "-", check=False).stderr
