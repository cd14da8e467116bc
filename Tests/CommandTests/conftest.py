"""Fixtures: the built programs, a sandbox to sign in to, configurable HTTP servers, a separate home, and the real AWS
CLI and boto3.

Nothing is skipped: if something is missing, the test fails and says which package provides it.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.register_assert_rewrite("exchanges", "place", "raw_client", "running_agent", "running_daemon", "running_sandbox")

import shares  # noqa: E402
from aws_cli import AWS, said  # noqa: E402
from aws_home import Home  # noqa: E402
from exchanges import Server  # noqa: E402
from raw_client import RawClient  # noqa: E402
from running_agent import RunningAgent  # noqa: E402
from running_sandbox import RunningSandbox  # noqa: E402
from spawning import begin_as_usual  # noqa: E402

begin_as_usual()


def pytest_collection_modifyitems(config, items):
    shares.take(config, items)


@pytest.fixture(scope="session")
def build() -> Path:
    """The folder of the built programs: $BEDROCK_BUILD, or else .build/release."""
    folder = Path(os.environ.get("BEDROCK_BUILD") or Path(__file__).resolve().parents[2] / ".build" / "release")
    assert (folder / "bedrock-sandbox").exists(), f"no bedrock-sandbox in {folder}: swift build -c release"
    return folder.resolve()


@pytest.fixture(scope="session")
def aws_cli() -> Path:
    """The AWS CLI, version 2: pip's version 1 has no `sso login`."""
    assert AWS.exists(), f"{AWS} is missing: apt-get install awscli"
    assert said().startswith("aws-cli/2."), f"{AWS} is {said()}, not version 2: apt-get install awscli"
    return AWS


@pytest.fixture
def start_sandbox(build, tmp_path):
    """Starts sandboxes with the test's own options; they end with the test."""
    started = []

    def start(*options: str) -> RunningSandbox:
        sandbox = RunningSandbox(build / "bedrock-sandbox", tmp_path / f"sandbox-{len(started)}", *options)
        started.append(sandbox)
        return sandbox

    yield start
    for sandbox in started:
        if sandbox.process.poll() is None:
            assert sandbox.stop() == 0, sandbox.errors.read_text()


@pytest.fixture
def sandbox(start_sandbox) -> RunningSandbox:
    """A sandbox with the default options."""
    return start_sandbox()


@pytest.fixture
def home(tmp_path, sandbox) -> Home:
    """A home whose profiles sign in to the sandbox; see aws_home.py."""
    return Home(tmp_path / "home", sandbox.start_url)


@pytest.fixture
def raw(sandbox) -> RawClient:
    """A client of the sandbox with full control over its requests."""
    return RawClient(sandbox)


@pytest.fixture
def aws(aws_cli, home, sandbox):
    """Runs the AWS CLI in the home. `browser` is what the user does: "--deny", "--look", or nothing for Allow."""

    def run(*arguments: str, browser: tuple = (), check: bool = True, **environment: str):
        result = subprocess.run(
            [aws_cli, *arguments], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
            env=home.environment(sandbox.environment, {"BROWSER": sandbox.browser(*browser)}, **environment))
        if check:
            assert result.returncode == 0, f"aws {' '.join(arguments)}: {result.returncode}\n{result.stderr}"
        return result

    return run


@pytest.fixture
def setup(build, aws_cli, home, sandbox):
    """Runs `setup` with these arguments in front of a screen, and checks its exit status."""

    def run(*arguments: str, status: int = 0, **environment: str) -> subprocess.CompletedProcess:
        result = subprocess.run(
            [build / "bedrock-agent", "setup", *arguments], capture_output=True, text=True, timeout=60,
            stdin=subprocess.DEVNULL,
            env=home.environment(
                sandbox.environment, {"BROWSER": sandbox.browser(), "DISPLAY": ":0"}, **environment))
        assert result.returncode == status, result.stdout + result.stderr
        return result

    return run


@pytest.fixture
def python(home, sandbox):
    """Runs Python with boto3 in the home, in a separate process: botocore determines the home when it is imported."""

    def run(script: str, check: bool = True, **environment: str):
        result = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, timeout=60,
            env=home.environment(sandbox.environment, **environment))
        if check:
            assert result.returncode == 0, result.stderr
        return result

    return run


@pytest.fixture
def agent(build, home, sandbox):
    """An agent that guards the home's session: `agent.start()` starts its daemon."""
    assert (build / "bedrock-agent-net").exists(), f"no bedrock-agent-net in {build}: swift build -c release"
    agent = RunningAgent(build, home, sandbox)
    yield agent
    agent.end()


@pytest.fixture
def signed_in(home, raw) -> Home:
    """The home with a token for its sso-session."""
    home.sign_in(raw)
    return home


@pytest.fixture
def serve():
    """Starts HTTP servers whose responses the test defines; they end with the test."""
    servers = []

    def start(answer, certificate=None) -> Server:
        servers.append(Server(answer, certificate))
        return servers[-1]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
