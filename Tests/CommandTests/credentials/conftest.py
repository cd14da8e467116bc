import subprocess

import pytest


@pytest.fixture
def credentials(build, home, sandbox):
    """Runs `bedrock-agent credentials`, and checks its exit status."""

    def run(*arguments: str, status: int = 0, **environment: str) -> subprocess.CompletedProcess:
        result = subprocess.run(
            [build / "bedrock-agent", "credentials", *arguments], capture_output=True, text=True, timeout=60,
            stdin=subprocess.DEVNULL, env=home.environment(sandbox.environment, environment))
        assert result.returncode == status, result.stdout + result.stderr
        return result

    return run
