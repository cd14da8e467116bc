"""The picture in README.md: a terminal in which somebody lives through a day with the agent, which takes seconds.

A bash runs the commands on a real pseudo-terminal, in a home of its own, against bedrock-sandbox; pyte renders what it
shows. Captions begin with #. Hours pass by making the token look older. `draw` calls this.
"""

import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import termios
from contextlib import ExitStack, contextmanager, suppress
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

import pyte

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "Tests" / "CommandTests" / "support"))

from aws_home import Home  # noqa: E402
from running_daemon import RuntimeFolder  # noqa: E402
from running_sandbox import RunningSandbox  # noqa: E402
from spawning import die_with_parent  # noqa: E402
from waiting import eventually  # noqa: E402

PICTURE = ROOT / "picture.svg"
COLUMNS, ROWS = 88, 60
MODEL = "global.anthropic.claude-opus-4-5-20251101-v1:0"
SETUP = f"bedrock-agent setup --profile work-dev --region us-west-2 --model {MODEL} --coalesce --no-enable --yes"


class Shell:
    """A bash on a pseudo-terminal, that is told what to run."""

    def __init__(self, environment: dict):
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self.stream = pyte.ByteStream(self.screen)
        self.shown, self.terminal = pty.openpty()
        termios.tcsetwinsize(self.terminal, (ROWS, COLUMNS))
        script, self.commands = os.pipe()
        self.process = subprocess.Popen(
            ["bash", f"/dev/fd/{script}"], stdin=self.terminal, stdout=self.terminal, stderr=self.terminal,
            pass_fds=[script], cwd=environment["HOME"], env={**environment, "TERM": "xterm"}, start_new_session=True,
            preexec_fn=die_with_parent)
        os.close(script)

    def caption(self, text: str):
        assert len(text) < COLUMNS - 2, f"too long: {text}"
        blank = "\n" if self.screen.cursor.y else ""
        os.write(self.terminal, f"{blank}\x1b[36m# {text}\x1b[0m\n".encode())

    def start(self, command: str):
        """Shows the command after a prompt, and lets it run. At its end it tells by the window's title."""
        os.write(self.terminal, f"\x1b[1;32m$\x1b[0m \x1b[1m{command}\x1b[0m\n".encode())
        os.write(self.commands, f"{command}\nprintf '\\033]2;done\\007'\n".encode())

    def wait(self):
        while self.screen.title != "done":
            ready = select.select([self.shown], [], [], 60)[0]
            assert ready, "it does not end:\n" + "\n".join(self.screen.display).rstrip()
            self.stream.feed(os.read(self.shown, 65536))
        self.screen.set_title("")

    def run(self, command: str):
        self.start(command)
        self.wait()

    def rows(self) -> list[list]:
        """The cells of each row that was used, without the blank ones at its end."""
        rows = [[self.screen.buffer[y][x] for x in range(COLUMNS)] for y in range(self.screen.cursor.y)]
        return [row[:max((x + 1 for x, cell in enumerate(row) if cell.data != " "), default=0)] for row in rows]

    def end(self):
        """Ends it with all that it started."""
        os.write(self.commands, b"kill $(jobs -p)\nwait\n")
        os.close(self.commands)
        try:
            self.process.wait(timeout=20)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            os.close(self.shown)
            os.close(self.terminal)


@contextmanager
def scene(build: Path):
    """A shell in a home that was set up for a sandbox."""
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="picture-")))
        runtime = RuntimeFolder()
        ending.callback(runtime.remove)
        sandbox = RunningSandbox(build / "bedrock-sandbox", folder / "sandbox")
        ending.callback(sandbox.stop)
        home = Home(folder / "home", "https://corp.awsapps.com/start")
        (folder / "bin").mkdir()
        (folder / "bin" / "bedrock-agent").symlink_to(build / "bedrock-agent")
        environment = home.environment(
            sandbox.environment, runtime.environment, PATH=f"{folder}/bin:/usr/bin:/bin", DISPLAY=":0",
            BEDROCK_AGENT_MANAGED_ROOT=str(folder))
        subprocess.run(
            SETUP.split(), env={**environment, "BROWSER": sandbox.browser()}, check=True, timeout=60,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        # From here on nobody presses Allow by itself: the browser only notes its tabs.
        sandbox.tabs.file.symlink_to(home.path / "browser-tabs")
        shell = Shell({**environment, "BROWSER": sandbox.tabs.command})
        ending.callback(shell.end)
        yield shell, home, sandbox, runtime


def story(build: Path) -> list[list]:
    """Lives through it; returns the rows of the screen."""
    with scene(build) as (shell, home, sandbox, runtime):
        log = home.path / "log"

        def logged(words: str):
            eventually(lambda: log.exists() and words in log.read_text(), f"the daemon says: {words}", 60)

        shell.caption("Set up once. Then a service keeps Claude Code's AWS session alive (here in a shell).")
        shell.run("bedrock-agent daemon 2> log &")
        logged("corp: healthy")
        home.age_token(left=600)
        logged("refreshed until")
        shell.caption("Before the access token expires, it is refreshed. Nobody has to do anything.")
        shell.run("cat log")
        shell.run("bedrock-agent status")

        shell.caption("An administrator ends the session. The daemon finds out, and opens one browser tab.")
        sandbox.revoke()
        # Otherwise no two refreshes within a minute.
        config = home.path / ".config" / "bedrock-agent" / "config.json"
        config.parent.mkdir(parents=True)
        config.write_text('{"refreshAhead": "20s"}')
        home.age_token(left=15)
        sandbox.tabs.wait_for(1)
        logged("signing-in, was healthy")
        shell.run("grep -A 2 refused log")
        shell.run("bedrock-agent status --line")

        shell.caption("Ten ask for a sign-in at once, as Claude Code sessions would. There is still one tab.")
        shell.start("for n in {1..10}; do bedrock-agent login & done | grep signed | sort | uniq -c")
        # Each has a connection to the daemon, which listens on one more.
        eventually(lambda: Path("/proc/net/unix").read_text().count(str(runtime.socket)) > 10, "ten wait", 60)
        sandbox.tabs.allow()
        shell.wait()
        shell.run("wc -l browser-tabs")
        shell.run("bedrock-agent status --line")
        return shell.rows()


def text(row: list) -> str:
    return "".join(cell.data for cell in row)


COLOURS = {"default": "#d1d7e0", "green": "#57ab5a", "cyan": "#6cb6ff", "red": "#f47067", "brown": "#daaa3f"}
WIDTH, HEIGHT, MARGIN, TOP = 8.45, 20, 20, 62
FONTS = "ui-monospace, SFMono-Regular, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"
DESCRIPTION = (
    "The daemon refreshes Claude Code's AWS session in the background, and status says that it is healthy. An "
    "administrator ends the session; the daemon notices and opens one sign-in page, which ten commands share that ask "
    "for a sign-in at the same time. Then all are signed in again.")


def drawn(row: list) -> str:
    """A row's text, each run of one look in an element of its own."""
    runs = []
    for (colour, bold), cells in groupby(row, lambda cell: (cell.fg, cell.bold)):
        look = f' fill="{COLOURS[colour]}"' if colour != "default" else ""
        look += ' font-weight="bold"' if bold else ""
        words = escape(text(list(cells)))
        runs.append(f"<tspan{look}>{words}</tspan>" if look else words)
    return "".join(runs)


def svg(rows: list[list]) -> str:
    """A window with these rows."""
    width, height = round(COLUMNS * WIDTH + 2 * MARGIN), TOP + len(rows) * HEIGHT
    dots = "".join(f'<circle cx="{x}" cy="19" r="5.5" fill="{COLOURS[colour]}"/>'
                   for x, colour in ((22, "red"), (40, "brown"), (58, "green")))
    lines = "\n".join(f'<text class="row" x="{MARGIN}" y="{TOP + y * HEIGHT}">{drawn(row)}</text>'
                      for y, row in enumerate(rows) if row)
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"
  role="img" aria-labelledby="title desc">
<title id="title">bedrock-agent at work, in a terminal</title>
<desc id="desc">{escape(DESCRIPTION)}</desc>
<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="9" fill="#161b22" stroke="#545d68"/>
{dots}
<g xml:space="preserve" fill="{COLOURS["default"]}" font-size="14" font-family="{FONTS}">
{lines}
</g>
</svg>
"""


if __name__ == "__main__":
    built = Path(os.environ.get("BEDROCK_BUILD") or ROOT / ".build" / "release").resolve()
    PICTURE.write_text(svg(story(built)))
    print(f"{PICTURE}: {PICTURE.stat().st_size} bytes")
