"""Helpers for the tests of `setup` at a terminal."""

from pty_terminal import END, ENTER

NEWEST = "global.anthropic.claude-opus-4-5-20251101-v1:0"
STATUS_LINE = "status line?"
HOOKS = "when to sign in?"
# What answers either with No, the last row, whatever is selected.
NO = (END, ENTER)


def leave_extras(terminal):
    """Answers No to what Claude Code is to show, so that only the rest is written."""
    for question in (STATUS_LINE, HOOKS):
        terminal.wait_for_next(question)
        terminal.press(*NO)


def files(home) -> dict:
    """Every file in the home with its bytes, except our own records and what newer AWS CLIs always leave."""
    return {str(path.relative_to(home.path)): path.read_bytes() for path in sorted(home.path.rglob("*"))
            if path.is_file() and ".local/state/bedrock-agent" not in str(path) and path.name != "session.db"}
