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
BEST_EFFORT = (f"{STATE}/good/", f"{STATE}/backups/")
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
    def left(self) -> list[str]:
        return [name for name in self if is_left(name)]


def is_left(name: str) -> bool:
    return ".TAG.tmp" in name


def difference(one: dict, other: dict) -> list[str]:
    return [f"{name}: {one.get(name)} / {other.get(name)}" for name in sorted(one.keys() | other.keys())
            if one.get(name) != other.get(name)]


@dataclass(frozen=True)
class Operation:
    """A writer. `prepare` makes the home that its command finds; see operations.py."""

    name: str
    command: tuple
    prepare: object = lambda scene: None
    environment: tuple = ()

    def __str__(self):
        return self.name


class Scene(Place):
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
        operation.prepare(self)
        self.variables.update(operation.environment)
        self.copy = folder / "before"
        shutil.copytree(self.root, self.copy, symlinks=True)
        self.before = Tree(self.root)
        self.origin = getattr(self, "origin", self.before.of_others)
        self.verdicts = {}
        self.results = [self.origin]
        self.again()
        self.results.append(self.reset())
        usual = self.act(lambda call: None)
        assert usual.status == 0, usual.errors
        self.calls, self.after = usual.calls, Tree(self.root)
        assert not self.after.left
        self.check_reset()

    def begin_here(self):
        """What `reset` must bring back."""
        self.origin = Tree(self.root).of_others

    def again(self):
        shutil.rmtree(self.root)
        shutil.copytree(self.copy, self.root, symlinks=True)

    def act(self, act) -> trapped.Run:
        """Runs the command in the home as it was prepared."""
        self.again()
        return self.do(self.operation.command, act)

    def do(self, arguments, act=lambda call: None) -> trapped.Run:
        environment = self.home.environment(PATH=f"{self.tools}:/usr/bin:/bin", **self.variables)
        done = trapped.Trap([self.program, *arguments], environment, act).end()
        assert SECRET not in done.output + done.errors, "it shows a secret"
        return done

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

    def check_own(self, name: str, entry: tuple):
        kind, mode, content = entry
        assert mode & 0o077 == 0 or kind == "link", f"others can read {name}: {mode:o}"
        if kind == "file" and name.endswith(".json"):
            json.loads(content)
        if "/backups/" in name and not is_left(name):
            old = [tree.get(file)[2] for tree in (self.before, self.after) for file in tree]
            assert content in old, f"a backup of nothing: {name} {content}"

    def verdict(self) -> str | None:
        """What is wrong with how it goes on from here; nothing if all is well."""
        state = self.folder / "state"
        shutil.rmtree(state, ignore_errors=True)
        shutil.copytree(self.root, state, symlinks=True)
        try:
            self.check_reset()
            shutil.rmtree(self.root)
            shutil.copytree(state, self.root, symlinks=True)
            self.abandon()
            again = self.do(self.operation.command)
            assert again.status == 0, f"it does not go on: {again.errors}"
            tree = Tree(self.root)
            assert not (wrong := difference(tree.of_others, self.after.of_others)), f"another result: {wrong}"
            assert not tree.left, f"left behind: {tree.left}"
            self.check_reset()
        except AssertionError as error:
            return str(error)
        return None

    def check_reset(self):
        """All is as it was before the first change, or as far as `reset` would have come without the operation."""
        now = self.reset()
        assert now in self.results, f"reset: {difference(now, self.origin)}"

    def reset(self) -> dict:
        self.abandon()
        reset = self.do(("reset", "--yes"))
        assert reset.status == 0, f"reset: {reset.errors}"
        tree = Tree(self.root)
        assert not tree.left, f"reset left behind: {tree.left}"
        return tree.of_others

    def abandon(self):
        """Makes what is left look old: for a minute, it might belong to somebody who still runs."""
        for path in self.root.rglob("*.tmp"):
            os.utime(path, (0, 0), follow_symlinks=False)
