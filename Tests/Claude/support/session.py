"""An interactive session of the real Claude Code, on a terminal of its own."""

import os
import threading
import time

from pty_terminal import CTRL_C, ENTER, ESC, Terminal  # noqa: F401: for the tests
from waiting import eventually

# In a shell, because a terminal begins its program where the tests run.
START = 'cd "$1" && shift && exec "$@"'
# Below the conversation as soon as it takes a question.
PROMPT = "❯"


class Session(Terminal):
    """Somebody is always there to read what it draws: a full terminal would hold the program up."""

    def __init__(self, scene, name: str, *arguments: str, **exported: str):
        self.lock = threading.Lock()
        self.debug = scene.claude.workplace / f"{name}.debug"
        super().__init__(
            ["/bin/sh", "-c", START, "sh", scene.folder.project, scene.claude.program, "--debug-file", self.debug,
             *arguments], {**scene.folder.environment(), **exported}, 100, 45, "xterm-256color")
        self.reader = threading.Thread(target=self.keep_reading, daemon=True)
        self.reader.start()

    @property
    def log(self) -> str:
        return self.debug.read_text() if self.debug.exists() else ""

    def keep_reading(self):
        while True:
            try:
                data = os.read(self.descriptor, 65536)
            except OSError:
                return
            if not data:
                return
            with self.lock:
                self.output += data
                self.stream.feed(data)

    def rows(self) -> list[str]:
        with self.lock:
            return super().rows()

    def _read(self, deadline: float) -> bool:
        """Waits a little; false at the end, or after the deadline."""
        time.sleep(0.05)
        return self.reader.is_alive() and time.monotonic() < deadline

    def begin(self) -> "Session":
        """Waits until it takes questions."""
        self.wait_for(PROMPT, "? for shortcuts")
        return self

    def say(self, words: str):
        """Types it and, once it is shown, sends it: keys that arrive together would be taken for pasted."""
        self.press(words)
        eventually(lambda: f"{PROMPT} {words}" in self.text().replace("\xa0", " "), f"{words} is typed:\n{self.text()}")
        self.press(ENTER)
