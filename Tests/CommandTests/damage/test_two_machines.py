"""One home that two machines share: two daemons with a runtime folder each, which cannot talk to each other."""

import json
import subprocess

import pytest

from claude_settings import approve, settings
from running_daemon import RunningDaemon, RuntimeFolder
from waiting import eventually, stays


class Machine:
    def __init__(self, place, errors):
        self.runtime = RuntimeFolder()
        environment = {**place.variables(DISPLAY=":0"), **self.runtime.environment}
        self.daemon = RunningDaemon(place.program, environment, self.runtime, errors)
        self.daemon.start()
        # A socket's file leads nowhere on another machine.
        (place.state / "control.sock").unlink(missing_ok=True)

    def session(self) -> dict:
        return self.daemon.status()["sessions"][0]

    def end(self):
        if self.daemon.process:
            self.daemon.stop()
        self.runtime.remove()


@pytest.fixture
def machines(place, tmp_path):
    """Both are up, and the session works."""
    place.runs = tmp_path / "runs"
    place.answer = tmp_path / "answer"
    command = f"echo run >> {place.runs}; until [ -e {place.answer} ]; do sleep 0.1; done; . {place.answer}"
    place.settings.write_text(json.dumps(settings(command)))
    approve(place.path, command)
    started = [Machine(place, tmp_path / f"errors-{number}") for number in range(2)]
    yield started
    place.answer.write_text("exit 1")
    for machine in started:
        machine.end()


def sign_ins(place) -> int:
    return len(place.runs.read_text().splitlines()) if place.runs.exists() else 0


def end_session(place):
    place.write_token(hours=-1, refreshToken=None)


def is_waiting(machine) -> bool:
    return "somebody is signing in already" in json.dumps(machine.daemon.status()["findings"])


@pytest.mark.parametrize("attempt", range(2))
def test_one_signs_in(place, machines, attempt):
    end_session(place)
    eventually(lambda: {is_waiting(machine) for machine in machines} == {True, False}, "one waits for the other")
    eventually(lambda: sign_ins(place) == 1, "one signs in")
    place.write_token(hours=8, accessToken="access-secret-2")
    place.answer.write_text("exit 0")
    for machine in machines:
        eventually(lambda: machine.session()["condition"] == "healthy", "both see it")
    assert sign_ins(place) == 1


def test_its_failure_counts_for_both(place, machines):
    end_session(place)
    eventually(lambda: {is_waiting(machine) for machine in machines} == {True, False}, "one waits for the other")
    waiting = next(machine for machine in machines if is_waiting(machine))
    place.answer.write_text("exit 1")
    eventually(lambda: "the last sign-in failed" in json.dumps(waiting.daemon.status()["findings"]), "both cool down")
    stays(lambda: sign_ins(place) == 1, "one sign-in")
    state = json.loads((place.state / "state.json").read_text())
    assert len(state["automaticSignIns"]) == 1 and state["sessions"]["corp"]["failedSignIns"] == 1


def test_neither_forgets_what_the_other_wrote(place, machines):
    """Each knows of another session's sign-ins."""
    end_session(place)
    eventually(lambda: sign_ins(place) == 1, "one signs in")
    signer = next(machine for machine in machines if not is_waiting(machine))
    other = next(machine for machine in machines if machine is not signer)
    assert other.daemon.stop() == 0
    state = json.loads((place.state / "state.json").read_text())
    assert state["running"]["session"] == "corp" and len(state["automaticSignIns"]) == 1


def test_a_login_waits_for_the_other_machine(place, machines):
    """Where no daemon runs: it would be a second tab."""
    for machine in machines[1:]:
        machine.end()
    end_session(place)
    eventually(lambda: sign_ins(place) == 1, "the other machine signs in")
    nowhere = RuntimeFolder()
    login = subprocess.Popen(
        [place.program, "login"], env={**place.variables(), **nowhere.environment}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        stays(lambda: login.poll() is None, "it waits")
        place.write_token(hours=8, accessToken="access-secret-2")
        out, errors = login.communicate(timeout=30)
        assert login.returncode == 0, out + errors
    finally:
        login.kill()
        nowhere.remove()
        machines.pop()
