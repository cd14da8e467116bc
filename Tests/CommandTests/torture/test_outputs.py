"""Files that others read: the writer is killed at every call, and each of them fails. They find the old file or the new
one, whole; and what Claude Code runs fails for nothing."""

import json
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

import trapped
from journal_files import JournalFiles, entry
from operations import set_up
from points import KINDS, draw, each
from scene import NO_OUTPUT, Operation, Stage, Tree, difference, is_left

INPUT = json.dumps({"session_id": "0f0f0f0f-0000-4000-8000-000000000001", "error": "cloud_credential_error"}).encode()
MARK = ".local/state/bedrock-agent/bedrock-agent-failure"
# Of the entries that say how a session is.
CONDITION = "aa258084b1c948e2a113c64b22e7671d"
PAGE = "pages/page"
FOUND = ("file", 0o600, b"old")


def metrics(scene: Stage):
    set_up()(scene)
    with_a_page(scene)


def fleet(scene: Stage):
    with_a_page(scene)
    journals = JournalFiles(scene.root / "remote")
    journals.write(entry(
        "healthy", int(time.time()) - 60, MESSAGE_ID=CONDITION, BEDROCK_SESSION="corp", BEDROCK_CONDITION="healthy",
        _MACHINE_ID=f"{1:032x}", _HOSTNAME="host", _UID="1000", _SYSTEMD_OWNER_UID="1000"))
    journals.close()


def with_a_page(scene: Stage):
    scene.page.parent.mkdir()
    scene.page.write_bytes(FOUND[2])
    scene.page.chmod(FOUND[1])


@dataclass(frozen=True)
class Page(Operation):
    """Its command is made for the scene. `end`: how a whole one ends."""

    end: bytes = b""


PAGES = [
    Page("metrics", lambda scene: ("status", "--metrics", "--output", scene.page), metrics, end=b"\n# EOF\n"),
    Page("page of the fleet", lambda scene: (
        "fleet", "--directory", scene.root / "remote", "--html", scene.page), fleet, end=b"</html>\n")]


class PageScene(Stage):
    @property
    def page(self) -> Path:
        return self.root / PAGE

    @property
    def command(self) -> tuple:
        return self.operation.command(self)

    def check(self, done: trapped.Run, what):
        self.check_page(done, what)
        self.abandon()
        self.check_page(self.do(self.command), None)
        assert not Tree(self.root).left

    def check_page(self, done: trapped.Run, what):
        tree = Tree(self.root)
        page = tree.pop(PAGE)
        is_new = page != FOUND
        if is_new:
            assert page[:2] == ("file", 0o644) and page[2].endswith(self.operation.end), f"not whole: {page}"
        others = {name: entry for name, entry in self.before.items() if name != PAGE}
        assert {name: entry for name, entry in tree.items() if not is_left(name)} == others, "it has changed another"
        if what != trapped.KILL:
            assert done.status == 0 and is_new or done.errors.startswith(("Error: ", NO_OUTPUT)), (
                f"{done.status} {done.errors}")


@pytest.fixture(params=PAGES, ids=str)
def page(request, build, tmp_path) -> PageScene:
    return PageScene(build, tmp_path, request.param)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_page_is_old_or_new(page, kind, record_property):
    each(draw(kind, page.calls), kind, record_property, lambda at: page.check(page.act(at), kind.what))


def failed_before(scene: Stage):
    set_up()(scene)
    scene.do(("hook", "session-start"))
    (scene.root / MARK).write_text("another session")


HOOKS = [
    Operation("hook at the start", ("hook", "session-start"), set_up(), given=INPUT),
    Operation("hook after a failure", ("hook", "stop-failure"), failed_before, given=INPUT)]


class HookScene(Stage):
    def check(self, done: trapped.Run, what):
        tree = Tree(self.root)
        mark = tree.pop(MARK, None)
        assert mark in (self.before.get(MARK), self.after[MARK], ("file", 0o600, b"")), f"the mark: {mark}"
        assert tree == {name: entry for name, entry in self.before.items() if name != MARK}, "it has changed another"
        if done.output:
            assert done.output.endswith("\n") and json.loads(done.output), f"not whole: {done.output}"
        is_well = (done.status, done.errors) == (0, "") or done.errors.startswith(NO_OUTPUT)
        assert what == trapped.KILL or is_well, f"{done.status} {done.errors}"
        assert self.do(self.command).status == 0
        assert not (wrong := difference(Tree(self.root), self.after)), f"another result: {wrong}"


@pytest.fixture(params=HOOKS, ids=str)
def hook(request, build, tmp_path) -> HookScene:
    return HookScene(build, tmp_path, request.param)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_hook_is_in_nobody_s_way(hook, kind, record_property):
    each(draw(kind, hook.calls), kind, record_property, lambda at: hook.check(hook.act(at), kind.what))
