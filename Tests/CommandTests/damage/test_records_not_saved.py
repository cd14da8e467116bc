"""The agent's records cannot be written. What cannot be recorded would begin again with each start: it does not start by
itself, that is said, and a person can still sign in."""

import hashlib
import json

import pytest

from claude_settings import approve, settings
from failing_calls import failing
from running_daemon import RunningDaemon
from varlink_client import VarlinkRefused
from waiting import eventually


class Home:
    """Its session has ended; each sign-in is counted, and fails."""

    def __init__(self, place, tmp_path):
        self.place = place
        self.runs = tmp_path / "runs"
        self.trace = tmp_path / "trace"
        self.use(f"echo run >> {self.runs}; exit 1")
        place.write_token(hours=-1, refreshToken=None)

    def use(self, command: str):
        self.place.settings.write_text(json.dumps(settings(command)))
        approve(self.place.path, command)

    def daemon(self, error: str, when: str = "1+") -> RunningDaemon:
        """That cannot replace its state so often."""
        program = failing(self.place.program, "rename", error, when, self.trace)
        daemon = RunningDaemon(program, self.place.variables(DISPLAY=":0"), self.place.runtime, self.place.errors)
        daemon.start()
        return daemon

    def sign_ins(self) -> int:
        return len(self.runs.read_text().splitlines()) if self.runs.exists() else 0


@pytest.fixture
def ended(place, tmp_path):
    return Home(place, tmp_path)


def unsaved(status: dict) -> dict | None:
    return next((finding for finding in status["findings"] if finding["code"] == "state-not-saved"), None)


@pytest.mark.parametrize(("error", "words"), [
    ("EACCES", "Permission denied"), ("EROFS", "read-only"), ("ENOSPC", "free some space"),
    ("EIO", "Input/output error")])
def test_nothing_starts_by_itself(ended, error, words):
    for _ in range(8 if error == "EACCES" else 2):
        daemon = ended.daemon(error)
        finding = eventually(lambda: unsaved(daemon.status()), "it says that it cannot record")
        assert words in finding["message"] and "state.json" in finding["message"]
        assert "bedrock-agent login" in finding["fix"]
        status = daemon.status()
        assert status["condition"] == "sign-in-needed"
        needed = next(f for f in status["findings"] if f["code"] == "sign-in-needed")
        assert "records" in needed["message"] and "bedrock-agent login" in needed["fix"]
        # On request it runs: that one is not repeated by itself.
        if error != "EACCES":
            before = ended.sign_ins()
            with pytest.raises(VarlinkRefused):
                daemon.control("SignIn", session="corp")
            assert ended.sign_ins() == before + 1
        assert daemon.stop() == 0
    assert error != "EACCES" or ended.sign_ins() == 0


def test_it_starts_once_it_can_be_recorded(ended):
    ended.place.own_config.parent.mkdir(parents=True)
    ended.place.own_config.write_text('{"refreshAhead": "20s"}')
    daemon = ended.daemon("ENOSPC", when="1..3")
    eventually(lambda: ended.sign_ins() == 1, "it signs in when there is room again")
    assert eventually(lambda: not unsaved(daemon.status()), "it says no more that it cannot record")
    assert daemon.stop() == 0
    assert "cannot" in daemon.journal()
    record = json.loads((ended.place.state / "state.json").read_text())
    assert len(record["automaticSignIns"]) == 1 and record["sessions"]["corp"]["failedSignIns"] == 1


def test_login_by_the_daemon_does_not_wait_for_itself(agent, home):
    """It is the daemon's own sign-in, and no record says so."""
    agent.use(command=f"{agent.program} login --profile work-dev")
    agent.start()
    agent.stop()
    program, agent.program = agent.program, failing(
        agent.program, "rename", "EROFS", "1+", home.path / "trace")
    agent.start()
    agent.program = program
    assert agent.control("SignIn", session="corp")["state"] == "healthy"
    assert agent.session()["condition"] == "healthy"


def test_login_in_a_terminal(agent, home):
    """Not even the lock can be had."""
    agent.use()
    locks = agent.state / "locks"
    locks.mkdir(exist_ok=True)
    lock = locks / f"sign-in-{hashlib.sha1(b'corp').hexdigest()}.lock"
    program, agent.program = agent.program, failing(agent.program, "openat", "EROFS", "1+", home.path / "trace", lock)
    result = agent.run("login")
    agent.program = program
    assert "signed in to corp" in result.stdout and "read-only" in result.stdout + result.stderr
