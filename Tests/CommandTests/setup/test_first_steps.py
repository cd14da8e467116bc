"""What a new user sees: errors for mistyped commands, and messages when nothing is set up."""

import pytest

from place import Place


@pytest.fixture
def place(build, tmp_path) -> Place:
    return Place(build, tmp_path)


@pytest.mark.parametrize("words, suggested", [
    (["statsu"], "status"), (["statsu", "--json"], "status"), (["help", "setpu"], "setup"), (["docter"], "doctor"),
    (["refresh"], "login"), (["diagnose"], "doctor"), (["repair", "--yes"], "setup --repair"), (["manage"], "setup")])
def test_a_misspelt_command_gets_the_nearest_suggested(place, words, suggested):
    result = place.run(*words, status=64)
    assert f"did you mean {suggested}?" in result.stderr and result.stdout == ""


def test_a_command_that_is_like_no_other_is_named(place):
    result = place.run("xylophone", status=64)
    assert "unknown command xylophone" in result.stderr and "did you mean" not in result.stderr


@pytest.mark.parametrize("words", [["--help"], ["help"], ["help", "status"], ["status", "--help"], ["--version"]])
def test_what_exists_is_not_refused(place, words):
    assert place.run(*words).stdout


def test_login_without_any_configuration_names_setup(place):
    place.home.config.unlink()
    result = place.run("login", status=1)
    assert "run bedrock-agent setup" in result.stderr


def test_login_with_a_misspelt_profile_names_the_nearest(place):
    result = place.run("login", "--profile", "work-dve", status=1)
    assert 'Did you mean "work-dev"?' in result.stderr


def test_a_profile_that_is_gone_names_those_that_are_there(place):
    result = place.run("login", "--profile", "gone-profile", status=1)
    assert 'no profile "gone-profile". Choose another one (work-dev, no-bedrock, ' in result.stderr
    assert ", …), or create it: bedrock-agent setup" in result.stderr and "Did you mean" not in result.stderr
