"""Commands that ask for confirmation: the same menu everywhere, and nothing is changed without a yes."""

import json

import pytest

from place import Place
from pty_terminal import CTRL_C, DOWN, ENTER, ESC, Terminal

COMMANDS = {
    "reset": (["reset"], "Undo all of this?", "> Undo"),
    "migrate": (["migrate", "--profile", "old-profile", "--no-login"], "Apply?", "> Apply"),
    "approve": (["approve"], "Allow the agent to run it when a sign-in is needed?", "> Approve"),
    "repair": (["setup", "--repair"], "Restore them?", "> Restore"),
}


@pytest.fixture
def place(build, tmp_path) -> Place:
    return Place(build, tmp_path)


def prepare(place, command: str):
    """Makes sure that there is something to confirm."""
    place.setup()
    settings = json.loads(place.settings.read_text())
    if command == "approve":
        settings["awsAuthRefresh"] += " --no-browser"
    if command == "repair":
        del settings["env"]["AWS_PROFILE"]
    place.settings.write_text(json.dumps(settings))


def everything(place) -> dict:
    """Every file, including the agent's own records."""
    return {**place.everything(), **{path: path.read_bytes() for path in place.state.rglob("*") if path.is_file()}}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("keys", [(DOWN, ENTER), (ESC,), (CTRL_C,)], ids=["no", "Esc", "Ctrl-C"])
def test_nothing_is_changed_without_a_yes(place, command, keys):
    prepare(place, command)
    before = everything(place)
    arguments, question, yes = COMMANDS[command]
    environment = place.home.environment(PATH=f"{place.tools}:/usr/bin:/bin")
    terminal = Terminal([place.program, *arguments], environment)
    try:
        terminal.wait_for(question, yes, "Leave everything as it is", "Enter selects, Esc cancels")
        terminal.press(*keys)
        terminal.wait_for("Nothing was changed.")
        assert terminal.wait() == 130
    finally:
        terminal.end()
    assert "^[" not in terminal.text()
    assert everything(place) == before


@pytest.mark.parametrize("command", COMMANDS)
def test_enter_goes_ahead(place, command):
    prepare(place, command)
    before = everything(place)
    arguments, question, yes = COMMANDS[command]
    environment = place.home.environment(PATH=f"{place.tools}:/usr/bin:/bin")
    terminal = Terminal([place.program, *arguments], environment)
    try:
        terminal.wait_for(question, yes)
        terminal.press(ENTER)
        assert terminal.wait() == 0, terminal.text()
    finally:
        terminal.end()
    assert everything(place) != before


@pytest.mark.parametrize("command", COMMANDS)
def test_without_a_terminal_it_names_the_flag(place, command):
    prepare(place, command)
    before = everything(place)
    result = place.run(*COMMANDS[command][0], status=1)
    assert "pass --yes" in result.stderr
    assert everything(place) == before
