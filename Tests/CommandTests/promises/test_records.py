"""What a release wrote down, each later one reads: an upgrade forgets nothing, and can be taken back.

`0.2.0` has the records of that release after `setup`, `migrate` and a refresh by its daemon, and what it made of the
user's files.
"""

import hashlib
from pathlib import Path

import pytest

RELEASES = sorted(path for path in Path(__file__).parent.iterdir() if (path / "state").is_dir())
SETTINGS_BEFORE = '{\n  "model": "opus", "env": {"FOO": "bar"},\n\t"awsAuthRefresh": "aws sso login --profile old"\n}\n'


def place(release: Path, agent, home) -> None:
    """Puts records and files where that release had them."""
    settings = str(agent.settings)
    # Its files are named by their settings file.
    name = hashlib.sha256(settings.encode()).hexdigest()[:12]
    for file in (path for path in (release / "state").rglob("*") if path.is_file()):
        there = agent.state / str(file.relative_to(release / "state")).replace("SETTINGS", name)
        there.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        there.write_text(file.read_text().replace("@HOME@", str(home.path)))
        there.chmod(0o600)
    agent.settings.parent.mkdir()
    agent.settings.write_text((release / "state/good/settings-SETTINGS.json").read_text())
    home.config.write_text((release / "config").read_text())


@pytest.fixture(params=RELEASES, ids=lambda path: path.name)
def upgraded(request, agent, home, raw):
    place(request.param, agent, home)
    home.sign_in(raw)
    return agent


def test_the_daemon_goes_on_as_before(upgraded):
    upgraded.start()
    status = upgraded.wait_until("healthy")
    assert status["claude"]["approved"] and status["claude"]["profile"] == "work-dev"
    session = status["sessions"][0]
    assert session["lastRefresh"] == {"at": "2026-11-27T02:13:49Z", "result": "ok"}
    assert [finding["code"] for finding in status["findings"]] == []


def test_reset_takes_back_what_that_release_changed(upgraded, home):
    before = next(upgraded.state.glob("backups/config.*")).read_text()
    upgraded.run("reset", "--yes")
    assert upgraded.settings.read_text() == SETTINGS_BEFORE
    assert home.config.read_text() == before
