"""`bedrock-agent fleet`, over journals that systemd-journal-remote wrote."""

import json
import subprocess

import pytest


@pytest.fixture
def fleet(build, tmp_path):
    """Runs it on the test's folder of journals."""
    (tmp_path / "remote").mkdir()

    def run(*arguments: str, status: int = 0, **options) -> subprocess.CompletedProcess:
        result = subprocess.run(
            [build / "bedrock-agent", "fleet", "--directory", tmp_path / "remote", *arguments], capture_output=True,
            text=True, timeout=60, **options)
        assert result.returncode == status, result.stdout + result.stderr
        return result

    run.folder = tmp_path / "remote"
    run.json = lambda *arguments: json.loads(run("--json", *arguments).stdout)
    return run
