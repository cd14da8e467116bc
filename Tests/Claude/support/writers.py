"""The ways in which the real Claude Code writes the user's settings, each done by hand in a session or a command."""

import json
import subprocess

from asking_model import AskingModel
from pty_terminal import DOWN, ENTER
from scene import Scene, trusted
from session import Session
from waiting import eventually


class Writer:
    """`what` is what the settings then have more, once it has written."""

    what: dict = {}

    def __init__(self, scene: Scene):
        self.scene = scene
        self.session: Session | None = None

    def begin(self):
        """What goes before, so that a session may run for long before it writes."""
        trusted(self.scene)
        self.session = Session(self.scene, type(self).__name__).begin()

    def write(self):
        """Writes, and waits until that is in the file."""
        self.do()
        eventually(lambda: self.has_written(self.scene.settings()), f"it writes {self.what}: {self.scene.settings()}")

    def do(self):
        """By keys."""

    def has_written(self, settings: dict) -> bool:
        return settings.items() >= self.what.items()

    def end(self):
        if self.session:
            self.session.end()


class Model(Writer):
    """`/model`: another one as the default."""

    what = {"model": "haiku"}

    def do(self):
        self.session.say("/model")
        self.session.wait_for("Enter to save")
        self.session.press(DOWN)
        self.session.wait_for("❯ 8. Haiku")
        self.session.press(ENTER)


class Config(Writer):
    """`/config`: the first that can be toggled and is kept in this file."""

    what = {"idleCompaction": False}

    def do(self):
        self.session.say("/config")
        self.session.wait_for("Search settings")
        self.session.press("Idle compaction")
        self.session.wait_for("⌕ Idle compaction")
        self.session.press(DOWN)
        self.session.wait_for("Space to toggle")
        self.session.press(" ")


class Theme(Writer):
    """`/theme`."""

    what = {"theme": "light"}

    def do(self):
        self.session.say("/theme")
        self.session.wait_for("Enter to select")
        self.session.press(DOWN)
        self.session.wait_for("❯   Light mode")
        self.session.press(ENTER)


class Permission(Writer):
    """`/permissions`: a rule for always, for the user."""

    what = {"permissions": {"allow": ["Bash(make:*)"]}}

    def do(self):
        self.session.say("/permissions")
        self.session.wait_for("Add a new rule")
        self.session.press(DOWN)
        self.session.wait_for("Enter to select")
        self.session.press(ENTER)
        self.session.wait_for("Add allow permission rule")
        self.session.press("Bash(make:*)")
        self.session.wait_for("Bash(make:*)")
        self.session.press(ENTER)
        self.session.wait_for("Where should this rule be saved?")
        self.session.press(DOWN)
        self.session.wait_for("❯ 2.")
        self.session.press(DOWN)
        self.session.wait_for("❯ 3. User settings")
        self.session.press(ENTER)

    def has_written(self, settings: dict) -> bool:
        return "Bash(make:*)" in settings.get("permissions", {}).get("allow", [])


class Always(Writer):
    """A command that the model wants to run, allowed for always. Begun in the user's home, that is written beside the
    user's settings."""

    def begin(self):
        self.model = AskingModel("make --version")
        self.scene.folder.export(ANTHROPIC_BEDROCK_BASE_URL=self.model.url)
        self.scene.folder.project = self.scene.folder.home.path
        super().begin()

    def do(self):
        self.session.say("please")
        self.session.wait_for("2. Yes, and don’t ask again for: make *")
        # It takes no answer right after the question, lest somebody was just typing.
        eventually(self.answered, "the question is answered", every=0.5)

    def answered(self) -> bool:
        text = self.session.text()
        if "Do you want to proceed?" in text:
            self.session.press(ENTER if "❯ 2." in text else DOWN)
        return "Done." in text

    def has_written(self, settings: dict) -> bool:
        local = self.scene.daemon.settings.with_name("settings.local.json")
        return local.exists() and json.loads(local.read_text()) == {"permissions": {"allow": ["Bash(make *)"]}}

    def end(self):
        super().end()
        self.model.end()


class Onboarding(Writer):
    """The first start: the questions before a session."""

    what = {"theme": "auto"}

    def begin(self):
        self.session = Session(self.scene, "onboarding")
        self.session.wait_for("Choose the text style")

    def do(self):
        self.session.press(ENTER)
        self.session.wait_for("Press Enter to continue")
        self.session.press(ENTER)
        self.session.wait_for("Yes, I trust this folder")
        # It is drawn anew when the settings change, and then begins at "No" again.
        eventually(self.trusts, "the folder is trusted", every=0.3)

    def trusts(self) -> bool:
        text = self.session.text()
        if "Accessing workspace" in text:
            self.session.press(ENTER if "❯ Yes, I trust" in text else DOWN)
        return "? for shortcuts" in text


class Plugin(Writer):
    """`claude plugin`: one from a folder is enabled."""

    what = {"enabledPlugins": {"tidy@shelf": True}}

    def begin(self):
        shelf = self.scene.folder.home.path / "shelf"
        tidy = {"name": "tidy", "description": "Tidies up.", "version": "1.0.0"}
        self.scene.folder.write(shelf / "tidy" / ".claude-plugin" / "plugin.json", tidy)
        self.scene.folder.write(shelf / ".claude-plugin" / "marketplace.json", {
            "name": "shelf", "owner": {"name": "somebody"}, "plugins": [{**tidy, "source": "./tidy"}]})
        self.run("marketplace", "add", shelf)

    def do(self):
        self.run("install", "tidy@shelf")

    def run(self, *arguments):
        subprocess.run(
            [self.scene.claude.program, "plugin", *arguments], env=self.scene.folder.environment(), check=True,
            cwd=self.scene.folder.project, capture_output=True, timeout=60, stdin=subprocess.DEVNULL)


WRITERS = [Model, Config, Theme, Permission, Always, Onboarding, Plugin]
