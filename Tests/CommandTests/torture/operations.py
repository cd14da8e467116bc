"""The writers. Another one is another entry here."""

import os

from place import MODEL
from scene import Operation, Scene

SETUP = ("setup", "--yes", "--no-login", "--no-enable", "--region", "us-west-2", "--model", MODEL)


def set_up(*more: str, migrates: bool = False):
    def prepare(scene: Scene):
        scene.begin_here()
        scene.run(*SETUP, "--profile", "work-dev", *more)
        if migrates:
            scene.run("migrate", "--profile", "old-profile", "--yes", "--no-login")

    return prepare


def nothing(scene: Scene):
    scene.settings.unlink()
    scene.settings.parent.rmdir()


def linked(scene: Scene):
    """As in a folder of dotfiles; not readable for all."""
    target = scene.root / "dotfiles" / "claude.json"
    target.parent.mkdir()
    target.write_bytes(scene.settings.read_bytes())
    target.chmod(0o640)
    scene.settings.unlink()
    scene.settings.symlink_to(os.path.relpath(target, scene.settings.parent))


def elsewhere(scene: Scene):
    """Another of Claude Code's folders: our own configuration is edited, too."""
    set_up()(scene)
    scene.variables["CLAUDE_CONFIG_DIR"] = str(scene.root / "second")
    (scene.root / "second").mkdir()
    (scene.root / "second" / "settings.json").write_text('{ "second" : 1 }\n')


def damaged(scene: Scene):
    set_up()(scene)
    scene.settings.write_bytes(b"")


def unapproved(scene: Scene):
    set_up()(scene)
    text = scene.settings.read_text()
    scene.settings.write_text(text.replace("aws sso login", "aws  sso login"))
    scene.begin_here()


OPERATIONS = [
    Operation("setup", (*SETUP, "--profile", "work-dev")),
    Operation("setup where nothing is", (*SETUP, "--profile", "work-dev"), nothing),
    Operation("setup through a link", (*SETUP, "--profile", "work-dev"), linked),
    Operation("setup with a new profile", (
        *SETUP, "--profile", "new", "--sso-session", "new", "--sso-start-url", "https://new.awsapps.com/start",
        "--sso-region", "eu-west-1", "--account-id", "123456789012", "--role-name", "Dev"),
        environment=(("HTTP_PROXY", "http://proxy.invalid:1"),)),
    Operation("use", ("use", "globex", "--yes", "--no-login"), set_up()),
    Operation("repair", ("setup", "--repair", "--yes"), damaged),
    Operation("migrate", ("migrate", "--profile", "old-profile", "--yes", "--no-login"), set_up()),
    Operation("approve", ("approve", "--yes"), unapproved),
    Operation("reset", ("reset", "--yes"), set_up(migrates=True)),
    Operation("reset of the command", ("reset", "--command-only", "--yes"), set_up("--coalesce")),
]
