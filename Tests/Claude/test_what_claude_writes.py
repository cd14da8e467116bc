"""What the real Claude Code writes into the settings is not damage; what is damage is told, and mended without loss."""

import json

import pytest

from folder import MODEL, settings
from scene import OURS
from waiting import eventually, stays
from writers import WRITERS, Config, Model, Permission, Theme

# What setup writes, and what the user had before.
BEDROCK = settings()
THEIRS = {"env": {"EDITOR": "ed", "ANTHROPIC_MODEL": "of-old"}, "spinnerTipsEnabled": False}


@pytest.fixture
def write(scene, request):
    """A way to write, before a daemon that guards what setup has written."""
    scene.folder.put(user=json.dumps(THEIRS, indent=2))
    scene.daemon.run("setup", "--profile", "work-dev", "--region", "us-west-2", "--model", MODEL, "--coalesce", "--yes",
                     "--no-login", "--no-enable")
    scene.daemon.start()
    scene.daemon.wait_until("healthy")
    writer = request.param(scene)
    writer.begin()
    yield writer
    writer.end()


def by(*writers):
    return pytest.mark.parametrize("write", writers, ids=lambda writer: writer.__name__.lower(), indirect=True)


def written(scene, writer, settings: dict):
    """Ours, theirs and Claude Code's are all there."""
    assert settings["env"] == {**THEIRS["env"], **BEDROCK} and settings["awsAuthRefresh"] == OURS
    assert settings["spinnerTipsEnabled"] is False and writer.has_written(settings)


def kept(scene):
    """The daemon has kept a copy of the settings as they are now, so that it has seen them."""
    text = scene.daemon.settings.read_text()
    copies = scene.daemon.state / "good"
    eventually(lambda: text in [file.read_text() for file in copies.glob("settings-*.json")], "a copy of it")


def without_the_switch(scene) -> dict:
    """As by an editor: Bedrock is gone from the settings."""
    settings = scene.settings()
    del settings["env"]["CLAUDE_CODE_USE_BEDROCK"]
    scene.folder.put(user=json.dumps(settings, indent=2))
    return settings


@by(*WRITERS)
def test_it_is_no_damage(scene, write):
    write.write()
    written(scene, write, scene.settings())
    kept(scene)
    status = scene.daemon.status()
    assert (status["condition"], status["findings"]) == ("healthy", [])
    assert "setup --repair" not in scene.daemon.journal()
    assert "nothing to repair" in scene.daemon.run("setup", "--repair", "--yes").stdout


@by(*WRITERS)
def test_damage_after_it_is_told_and_mended(scene, write):
    write.write()
    without_the_switch(scene)
    eventually(lambda: "settings-keys-gone" in scene.daemon.findings(), "the damage is told")
    scene.daemon.run("setup", "--repair", "--yes")
    written(scene, write, scene.settings())
    eventually(lambda: scene.daemon.findings() == [], "no finding")


@by(*WRITERS)
def test_reset_right_after_it(scene, write):
    write.write()
    scene.daemon.run("reset", "--yes")
    settings = scene.settings()
    assert settings["env"] == THEIRS["env"] and "awsAuthRefresh" not in settings
    assert settings["spinnerTipsEnabled"] is False and write.has_written(settings)
    assert not damages(scene), scene.daemon.status()["findings"]


def damages(scene) -> list[str]:
    return [code for code in scene.daemon.findings() if code.startswith("settings-")]


@by(Model, Config, Theme, Permission)
def test_a_session_writes_after_reset(scene, write):
    """It has our keys in its memory, and leaves them out all the same."""
    scene.daemon.run("reset", "--yes")
    write.write()
    settings = scene.settings()
    assert settings["env"] == THEIRS["env"] and "awsAuthRefresh" not in settings
    stays(lambda: not damages(scene), "no damage is told")


@by(Config)
def test_a_session_writes_after_damage(scene, write):
    """It does not bring back what is gone, and what it wrote is kept by the repair."""
    damaged = without_the_switch(scene)
    write.write()
    assert scene.settings()["env"] == damaged["env"]
    eventually(lambda: "settings-keys-gone" in scene.daemon.findings(), "the damage is told")
    scene.daemon.run("setup", "--repair", "--yes")
    written(scene, write, scene.settings())


@by(Config)
def test_a_session_writes_after_another_setup(scene, write):
    """What it began with does not come back."""
    scene.daemon.run("setup", "--profile", "placeless", "--region", "eu-west-1", "--yes", "--no-login", "--no-enable")
    after = scene.settings()
    assert after["env"]["AWS_PROFILE"] == "placeless"
    write.write()
    assert scene.settings() == {**after, **write.what}
    kept(scene)
    assert not damages(scene), scene.daemon.status()["findings"]
