"""Going back in `setup` at a terminal: to any question, from any other, and what was answered is still there."""

import shutil

import pytest

from pty_terminal import BACKSPACE, CTRL_C, DELETE, DOWN, END, ENTER, ESC, HOME, LEFT, UP
from walking import HOOKS, NEWEST, NO, STATUS_LINE, files

# Each question of the longest way, and what answers it.
STEPS = [
    ("Which profile should", ("new", ENTER)), ("Start URL", ("{start_url}", ENTER)), ("Identity Center in?", (ENTER,)),
    ("Which account?", (ENTER,)), ("Which role?", ("Dev", ENTER)), ("Profile name", (ENTER,)),
    ("use Bedrock in?", (ENTER,)), ("Which model?", (ENTER,)), ("How should", (ENTER,)), (STATUS_LINE, NO),
    (HOOKS, NO), ("Apply?", (ENTER,)),
]


def answer(terminal, home, steps):
    for question, keys in steps:
        terminal.wait_for_next(question)
        terminal.press(*(key.format(start_url=home.start_url) for key in keys))


@pytest.mark.parametrize("stop", range(1, len(STEPS)))
def test_all_the_way_back_and_forth(walk, home, sandbox, stop):
    """From this question back to the first, then on by Enter alone: it is answered as before, and signed in to once."""
    terminal = walk("--no-enable")
    answer(terminal, home, STEPS[:stop])
    terminal.wait_for_next(STEPS[stop][0])
    for question, _ in reversed(STEPS[:stop]):
        terminal.press(ESC)
        terminal.wait_for_next(question)
    # What was answered is selected.
    for question, _ in STEPS[1:stop + 1]:
        terminal.press(ENTER)
        terminal.wait_for_next(question)
    answer(terminal, home, [(STEPS[stop][0], STEPS[stop][1])] if stop == len(STEPS) - 1 else [])
    if stop < len(STEPS) - 1:
        terminal.press(*(key.format(start_url=home.start_url) for key in STEPS[stop][1]))
        answer(terminal, home, STEPS[stop + 1:])
    assert terminal.wait() == 0, terminal.text()
    assert "[profile Dev-123456789012]" in home.config.read_text()
    assert home.claude_settings()["env"] == {
        "CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "Dev-123456789012", "AWS_REGION": "us-west-2",
        "ANTHROPIC_MODEL": NEWEST}
    assert not {"statusLine", "hooks"} & home.claude_settings().keys()
    assert sandbox.prompts() == 1


def test_the_same_files_as_the_straight_way(walk, home):
    config = home.config.read_bytes()

    def written():
        found = {name: content for name, content in files(home).items() if "sso/cache" not in name}
        for folder in (".claude", ".aws", ".local"):
            shutil.rmtree(home.path / folder)
        home.config.parent.mkdir()
        home.config.write_bytes(config)
        return found

    terminal = walk("--no-enable")
    answer(terminal, home, STEPS)
    assert terminal.wait() == 0, terminal.text()
    straight = written()
    terminal = walk("--no-enable")
    answer(terminal, home, STEPS[:6])
    terminal.wait_for_next("use Bedrock in?")
    # Another account and its role, and back to the first.
    for question in ("Profile name", "Which role?", "Which account?"):
        terminal.press(ESC)
        terminal.wait_for_next(question)
    terminal.press(DOWN, ENTER)
    terminal.wait_for_next("Which role?" if "Which role?" in terminal.text() else "Profile name")
    terminal.press(ESC)
    terminal.wait_for_next("Which account?")
    terminal.press(UP, ENTER)
    answer(terminal, home, STEPS[4:])
    assert terminal.wait() == 0, terminal.text()
    assert written() == straight


def test_back_from_the_summary(walk, home, raw):
    home.sign_in(raw)
    terminal = walk("--profile", "work-dev", "--no-enable")
    answer(terminal, home, [("use Bedrock in?", (ENTER,)), ("Which model?", (ENTER,)), ("How should", (ENTER,)),
                            (STATUS_LINE, NO), (HOOKS, NO)])
    terminal.wait_for_next("Apply?", "Go back")
    terminal.press(DOWN, ENTER)
    for question in (HOOKS, STATUS_LINE):
        terminal.wait_for_next(question, "> No")
        terminal.press(ESC)
    terminal.wait_for_next("How should")
    terminal.press(DOWN, ENTER)
    for question in (STATUS_LINE, HOOKS):
        terminal.wait_for_next(question)
        terminal.press(ENTER)
    terminal.wait_for_next('"awsAuthRefresh": "aws sso login --profile work-dev"', "Apply?")
    terminal.press(ENTER)
    assert terminal.wait() == 0
    assert home.claude_settings()["awsAuthRefresh"] == "aws sso login --profile work-dev"


def test_by_a_dumb_terminal(walk, home, raw):
    home.sign_in(raw)
    terminal = walk("--profile", "work-dev", "--no-enable", term="dumb")
    terminal.wait_for("use Bedrock in?")
    terminal.type("2")
    terminal.wait_for_next("Which model?", "(< goes back)")
    terminal.type("<")
    terminal.wait_for_next("use Bedrock in?", "Number [2]")
    terminal.type("1")
    terminal.wait_for_next("Which model? (us-west-2)")
    terminal.press(CTRL_C)
    assert terminal.wait() == 130


# A start URL that is typed


def test_help_where_a_start_url_is_asked_for(walk, nothing):
    terminal = walk("--no-enable")
    terminal.wait_for("? shows help", "Start URL")
    terminal.type("?")
    assert "AWS access portal URL" in " ".join(terminal.wait_for_next("console").split())
    terminal.type(nothing.start_url)
    terminal.wait_for("Which region is your Identity Center in?")
    terminal.press("?")
    assert "SSO Region" in " ".join(terminal.wait_for_next("Settings").split())
    terminal.wait_for("> us-east-1")
    terminal.press(CTRL_C)
    assert terminal.wait() == 130


def test_what_was_typed_can_be_edited_and_is_kept(walk, nothing):
    terminal = walk("--no-enable")
    terminal.wait_for("Start URL:")
    terminal.type("corp portal.awsapps.com/start")
    terminal.wait_for("contains spaces")
    # From where one sees the fault: `corp |portal`.
    terminal.press(HOME, *["\x1b[C"] * 5, BACKSPACE, "-", END, "!", LEFT, DELETE)
    terminal.wait_for_next("corp-portal.awsapps.com/start")
    terminal.press(ENTER)
    # Without its scheme, https is meant.
    terminal.wait_for_next("Which region is your Identity Center in?")
    terminal.press(ESC)
    terminal.wait_for_next("corp-portal.awsapps.com/start")
    terminal.press(CTRL_C)
    assert terminal.wait() == 130


def test_a_wrong_region_is_corrected_where_the_service_refuses(walk, nothing, sandbox):
    home = nothing
    sandbox.fault("RegisterClient", "error", error="invalid_request", description="Invalid issuer URL", status=400,
                  times=-1)
    terminal = walk("--no-enable")
    terminal.wait_for("Start URL:")
    terminal.type("https://nobody.awsapps.com/start")
    terminal.wait_for_next("Identity Center in?")
    terminal.press("eu-west-1", ENTER)
    terminal.wait_for_next("Invalid issuer URL", "Sign in?", "> Try again", "Correct the start URL or its region")
    sandbox.clear_faults()
    terminal.press(DOWN, ENTER)
    terminal.wait_for_next("Start URL", "https://nobody.awsapps.com/start")
    terminal.press("\x15")
    terminal.type(home.start_url)
    terminal.wait_for_next("Identity Center in?", "> eu-west-1")
    terminal.press("us-east-1", ENTER)
    terminal.wait_for_next("signed in to sandbox", "Which account?")
    terminal.press(CTRL_C)
    assert terminal.wait() == 130 and not home.config.exists()


# Other sizes


@pytest.mark.parametrize("columns", [40, 60, 200])
def test_any_width(walk, home, raw, columns):
    home.sign_in(raw)
    with home.config.open("a") as config:
        config.write(f"\n[profile {'long-' * 20}name]\nsso_session = corp\nsso_account_id = 123456789012\n"
                     "sso_role_name = Dev\n")
    terminal = walk("--no-enable", columns=columns)
    shown = terminal.wait_for("Which profile", "work-dev", "legacy, e", "long-long")
    assert any(row.lstrip("> ").startswith("long-long") and "sso-" in row for row in shown.splitlines()), shown
    answer(terminal, home, [("Which profile", (ENTER,)), ("use Bedrock in?", (ENTER,)), ("Which model?", (ENTER,)),
                            ("How should", (ENTER,)), (STATUS_LINE, NO), (HOOKS, NO),
                            ("Apply?", (ENTER,))])
    assert terminal.wait() == 0


def test_a_terminal_that_changes_its_size(walk, home, raw):
    home.sign_in(raw)
    terminal = walk("--no-enable")
    terminal.wait_for("Which profile", "> work-dev", "Esc cancels")
    for columns, lines in ((40, 10), (100, 30), (50, 24)):
        terminal.resize(columns, lines)
        terminal.wait_for_next("Which profile", "> work-dev", "Esc" if columns > 60 else "Enter")
        assert sum("Which profile" in row for row in terminal.screen.display) == 1
    terminal.press(DOWN, DOWN, DOWN, DOWN, ENTER)
    terminal.wait_for_next("Convert it")
    terminal.press(CTRL_C)
    assert terminal.wait() == 130
