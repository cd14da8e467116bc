"""A home for `setup` and `reset` without any sign-in: for tests of what the programs do to files."""

import os
import stat
import subprocess
from pathlib import Path

from aws_home import Home
from programs import write_program
from ugly_files import URL, Ugly

MODEL = "global.anthropic.claude-opus-4-8"


class Place:
    """A home with our programs, no sandbox, and an `aws` that only prints its version."""

    def __init__(self, build: Path, folder: Path):
        self.program = build / "bedrock-agent"
        self.home = Home(folder / "home", URL)
        self.settings = self.home.path / ".claude" / "settings.json"
        self.state = self.home.path / ".local" / "state" / "bedrock-agent"
        self.record = self.state / "setup.json"
        self.tools = folder / "tools"
        self.tool("aws", "echo aws-cli/2.9.19 Python/3.11.2")
        self.asked = folder / "asked"

    def tool(self, name: str, script: str):
        write_program(self.tools / name, script)

    def run(self, *arguments: str, status: int = 0, **environment: str) -> subprocess.CompletedProcess:
        result = subprocess.run(
            [self.program, *arguments], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
            env=self.home.environment(PATH=f"{self.tools}:/usr/bin:/bin", **environment))
        assert result.returncode == status, result.stdout + result.stderr
        assert "hidden" not in result.stdout + result.stderr
        return result

    def setup(self, *arguments: str, model: str = MODEL, profile: str = "work-dev"):
        return self.run("setup", "--profile", profile, "--region", "us-west-2", "--model", model, "--yes", "--no-login",
                        *(arguments or ("--no-enable",)))

    def put(self, ugly: Ugly, path: Path):
        """Creates the file, optionally behind symbolic links."""
        for number in range(ugly.links):
            target = path.parent.parent / f"dotfiles-{number}" / path.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            path.symlink_to(os.path.relpath(target, path.parent))
            path = target
        if ugly.content is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            path.write_bytes(ugly.content)
            path.chmod(ugly.mode)

    def everything(self) -> dict:
        """Every folder, link and file in the home, except our own records."""
        found = {}
        for path in sorted(self.home.path.rglob("*")):
            if path.is_symlink():
                found[path] = os.readlink(path)
            elif path.is_file() and self.state not in path.parents:
                found[path] = (path.read_bytes(), stat.S_IMODE(path.stat().st_mode))
            elif path.is_dir() and path not in (self.state, *self.state.parents) and self.state not in path.parents:
                found[path] = None
        return found
