"""What `setup` shows before it changes anything is what the README shows of it."""

from pathlib import Path

from pty_terminal import ESC
from user_manager import user_manager
from walking import HOOKS, NEWEST, NO

README = (Path(__file__).resolve().parents[3] / "README.md").read_text()


def test_it_looks_as_in_the_readme(walk, home, raw):
    home.config.write_text(home.config.read_text().replace("[profile work-dev]", "[profile work]"))
    home.sign_in(raw)
    with user_manager() as manager:
        terminal = walk("--profile", "work", "--region", "us-west-2", "--model", NEWEST, "--coalesce", "--no-status-line",
                        columns=250, lines=80, **manager)
        terminal.wait_for(HOOKS)
        terminal.press(*NO)
        terminal.wait_for("Apply?", "Leave everything as it is")
        # Of the variables that only a test exports.
        rows = [row for row in terminal.rows() if not row.startswith("also         kept for the daemon")]
        terminal.press(ESC)
        terminal.end()
    sample = README[README.index("\nProfile      work\n"):]
    for part in sample[:sample.index("\n```")].replace("/home/dev", str(home.path)).split("\n…\n"):
        lines = part.strip("\n").split("\n")
        assert any(rows[at:at + len(lines)] == lines for at in range(len(rows))), "\n".join([*lines, "is not in:", *rows])
