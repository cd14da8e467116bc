"""A browser that counts its tabs, and the person in front of it."""

from pathlib import Path

from programs import write_program
from waiting import eventually


class Tabs:
    """What was opened in the browser. Nothing is pressed by itself: the test is the person."""

    def __init__(self, path: Path, sandbox):
        self.sandbox = sandbox
        self.file = path / "tabs"
        self.followed: list[str] = []
        # A browser runs already and takes the page over, so that the tab outlives who opened it.
        program = write_program(path / "browser", f'echo "$1" >> {self.file}')
        # For $BROWSER.
        self.command = f"{program} %s"

    def opened(self) -> list[str]:
        """The pages, in their order."""
        return self.file.read_text().splitlines() if self.file.exists() else []

    def wait_for(self, number: int, seconds: float = 60):
        eventually(lambda: len(self.opened()) >= number, f"{number} tabs", seconds)

    def unanswered(self) -> list[str]:
        return self.opened()[len(self.followed):]

    def allow(self, *flags: str):
        """Follows each page that is still to be answered, and presses Allow there, or what the flags say (`--deny`)."""
        for page in self.unanswered():
            self.followed.append(page)
            self.sandbox.open_in_browser(page, *flags)
