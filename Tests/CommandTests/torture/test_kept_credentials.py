"""The cache of role credentials, which the AWS CLI shares: it is whole or as it was, and nobody has to do without their
credentials because it cannot be written."""

import errno
import json
import os
import shutil

import pytest

import trapped
from points import KINDS, Kind, draw, each
from scene import NO_OUTPUT, Tree, is_left

CACHE = ".aws/cli/cache/"
OLD = {"ProviderType": "sso", "Credentials": {
    "AccessKeyId": "ASIAOLD", "SecretAccessKey": "old", "SessionToken": "old", "Expiration": "2020-01-01T00:00:00Z"}}
# What keeps a file from being written, and nothing from being read.
OF_WRITES = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, trapped.SHORT}


class CachedScene:
    """Somebody who has signed in, with nothing in the cache or what has expired."""

    def __init__(self, build, folder, home, sandbox, is_old: bool):
        self.build, self.home, self.sandbox = build, home, sandbox
        self.copy = folder / "before"
        if is_old:
            self.do()
            (name,) = self.cached()
            (home.path / name).write_text(json.dumps(OLD))
        shutil.copytree(home.path, self.copy, symlinks=True)
        self.before = Tree(self.copy)
        usual = self.act(lambda call: None)
        self.calls = usual.calls
        self.check(usual, Kind("nothing", None))

    def act(self, act) -> trapped.Run:
        shutil.rmtree(self.home.path)
        shutil.copytree(self.copy, self.home.path, symlinks=True)
        return self.do(act=act)

    def do(self, *command: str, act=lambda call: None) -> trapped.Run:
        command = command or ("credentials", "--profile", "work-dev")
        return trapped.Trap(
            [self.build / "bedrock-agent", *command], self.home.environment(self.sandbox.environment), act).end()

    def cached(self) -> dict:
        return Tree(self.home.path).part(lambda name: name.startswith(CACHE) and not is_left(name))

    def check(self, done: trapped.Run, kind: Kind):
        assert kind.what == trapped.KILL or self.is_well(done, kind), f"{done.status} {done.errors}"
        self.check_files()
        again = self.do()
        assert again.status == 0 and json.loads(again.output)["SecretAccessKey"], again.errors
        for left in self.home.path.rglob("*.tmp"):
            os.utime(left, (0, 0))
        self.do("reset", "--yes")
        assert not (left := Tree(self.home.path).left), f"left behind: {left}"
        self.check_files(is_new=True)

    def is_well(self, done: trapped.Run, kind: Kind) -> bool:
        if done.status == 0:
            return bool(json.loads(done.output)["SecretAccessKey"])
        return done.errors.startswith(NO_OUTPUT) or kind.what not in OF_WRITES and done.errors.startswith("Error: ")

    def check_files(self, is_new: bool = False):
        tree = Tree(self.home.path)
        for name, entry in tree.part(lambda name: name.startswith(CACHE)).items():
            assert entry[0] == "folder" or entry[1] & 0o077 == 0, f"others can read {name}: {entry[1]:o}"
        for name, entry in self.cached().items():
            is_old = not is_new and entry == self.before.get(name)
            assert is_old or json.loads(entry[2])["Credentials"]["SessionToken"] != "old", f"not whole: {name}"
        others, before = (
            each.part(lambda name: not name.startswith((".aws/cli", ".local"))) for each in (tree, self.before))
        assert others == before, "another is changed"
        secret = [name for name, entry in tree.items() if b"SecretAccessKey" in entry[2] and not name.startswith(CACHE)]
        assert not secret, f"credentials in {secret}"


@pytest.fixture(params=[False, True], ids=["no cache", "an old cache"])
def scene(request, build, tmp_path, signed_in, sandbox) -> CachedScene:
    return CachedScene(build, tmp_path, signed_in, sandbox, request.param)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_the_credentials_come(scene, kind, record_property):
    each(draw(kind, scene.calls), kind, record_property, lambda at: scene.check(scene.act(at), kind))
