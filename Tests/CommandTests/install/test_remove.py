"""systemd/remove: nothing is left of an installation but what its user wrote."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from place import MODEL, Place

SOURCES = Path(__file__).resolve().parents[3]


@pytest.fixture
def installed(build, tmp_path) -> Place:
    """Installed for this user as systemd/install does, and not set up yet."""
    place = Place(build, tmp_path)
    environment = {key: value for key, value in os.environ.items() if key != "XDG_DATA_HOME"}
    subprocess.run([SOURCES / "systemd" / "stage", build, place.home.path / ".local"], env=environment, check=True)
    return place


def remove(place: Place, *arguments: str, status: int = 0) -> str:
    run = subprocess.run(
        [SOURCES / "systemd" / "remove", *arguments], env=place.home.environment(PATH="/usr/bin:/bin"),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert run.returncode == status, run.stdout + run.stderr
    return run.stdout + run.stderr


def everything(place: Place) -> dict:
    return {str(path.relative_to(place.home.path)): path.read_bytes()
            for path in sorted(place.home.path.rglob("*")) if path.is_file()}


def test_all_is_as_before(build, tmp_path, installed):
    before = everything(Place(build, tmp_path / "other"))
    installed.setup()
    assert "Removed" in remove(installed, "--yes")
    assert everything(installed) == before


def live(place: Place):
    """Does all that leaves something somewhere: in the settings, the AWS configuration, and our own files."""
    place.setup("--no-enable", "--coalesce", "--status-line", "--hooks")
    for event in ("session-start", "stop-failure"):
        place.run("hook", event)
    place.run("migrate", "--profile", "old-profile", "--yes", "--no-login")
    place.run("use", "old-profile", "--yes", "--no-login")
    place.run("setup", "--guard", "no-bedrock", "--yes", "--no-login", "--no-enable")


def test_after_a_long_life_all_is_as_before(build, tmp_path, installed):
    before = everything(Place(build, tmp_path / "other"))
    live(installed)
    assert everything(installed).keys() > before.keys()
    remove(installed, "--yes")
    assert everything(installed) == before


@pytest.mark.parametrize("way", ["systemd/install --all-users", "the package"])
def test_the_command_of_the_readme_leaves_nothing_in_a_home(build, tmp_path, way):
    """Where root removes the program, each user has undone what it did for them."""
    place = Place(build, tmp_path)
    before = everything(place)
    live(place)
    readme = (SOURCES / "README.md").read_text()
    (row,) = re.findall(rf"^\| `?{way}`? \|(.*)\|$", readme, re.MULTILINE)
    place.tool("sudo", "exit 0")
    # At a terminal it asks.
    place.tool("bedrock-agent", f'exec {place.program} "$@" --yes')
    for command in re.findall("`([^`]+)`", row):
        subprocess.run(
            ["sh", "-c", command], env=place.home.environment(PATH=f"{place.tools}:/usr/bin:/bin"), check=True, timeout=60,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    assert everything(place) == before


def test_what_the_user_wrote_stays(installed):
    config = installed.home.path / ".config" / "bedrock-agent" / "config.json"
    config.parent.mkdir(parents=True)
    config.write_text('{"signIn": "ask"}')
    installed.setup()
    assert f"Yours, and kept: {config.parent}" in remove(installed, "--yes")
    assert config.read_text() == '{"signIn": "ask"}'


def test_nothing_is_removed_while_something_is_set_up(installed):
    """Another folder of Claude Code's would call a program that is gone."""
    installed.setup()
    other = installed.home.path / "other-claude"
    other.mkdir()
    installed.run("setup", "--profile", "work-dev", "--region", "us-west-2", "--model", MODEL, "--yes", "--no-login",
                  "--no-enable", CLAUDE_CONFIG_DIR=str(other))
    assert "something is left to undo" in remove(installed, "--yes", status=1)
    assert (installed.home.path / ".local" / "bin" / "bedrock-agent").exists()
    installed.run("reset", "--yes", CLAUDE_CONFIG_DIR=str(other))
    remove(installed, "--yes")


def test_without_an_installation(build, tmp_path):
    assert "nothing was installed" in remove(Place(build, tmp_path), status=1)
