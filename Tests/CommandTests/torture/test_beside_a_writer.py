"""Somebody else writes a file in the very moment in which we put ours in its place, and then we are killed, or a call
fails: what they wrote is not lost. The next run merges it, or keeps it."""

import errno
from dataclasses import replace
from pathlib import Path

import pytest

import trapped
from operations import MIGRATE, SETUP, nothing, set_up
from points import LONG, Kind, each
from scene import Operation, Stage, Tree, is_left
from tokens import TOKEN_OPERATIONS, TokenScene, refresh

EXCHANGE = 2
KINDS = [Kind("killed", trapped.KILL, "kills"), Kind("EIO", errno.EIO)]
# Calls after ours that are looked at. Until then it has seen the write, and put it back.
MANY = 12


def made_by_us(scene: Stage):
    """Without our keys there would be no such file."""
    nothing(scene)
    set_up()(scene)


OPERATIONS = [
    Operation("setup", (*SETUP, "--profile", "work-dev")),
    Operation("migrate", MIGRATE, set_up()),
    Operation("reset", ("reset", "--yes"), set_up()),
    Operation("reset of a file of ours", ("reset", "--yes"), made_by_us)]


class Beside:
    """Writes before the first call that `puts` ours in its place; then it asks `act` about each."""

    def __init__(self, puts, write, act):
        self.puts, self.write, self.act = puts, write, act
        self.has_met, self.since = False, []

    def __call__(self, call: trapped.Call):
        if self.has_met:
            # By these numbers: how many calls there were before depends on what other programs print, and how.
            self.since.append(replace(call, number=len(self.since)))
            return self.act(self.since[-1])
        if self.puts(call):
            self.has_met = True
            self.write()

    @property
    def points(self) -> list[trapped.Call]:
        return self.since if LONG else self.since[:MANY]


def is_exchange(call: trapped.Call) -> bool:
    return call.name == "renameat2" and call.arguments[4] == EXCHANGE


class Shared(Stage):
    @property
    def file(self) -> Path:
        return self.home.config if self.operation.command == MIGRATE else self.settings

    def look(self):
        super().look()
        assert self.beside.has_met and self.has_theirs(), "their write is lost in any case"
        self.points = self.beside.points

    def act(self, act):
        self.beside = Beside(self.puts, self.write, act)
        return super().act(self.beside)

    def puts(self, call: trapped.Call) -> bool:
        """By an exchange with what is there, or by moving that aside, where there is to be no file."""
        if self.operation.prepare is made_by_us:
            return call.name == "rename" and call.text(0) == str(self.file)
        return is_exchange(call)

    def write(self):
        """As Claude Code does."""
        old = self.file.read_bytes()
        new = self.file.with_name("theirs")
        is_config = self.file == self.home.config
        new.write_bytes(old + b"\n# theirs\n" if is_config else old.replace(b"{", b'{ "theirs": 1,', 1))
        new.replace(self.file)

    def has_theirs(self) -> bool:
        """Where somebody finds it: not under a name that is swept."""
        return any(b"theirs" in entry[2] for name, entry in Tree(self.root).items() if not is_left(name))

    def check(self, done: trapped.Run):
        assert self.beside.has_met, "nobody has met"
        self.abandon()
        again = self.do(self.command)
        assert again.status == 0, f"the next one: {again.errors}"
        is_lost = not self.has_theirs()
        assert not is_lost, "what they wrote is gone"


@pytest.fixture(params=OPERATIONS, ids=str)
def scene(request, build, tmp_path) -> Shared:
    return Shared(build, tmp_path, request.param)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_their_write_is_not_lost(scene, kind, record_property):
    points = [call for call in scene.points if kind.hits(call)]
    each(points, kind, record_property, lambda at: scene.check(scene.act(at)))


class Session(TokenScene):
    """Somebody signs in anew while we refresh."""

    def act(self, act):
        self.beside = Beside(is_exchange, self.sign_in, act)
        return super().act(self.beside)

    def sign_in(self):
        self.sandbox.settings(approve="button")
        self.home.sign_in(self.raw)
        self.sandbox.settings(approve="auto")
        self.theirs = self.home.token()

    def check(self, done: trapped.Run):
        assert self.beside.has_met, "nobody has met"
        self.do(refresh(self))
        client = {"clientId": self.theirs["clientId"], "clientSecret": self.theirs["clientSecret"]}
        token = self.theirs["refreshToken"]
        # The one that was used is spent.
        is_there = any(token in file.read_text() for file in [self.file, *self.kept()])
        is_lost = not is_there and self.raw.refresh(token, **client).status_code == 200
        assert not is_lost, "their sign-in is gone"


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_sign_in_is_not_lost(kind, build, home, sandbox, raw, record_property):
    scene = Session(build, home, sandbox, raw, next(each for each in TOKEN_OPERATIONS if each.arguments is refresh))
    points = [call for call in scene.beside.points if kind.hits(call)]
    each(points, kind, record_property, lambda at: scene.check(scene.act(at)))
