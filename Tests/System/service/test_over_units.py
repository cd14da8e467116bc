"""The tests of the agent with child processes, and of logins that wait for it, also pass with transient units."""

import os
import shutil
import site
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[2] / "CommandTests"
HANGS = "login/test_login_hangs.py::test_"
# One after the other in each, since two agents of one user would find each other's units.
PARTS = [
    ["agent/test_agent_sign_in.py"],
    ["agent/test_agent_faults.py"],
    ["agent/test_agent_refresh.py", "agent/test_agent_legacy.py",
     f"{HANGS}a_daemon_that_no_longer_answers_while_it_signs_in", f"{HANGS}its_sign_in_comes_to_nothing"]]


@pytest.fixture
def folder(machine, build) -> str:
    """The tests, the programs, and a Python with the required modules, for everybody in the machine."""
    files = machine.files / "srv/tests"
    without_caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(TESTS, files / "CommandTests", ignore=without_caches)
    machine.root("/usr/bin/python3", "-m", "venv", "--without-pip", "/srv/tests/venv")
    (packages,) = (files / "venv/lib").glob("python3*/site-packages")
    shutil.copytree(site.getsitepackages()[0], packages, ignore=without_caches, dirs_exist_ok=True)
    (files / "build").mkdir()
    for program in ("bedrock-agent", "bedrock-agent-net", "bedrock-sandbox"):
        shutil.copy(build / program, files / "build")
    return "/srv/tests"


@pytest.fixture
def people(machine) -> list[tuple]:
    """A user for each part, with it. A run of everything takes one of them: CommandTests/support/shares.py."""
    number = os.environ.get("BEDROCK_SHARE")
    people = [(machine.add_user(), part) for part in ([PARTS[int(number) % len(PARTS)]] if number else PARTS)]
    yield people
    for person, _ in people:
        person.remove()


def test_the_agents_tests_pass(people, folder):
    runs = [
        person.start(
            f"{folder}/venv/bin/python", "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist",
            *(f"{folder}/CommandTests/{file}" for file in part),
            BEDROCK_AS_SERVICE="1", BEDROCK_BUILD=f"{folder}/build")
        for person, part in people]
    for run in runs:
        said, _ = run.communicate(timeout=600)
        print(said[-20000:])
        assert run.returncode == 0
        assert " passed" in said
