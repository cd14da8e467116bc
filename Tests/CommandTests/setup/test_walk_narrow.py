"""`setup` at a terminal of 40 columns and 24 lines: what is selected, and what one can do, is shown whole and once."""

import pytest

from claude_settings import write_settings
from pty_terminal import CTRL_C, DOWN, END, ENTER, HOME, UP
from walking import NEWEST

LONG = "a-very-long-" * 7 + "name"
LEAVE = "Enter selects, Esc goes back, Ctrl-C cancels"
REGIONS = "type to filter 19; " + LEAVE
# Each question, the key that selects, the row that is selected then, and what stands below.
STEPS = [
    ("Which profile should Claude Code use?", END, "A new profile, from a start URL", "Enter selects, Esc cancels"),
    ("Start URL", None, None, None),
    ("Which region is your Identity Center in?", HOME, "us-east-1 N. Virginia from your AWS config",
     "? shows help; " + REGIONS),
    ("Which account?", HOME, "Development 123456789012 development@example.com", LEAVE),
    ("Which role?", DOWN, "Dev", LEAVE),
    ("Profile name", None, None, None),
    ("Which region do you use Bedrock in?", HOME, "us-west-2 Oregon recommended: it has the most models", REGIONS),
    ("Which model? (us-west-2)", HOME, f"{NEWEST} Claude Opus 4.5", LEAVE),
    ("How should Claude Code sign in?", HOME, "bedrock-agent login --profile Dev-123456789012 recommended: one browser tab "
     "for all its sessions", LEAVE),
    ("Show the session's state in Claude Code's status line?", HOME, "Yes such as: work-dev ok", LEAVE),
    ("Say in Claude Code when to sign in?", HOME, "Yes one sentence at its start, and when credentials fail", LEAVE),
    ("Apply?", HOME, "Apply", LEAVE),
]


def together(text: str) -> str:
    """Where lines are broken says nothing."""
    return "".join(text.split())


def menu(terminal, question: str) -> list[str]:
    """The rows of the screen from the question on, which is there once."""
    rows = [row.rstrip() for row in terminal.screen.display]
    assert together("".join(rows)).count(together(question)) == 1, terminal.text()
    start = max(number for number, row in enumerate(rows) if row and together(question).startswith(together(row)))
    return [row for row in rows[start:] if row]


def shows(terminal, question: str, row: str, hint: str):
    rows = menu(terminal, question)
    mark, = [number for number, text in enumerate(rows) if text.startswith("> ")]
    end = next(number for number in range(mark + 1, len(rows)) if not rows[number].startswith("    "))
    assert together("".join(rows[mark:end])) == together(f"> {row}"), terminal.text()
    assert together("".join(rows)).endswith(together(hint)), terminal.text()
    # Nothing else is cut by the terminal itself, or there twice.
    assert len(rows) == len(set(rows)) and all(len(text) < terminal.screen.columns for text in rows), terminal.text()


def press(terminal, key: str):
    """And waits until the menu is drawn again."""
    terminal.press(key)
    terminal.wait_for_next("cancels")


def test_every_menu(walk, home):
    terminal = walk("--no-enable", columns=40)
    for question, key, row, hint in STEPS:
        terminal.wait_for_next(" ".join(question.split()[:3]), *(["cancels"] if key else []))
        if key:
            press(terminal, key)
            shows(terminal, question, row, hint)
            before = menu(terminal, question)
            for other in ((UP, DOWN) if key == END else (DOWN, UP)):
                press(terminal, other)
            assert menu(terminal, question) == before, terminal.text()
            for columns in (80, 40):
                terminal.resize(columns, 24)
                terminal.wait_for_next("cancels")
                shows(terminal, question, row, hint)
            assert menu(terminal, question) == before, terminal.text()
        terminal.press(*([home.start_url] if question == "Start URL" else []), ENTER)
    assert terminal.wait() == 0, terminal.text()


def test_a_long_profile_name(walk, home, raw):
    home.sign_in(raw)
    with home.config.open("a") as config:
        config.write(f"\n[profile {LONG}]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Dev\n")
    question, hint = "Which profile should Claude Code use?", "Enter selects, Esc cancels"
    terminal = walk("--no-enable", columns=40)
    terminal.wait_for_next("Which profile", "cancels")
    before = menu(terminal, question)
    press(terminal, END)
    press(terminal, UP)
    for columns in (80, 40):
        shows(terminal, question, f"{LONG} sso-session corp 123456789012 Dev", hint)
        terminal.resize(columns, 24)
        terminal.wait_for_next("cancels")
    for _ in range(6):
        press(terminal, UP)
    shows(terminal, question, "work-dev sso-session corp 123456789012 Dev", hint)
    assert menu(terminal, question) == before
    press(terminal, "a-very")
    terminal.wait_for_next('matching "a-very"')
    shows(terminal, question, f"{LONG} sso-session corp 123456789012 Dev", f'matching "a-very"; {hint}')
    terminal.press(ENTER)
    for question in ("Which region", "Which model?", "How should", "Show the session's", "Say in Claude"):
        terminal.wait_for_next(question, "cancels")
        terminal.press(ENTER)
    terminal.wait_for_next("Apply?", "cancels")
    added = [row[1:] for row in terminal.rows() if row.startswith("+")]
    shown = together("".join(added))
    for line in (f'"AWS_PROFILE": "{LONG}"', f'"ANTHROPIC_MODEL": "{NEWEST}"', '"command": "bedrock-agent status --line"',
                 f'"awsAuthRefresh": "bedrock-agent login --profile {LONG}"'):
        assert together(line) in shown.replace("…", ""), terminal.text()
    assert all(len(row) < 40 for row in added), terminal.text()
    terminal.press(CTRL_C)
    assert terminal.wait() == 130


@pytest.mark.parametrize("lines", [24, 12, 8])
def test_a_long_list_never_scrolls(walk, home, raw, lines):
    """However far one goes: what was on the screen before the menu is not drawn again."""
    home.sign_in(raw)
    terminal = walk("--profile", "work-dev", "--no-enable", columns=40, lines=lines)
    question = "Which region do you use Bedrock in?"
    terminal.wait_for_next("Which region", "cancels")
    for key in (*[DOWN] * 18, *[UP] * 18):
        press(terminal, key)
        rows = menu(terminal, question)
        assert len(rows) == len(set(rows)) and sum(row.startswith("> ") for row in rows) == 1, terminal.text()
    assert sum(question in row for row in terminal.rows()) == 1, terminal.text()
    shows(terminal, question, "us-west-2 Oregon the region of profile work-dev", "type to filter 19; " + LEAVE.replace(
        "Esc goes back, Ctrl-C cancels", "Esc cancels"))
    terminal.press(CTRL_C)
    assert terminal.wait() == 130


@pytest.mark.parametrize("columns", [40, 60])
def test_a_changed_line_is_shown_whole(walk, home, raw, columns):
    """As far as it is another one: the command that was there, and what comes."""
    home.sign_in(raw)
    write_settings(home.path, "bedrock-agent login --profile a-profile-of-another-time-that-is-gone")
    terminal = walk("--profile", "work-dev", "--region", "us-west-2", "--no-enable", columns=columns)
    terminal.wait_for_next("Which model?", "cancels")
    terminal.press(ENTER)
    terminal.wait_for_next("Show the session's", "cancels")
    terminal.press(HOME, ENTER)
    terminal.wait_for_next("Say in Claude", "cancels")
    terminal.press(END, ENTER)
    terminal.wait_for_next("Apply?", "cancels")
    rows = terminal.rows()
    added, removed = (together("".join(row[1:] for row in rows if row.startswith(mark))).replace("…", "") for mark in "+-")
    assert together('--profile work-dev", "statusLine"') in added, terminal.text()
    assert "a-profile-of-another-time-that-is-gone" in removed, terminal.text()
    assert together('"command": "bedrock-agent status --line"') in added, terminal.text()
    terminal.press(CTRL_C)
    assert terminal.wait() == 130
