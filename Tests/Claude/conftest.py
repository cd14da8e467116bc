"""Fixtures: the real Claude Code, a sandbox that it takes for AWS and the models, and a folder to look at.

The program is the one in the PyPI package `claude-agent-sdk`, which Tests/run installs. Without it, everything fails.
"""

import os
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
for helpers in ("Claude/support", "CommandTests/support", "CommandTests/aws_files"):
    sys.path.append(str(TESTS / helpers))
pytest.register_assert_rewrite(
    "both", "folder", "herd", "raw_client", "real_claude", "scene", "running_agent", "running_daemon", "running_sandbox",
    "scene", "tabs")

import shares  # noqa: E402
from both import Both  # noqa: E402
from folder import SANDBOX, Folder  # noqa: E402
from real_claude import RealClaude, version  # noqa: E402
from running_sandbox import RunningSandbox  # noqa: E402
from scene import Scene  # noqa: E402
from spawning import begin_as_usual  # noqa: E402

begin_as_usual()


def pytest_collection_modifyitems(config, items):
    shares.take(config, items)


def program() -> Path:
    """$BEDROCK_CLAUDE, else where Tests/run puts the package."""
    given = os.environ.get("BEDROCK_CLAUDE")
    return Path(given) if given else TESTS.parent / ".build-tests" / "claude" / "claude_agent_sdk/_bundled/claude"


def pytest_terminal_summary(terminalreporter):
    if program().exists():
        terminalreporter.write_line(f"The real program is {version(program())}.")


@pytest.fixture(scope="session")
def build() -> Path:
    """Where the built programs are: $BEDROCK_BUILD, else .build/release."""
    folder = Path(os.environ.get("BEDROCK_BUILD") or TESTS.parent / ".build" / "release")
    assert (folder / "bedrock-sandbox").exists(), f"no bedrock-sandbox in {folder}: swift build -c release"
    return folder.resolve()


@pytest.fixture
def sandbox(build, tmp_path):
    """An Identity Center and a Bedrock of the test's own."""
    sandbox = RunningSandbox(build / "bedrock-sandbox", tmp_path / "sandbox", *SANDBOX)
    yield sandbox
    assert sandbox.stop() == 0, sandbox.errors.read_text()


@pytest.fixture
def folder(tmp_path, sandbox) -> Folder:
    """Signed in to every session, and nothing of Claude Code's in it."""
    return Folder(tmp_path, sandbox)


@pytest.fixture(scope="session")
def claude_program() -> Path:
    """Where the real program is."""
    assert program().exists(), f"no Claude Code at {program()}: Tests/run installs the PyPI package claude-agent-sdk"
    return program()


@pytest.fixture
def claude(claude_program, tmp_path) -> RealClaude:
    """The real program."""
    (tmp_path / "claude").mkdir()
    return RealClaude(claude_program, tmp_path / "claude")


@pytest.fixture
def both(build, claude) -> Both:
    """The real program and the agent."""
    return Both(build, claude)


@pytest.fixture
def scene(build, claude, folder):
    """A home where Claude Code asks for sign-ins."""
    scene = Scene(build, claude, folder)
    yield scene
    scene.end()
