"""The writers. Another one is another entry here."""

import os

from place import MODEL
from scene import Operation, Scene

SETUP = ("setup", "--yes", "--no-login", "--no-enable", "--region", "us-west-2", "--model", MODEL)


MIGRATE = ("migrate", "--profile", "old-profile", "--yes", "--no-login")
USE = ("use", "globex", "--yes", "--no-login")
PROXY = {"HTTP_PROXY": "http://proxy.invalid:1"}


def set_up(*more: str, then: tuple = (), **exported: str):
    def prepare(scene: Scene):
        scene.begin_here()
        scene.run(*SETUP, "--profile", "work-dev", *more, **exported)
        for command in then:
            scene.run(*command)

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


def elsewhere(*is_set_up_for: str):
    """Another of Claude Code's folders: our own configuration is edited, too."""

    def prepare(scene: Scene):
        folder = scene.root / "second"
        folder.mkdir()
        (folder / "settings.json").write_text('{ "second" : 1 }\n')
        set_up()(scene)
        for profile in is_set_up_for:
            scene.run(*SETUP, "--profile", profile, CLAUDE_CONFIG_DIR=str(folder))
        scene.claude_folders = [str(folder), ""]
        scene.variables["CLAUDE_CONFIG_DIR"] = str(folder)

    return prepare


def damaged(scene: Scene):
    set_up()(scene)
    scene.settings.write_bytes(b"")


def damaged_behind_a_link(scene: Scene):
    linked(scene)
    damaged(scene)


def unlinked(scene: Scene):
    """The settings are where they were; what led to them is gone."""
    linked(scene)
    # As it is spelled when it is made again.
    real = f"{scene.settings.parent}/{os.readlink(scene.settings)}"
    scene.settings.unlink()
    scene.settings.symlink_to(real)
    set_up()(scene)
    scene.settings.unlink()


def unapproved(scene: Scene):
    set_up()(scene)
    text = scene.settings.read_text()
    scene.settings.write_text(text.replace("aws sso login", "aws  sso login"))
    scene.begin_here()


def guarding(*guarded: str, text: str = '{ "signIn" : "ask",\n\n"profiles":[ "old-profile" ]   }'):
    """Our own configuration as somebody has written it, and what was added to it since."""

    def prepare(scene: Scene):
        config = scene.root / ".config" / "bedrock-agent" / "config.json"
        config.parent.mkdir(parents=True)
        config.write_text(text)
        set_up()(scene)
        for profile in guarded:
            scene.run("setup", "--guard", profile, "--yes", "--no-enable")

    return prepare


OPERATIONS = [
    Operation("setup", (*SETUP, "--profile", "work-dev")),
    Operation("setup where nothing is", (*SETUP, "--profile", "work-dev"), nothing),
    Operation("setup through a link", (*SETUP, "--profile", "work-dev"), linked),
    Operation("setup with a new profile", (
        *SETUP, "--profile", "new", "--sso-session", "new", "--sso-start-url", "https://new.awsapps.com/start",
        "--sso-region", "eu-west-1", "--account-id", "123456789012", "--role-name", "Dev"),
        environment=tuple(PROXY.items())),
    Operation("setup of a second folder", (*SETUP, "--profile", "globex"), elsewhere()),
    Operation("use", USE, set_up()),
    Operation("guard", ("setup", "--guard", "globex", "--yes", "--no-enable"), guarding(), tuple(PROXY.items())),
    Operation("guard where nothing is", ("setup", "--guard", "globex", "--yes", "--no-enable"), nothing),
    Operation("guard no longer", ("reset", "--guard", "globex", "--yes"), guarding("chained", "globex"),
              over="nothing to undo"),
    Operation("repair", ("setup", "--repair", "--yes"), damaged),
    Operation("repair behind a link", ("setup", "--repair", "--yes"), damaged_behind_a_link),
    Operation("repair of the link", ("setup", "--repair", "--yes"), unlinked),
    Operation("migrate", MIGRATE, set_up()),
    Operation("approve", ("approve", "--yes"), unapproved),
    Operation("reset", ("reset", "--yes"), set_up(then=(MIGRATE, USE), **PROXY)),
    Operation("reset of one of two folders", ("reset", "--yes"), elsewhere("globex")),
    Operation("reset of the command", ("reset", "--command-only", "--yes"), set_up("--coalesce")),
]
