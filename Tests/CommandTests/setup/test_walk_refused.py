"""`setup` at a terminal where something is refused: nothing that was typed is lost, and nothing that works is taken away."""

import pytest

from pty_terminal import BACKSPACE, CTRL_C, DOWN, ENTER, ESC
from walking import HOOKS, STATUS_LINE, leave_extras


def to_the_accounts(terminal, home):
    terminal.wait_for("Which profile should")
    terminal.press("new", ENTER)
    terminal.wait_for_next("Start URL")
    terminal.type(home.start_url)
    terminal.wait_for_next("Identity Center in?")
    terminal.press(ENTER)


def test_accounts_that_are_not_listed(walk, home, sandbox):
    sandbox.fault("ListAccounts", "error", status=403, error="ForbiddenException", times=1)
    terminal = walk("--no-enable")
    to_the_accounts(terminal, home)
    terminal.wait_for_next("What now?", "> Try again", "Go back")
    terminal.press(ENTER)
    terminal.wait_for_next("Which account?")
    assert sandbox.prompts() == 1
    terminal.press(CTRL_C)
    assert terminal.wait() == 130


def test_an_account_without_roles(walk, nothing, start_sandbox):
    sandbox = start_sandbox("--account", "123456789012=Empty:", "--account", "210987654321=Full:Dev")
    terminal = walk("--no-enable", **sandbox.environment)
    terminal.wait_for("Start URL")
    terminal.type(nothing.start_url)
    terminal.wait_for_next("Identity Center in?")
    terminal.press(ENTER)
    terminal.wait_for_next("Which account?")
    terminal.press("Empty", ENTER)
    terminal.wait_for_next("no role of account 123456789012", "What now?")
    terminal.press(DOWN, ENTER)
    terminal.wait_for_next("Which account?")
    terminal.press("Full", ENTER)
    terminal.wait_for_next("Profile name")
    terminal.press(CTRL_C)
    assert terminal.wait() == 130


@pytest.mark.parametrize("scope", ["Yes", "No, then yes"])
def test_the_token_of_the_session_that_was_chosen_stays(walk, home, sandbox, scope):
    """The session is another one with its scope, but its token is in the same file."""
    terminal = walk("--no-enable", "--profile", "work-unscoped")
    terminal.wait_for("Add the scope?")
    if scope != "Yes":
        terminal.press(DOWN, ENTER)
        terminal.wait_for_next("use Bedrock in?")
        terminal.press(ENTER)
        terminal.wait_for_next("Which model?")
        for question in ("use Bedrock in?", "Add the scope?"):
            terminal.press(ESC)
            terminal.wait_for_next(question)
        terminal.press("Yes")
    terminal.press(ENTER)
    for question in ("use Bedrock in?", "Which model?", "How should", STATUS_LINE, HOOKS, "Apply?"):
        terminal.wait_for_next(question)
        terminal.press(ENTER)
    assert terminal.wait() == 0, terminal.text()
    assert home.token("unscoped")["refreshToken"]


def test_back_without_an_aws_cli(walk, home, raw, tmp_path):
    home.sign_in(raw)
    (tmp_path / "tools").mkdir()
    terminal = walk("--no-enable", PATH=str(tmp_path / "tools"))
    for question in ("Go on without", "Which profile", "use Bedrock in?"):
        terminal.wait_for_next(question)
        terminal.press(ENTER)
    terminal.wait_for_next("Which model?")
    terminal.press(ESC)
    terminal.wait_for_next("use Bedrock in?")
    terminal.press(CTRL_C)
    assert terminal.wait() == 130


def test_what_is_typed_ahead_applies_nothing(walk, home, raw, sandbox):
    home.sign_in(raw)
    sandbox.fault("ListInferenceProfiles", "delay", delay="2s")
    terminal = walk("--no-enable", "--profile", "work-dev", "--region", "us-west-2")
    terminal.wait_for("signed in to corp")
    terminal.press(*[ENTER] * 8)
    terminal.wait_for("Apply?")
    terminal.press(CTRL_C)
    assert terminal.wait() == 130 and not (home.path / ".claude").exists()


def test_a_filter_that_matches_nothing(walk, home, raw):
    home.sign_in(raw)
    terminal = walk("--no-enable")
    terminal.wait_for("Which profile", "> work-dev")
    terminal.press("x" * 100)
    terminal.wait_for_next("no match for")
    assert sum("Which profile" in row for row in terminal.rows()) == 1
    terminal.press(*[BACKSPACE] * 100)
    terminal.wait_for_next("> work-dev")
    terminal.press(ENTER)
    terminal.wait_for_next("use Bedrock in?")
    terminal.press(CTRL_C)
    assert terminal.wait() == 130


def test_a_resized_summary_is_shown_again(walk, home, raw):
    home.sign_in(raw)
    terminal = walk("--no-enable", "--profile", "work-dev", "--region", "us-west-2")
    for question in ("Which model?", "How should"):
        terminal.wait_for_next(question)
        terminal.press(ENTER)
    leave_extras(terminal)
    terminal.wait_for_next("Apply?")
    terminal.resize(100, 40)
    terminal.wait_for_next('"AWS_PROFILE": "work-dev"', "the agent may run", "Apply?")
    terminal.press(CTRL_C)
    assert terminal.wait() == 130


def test_a_dumb_terminal_may_change_its_size(walk, home, raw):
    home.sign_in(raw)
    terminal = walk("--no-enable", term="dumb")
    terminal.wait_for("Number [1]:")
    terminal.resize(100, 40)
    terminal.type("1")
    terminal.wait_for_next("use Bedrock in?")
    terminal.press(CTRL_C)
    assert terminal.wait() == 130


def test_two_escapes_at_once(walk, home, raw):
    home.sign_in(raw)
    terminal = walk("--no-enable")
    for question in ("Which profile", "use Bedrock in?", "Which model?"):
        terminal.wait_for_next(question)
        terminal.press(ENTER) if question != "Which model?" else terminal.press(ESC + ESC)
    terminal.wait_for_next("Which profile")
    terminal.press(CTRL_C)
    assert terminal.wait() == 130


def test_the_address_of_a_portal_as_a_browser_has_it(walk, nothing):
    terminal = walk("--no-enable")
    terminal.wait_for("Start URL")
    terminal.type(nothing.start_url + "/#/?tab=accounts")
    terminal.wait_for_next("Identity Center in?")
    terminal.press(ENTER)
    terminal.wait_for_next("Which account?")
    terminal.press(ENTER)
    terminal.wait_for_next("Which role?")
    terminal.press("Dev", ENTER)
    for question in ("Profile name", "use Bedrock in?", "Which model?", "How should"):
        terminal.wait_for_next(question)
        terminal.press(ENTER)
    leave_extras(terminal)
    assert f"+sso_start_url = {nothing.start_url}\n" in terminal.wait_for_next("Apply?")
    terminal.press(CTRL_C)
    assert terminal.wait() == 130
