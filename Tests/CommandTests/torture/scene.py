"""A home whose every file is looked at, before and after: what may be there, and what must come of it."""

import json
import os
import re
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

import trapped
from place import Place

# What tells a temporary file from any other, and one backup from the next.
TAG = re.compile(r"\.[0-9a-z]{1,13}\.tmp(?=/|$)")
TIME = re.compile(r"\.\d{8}T\d{6}Z-\d\d$")
STATE = ".local/state/bedrock-agent"
# Kept where it can be; whoever misses them does without.
BACKUPS = f"{STATE}/backups/"
BEST_EFFORT = (f"{STATE}/good/", BACKUPS)
# It names all that was ever changed, undone or not.
RECORD = f"{STATE}/setup.json"
# None are as good as no file of them.
APPROVALS = f"{STATE}/approvals.json"
NO_OUTPUT = "bedrock-agent: cannot write to standard output: "
# It is in the settings and in the AWS files, as in many people's.
SECRET = "hidden-from-everybody"
SETTINGS = f"""{{
\t"theme" : "dark",   "n": [ 1E+2 ],
\t"env" : {{ "AWS_PROFILE": "mine", "HTTPS_PROXY": "http://u:{SECRET}@proxy.invalid:1" }},
\t"model": "opus" }}"""
OTHER_PROFILES = f"""
[profile globex]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Dev
region = us-west-2

[profile keys]
aws_access_key_id = AKIAHIDDEN
aws_secret_access_key = {SECRET}
"""


class Tree(dict):
    """Each file, link and folder of a home: its kind, mode and content, by its path with what is drawn left out."""

    def __init__(self, root: Path):
        super().__init__()
        for path in sorted(root.rglob("*")):
            name = TIME.sub(".TIME", TAG.sub(".TAG.tmp", str(path.relative_to(root))))
            while name in self:
                name += "+"
            status = path.lstat()
            mode = stat.S_IMODE(status.st_mode)
            if stat.S_ISLNK(status.st_mode):
                self[name] = ("link", 0, os.readlink(path).encode())
            elif stat.S_ISDIR(status.st_mode):
                self[name] = ("folder", mode, b"")
            elif stat.S_ISREG(status.st_mode):
                self[name] = ("file", mode, path.read_bytes())
            else:
                self[name] = ("neither", mode, b"")

    @property
    def key(self):
        return tuple(sorted(self.items()))

    def part(self, belongs) -> dict:
        return {name: entry for name, entry in self.items() if belongs(name)}

    @property
    def of_others(self) -> dict:
        """What is not ours, but for what a writer may leave beside it when it is killed."""
        return self.part(lambda name: not name.startswith(".local") and not is_left(name))

    @property
    def records(self) -> dict:
        """What we must have written once we say that all is well."""
        return self.part(lambda name: name.startswith(STATE + "/") and self[name][0] == "file" and not is_left(name)
                         and not name.startswith(BEST_EFFORT) and not name.endswith(".lock"))

    @property
    def kept(self) -> dict:
        """What is still there of ours after `reset`, but for what is kept of the files before each change."""
        ours = self.part(lambda name: name.startswith(STATE + "/") and self[name][0] == "file" and not is_left(name)
                        and not name.startswith(BACKUPS) and not name.endswith(".lock"))
        reduced = {RECORD: lambda record: record["isUndone"], APPROVALS: lambda approved: approved or None}
        return {name: reduced[name](json.loads(entry[2])) if name in reduced else entry for name, entry in ours.items()}

    @property
    def left(self) -> list[str]:
        return [name for name in self if is_left(name)]


def is_left(name: str) -> bool:
    return ".TAG.tmp" in name


def difference(one: dict, other: dict) -> list[str]:
    return [f"{name}: {one.get(name)} / {other.get(name)}" for name in sorted(one.keys() | other.keys())
            if one.get(name) != other.get(name)]


@dataclass(frozen=True)
class Operation:
    """A writer. `prepare` makes the home that its command finds; see operations.py. `over`: how it fails where all is
    done already. `given` is its input."""

    name: str
    command: tuple
    prepare: object = lambda scene: None
    environment: tuple = ()
    over: str | None = None
    given: bytes = b""

    def __str__(self):
        return self.name


class Stage(Place):
    """An operation's home, that can be had again as often as wanted."""

    def __init__(self, build: Path, folder: Path, operation: Operation):
        super().__init__(build, folder)
        self.operation = operation
        self.folder = folder
        self.root = self.home.path
        with self.home.config.open("a") as config:
            config.write(OTHER_PROFILES)
        self.settings.parent.mkdir()
        self.settings.write_text(SETTINGS)
        (self.root / "tmp").mkdir()
        self.variables = {"TMPDIR": str(self.root / "tmp")}
        # Each is reset by itself; the last one takes the rest with it.
        self.claude_folders = [""]
        operation.prepare(self)
        self.variables.update(operation.environment)
        self.copy = folder / "before"
        shutil.copytree(self.root, self.copy, symlinks=True)
        self.before = Tree(self.root)
        self.origin = getattr(self, "origin", self.before.of_others)
        self.look()

    def look(self):
        """Runs the command as it is usual."""
        usual = self.act(lambda call: None)
        assert usual.status == 0, usual.errors
        self.calls, self.after = usual.calls, Tree(self.root)
        assert not self.after.left

    def begin_here(self):
        """What `reset` must bring back."""
        self.origin = Tree(self.root).of_others

    def again(self):
        shutil.rmtree(self.root)
        shutil.copytree(self.copy, self.root, symlinks=True)

    @property
    def command(self) -> tuple:
        return self.operation.command

    def act(self, act) -> trapped.Run:
        """Runs the command in the home as it was prepared."""
        self.again()
        return self.do(self.command, act)

    def do(self, arguments, act=lambda call: None, **exported: str) -> trapped.Run:
        environment = self.home.environment(PATH=f"{self.tools}:/usr/bin:/bin", **{**self.variables, **exported})
        done = trapped.Trap([self.program, *arguments], environment, act, given=self.operation.given).end()
        assert SECRET not in done.output + done.errors, "it shows a secret"
        return done

    def abandon(self):
        """Makes what is left look old: for a minute, it might belong to somebody who still runs."""
        for path in self.root.rglob("*.tmp"):
            os.utime(path, (0, 0), follow_symlinks=False)

    def check_own(self, name: str, entry: tuple):
        kind, mode, content = entry
        assert mode & 0o077 == 0 or kind == "link", f"others can read {name}: {mode:o}"
        if kind == "file" and name.endswith(".json"):
            json.loads(content)
        if "/backups/" in name and not is_left(name):
            old = [tree.get(file)[2] for tree in (self.before, self.after) for file in tree]
            assert content in old, f"a backup of nothing: {name} {content}"


class Scene(Stage):
    """What such a command does, `reset` undoes."""

    def look(self):
        self.verdicts = {}
        self.again()
        self.results = [self.reset()]
        super().look()
        self.results.append(self.reset())
        others = [self.origin, self.results[0].of_others]
        assert self.results[1].of_others in others, f"reset: {difference(self.results[1].of_others, self.origin)}"

    # What must hold

    def check(self, done: trapped.Run, what: str):
        """After an operation that something was done to."""
        tree = Tree(self.root)
        for name, entry in tree.of_others.items():
            assert entry in (self.before.get(name), self.after.get(name)), f"neither old nor new: {name} {entry}"
        for name in self.before.of_others.keys() & self.after.of_others.keys():
            assert name in tree, f"gone: {name}"
        for name, entry in tree.part(lambda name: name.startswith(STATE)).items():
            self.check_own(name, entry)
        if what != trapped.KILL:
            assert done.status >= 0 and "Fatal" not in done.errors, f"crashed: {done.status} {done.errors}"
            assert done.status == 0 or done.errors.startswith(("Error: ", NO_OUTPUT)), f"{done.status} {done.errors}"
            if done.status == 0:
                assert not (wrong := difference(tree.of_others, self.after.of_others)), f"told as success: {wrong}"
                assert not (wrong := difference(tree.records, self.after.records)), f"told as success: {wrong}"
        if tree.key not in self.verdicts:
            self.verdicts[tree.key] = self.verdict()
        assert self.verdicts[tree.key] is None, self.verdicts[tree.key]

    def verdict(self) -> str | None:
        """What is wrong with how it goes on from here; nothing if all is well."""
        state = self.folder / "state"
        shutil.rmtree(state, ignore_errors=True)
        shutil.copytree(self.root, state, symlinks=True)
        wrong = []
        for check in self.check_reset, self.check_again:
            shutil.rmtree(self.root)
            shutil.copytree(state, self.root, symlinks=True)
            try:
                check()
            except AssertionError as error:
                wrong.append(str(error))
        return "; ".join(wrong) or None

    def check_again(self):
        """The same command once more has the result that it would have had, and that can be undone, too."""
        self.abandon()
        again = self.do(self.command)
        is_over = self.operation.over and self.operation.over in again.errors
        assert again.status == 0 or is_over, f"it does not go on: {again.errors}"
        tree = Tree(self.root)
        assert not (wrong := difference(tree.of_others, self.after.of_others)), f"another result: {wrong}"
        assert not (wrong := difference(tree.records, self.after.records)), f"other records: {wrong}"
        assert not tree.left, f"left behind: {tree.left}"
        self.check_reset()

    def check_reset(self):
        """All is as it was before the first change, or as far as `reset` would have come without the operation; and of
        ours there is nothing else than then."""
        now = self.reset()
        others = [self.origin, *(result.of_others for result in self.results)]
        assert now.of_others in others, f"reset: {difference(now.of_others, self.origin)}"
        wrong = [difference(now.kept, result.kept) for result in self.results]
        assert [] in wrong, f"reset keeps: {wrong[-1]}"

    def reset(self) -> Tree:
        self.abandon()
        for folder in self.claude_folders:
            reset = self.do(("reset", "--yes"), CLAUDE_CONFIG_DIR=folder)
            assert reset.status == 0, f"reset: {reset.errors}"
        tree = Tree(self.root)
        assert not tree.left, f"reset left behind: {tree.left}"
        return tree
