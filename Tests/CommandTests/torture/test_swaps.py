"""Just before each call that uses a file, something else is in its place: a FIFO, a link, a folder, another file. The
writers neither hang nor crash nor write where they should not, and a link is followed to a whole file or not at all."""

import json

import pytest

from operations import OPERATIONS
from points import LONG
from scene import NO_OUTPUT, Scene, Tree
from swaps import KINDS, TEXT, USES, Swap
from tokens import TOKEN_OPERATIONS, TokenScene

# For each file.
SHARE = 2
STATE = ".local/state/bedrock-agent"
FILES = [".claude/settings.json", ".aws/config", f"{STATE}/setup.json", f"{STATE}/approvals.json",
         f"{STATE}/settings.lock", f"{STATE}/backups", f"{STATE}/good", STATE, ".claude"]
FOLDERS = (".claude", "bedrock-agent")


def spread(calls: list) -> list:
    points = [call for call in calls if call.name in USES]
    if LONG:
        return points
    share = min(SHARE, len(points))
    return [points[int((index + 0.5) * len(points) / share)] for index in range(share)]


def check(scene: Scene, swap: Swap, done):
    assert done.status >= 0 and "Fatal" not in done.errors, f"crashed: {done.status} {done.errors}"
    assert done.status == 0 or done.errors.startswith(("Error: ", NO_OUTPUT)), f"{done.status} {done.errors}"
    assert swap.problem() is None, swap.problem()
    if swap.linked != TEXT:
        # It has found the link, as a person may have made one, and put a whole file there; a lock is never followed.
        assert swap.victim.suffix != ".lock" and len(swap.linked) > len(TEXT), swap.linked
        assert swap.victim.suffix != ".json" or json.loads(swap.linked) is not None
    if swap.victim.is_file() and swap.victim.suffix == ".json":
        assert json.loads(swap.victim.read_text()) is not None
    if swap.kind in ("a FIFO", "a folder") and swap.inode and done.status:
        assert swap.is_there, "it has taken it away"
    # By a path through a folder that is another one by now, nothing can be removed: the next one sweeps it.
    if swap.victim.name not in FOLDERS:
        assert not Tree(scene.root).left, f"left behind: {Tree(scene.root).left}"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["setup", "setup through a link", "use", "migrate", "approve", "reset"])
def test_between_look_and_use(build, tmp_path, name, kind, record_property):
    scene = Scene(build, tmp_path, next(operation for operation in OPERATIONS if operation.name == name))
    points, wrong = spread(scene.calls), []
    record_property("swaps", len(points) * len(FILES))
    for file in FILES:
        for point in points:
            swap = Swap(tmp_path, kind, scene.root / file)
            try:
                check(scene, swap, scene.act(swap.before(point)))
            except AssertionError as error:
                wrong.append(f"{file} before {point}: {error}")
    assert not wrong, f"{len(wrong)} of {len(points) * len(FILES)}:\n" + "\n".join(wrong)


def written_through(swap: Swap) -> str | None:
    """The files of the cache may be links, and what they lead to is a whole one then; a lock is never followed."""
    is_whole = "clientSecret" in json.loads(swap.linked) and swap.victim.parent.name == "cache"
    return None if swap.linked == TEXT or is_whole else f"written through a link: {swap.linked}"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", TOKEN_OPERATIONS, ids=str)
def test_no_grant_is_lost(build, home, sandbox, raw, tmp_path, operation, kind, record_property):
    """Once what was in the way is gone again, the next one goes on."""
    scene = TokenScene(build, home, sandbox, raw, operation)
    points, wrong = spread(scene.calls), []
    for file in (scene.file, scene.lock, home.cache / "registration.json"):
        for point in points:
            swap = Swap(tmp_path, kind, file)
            done = scene.act(swap.before(point))
            why = swap.problem() or written_through(swap)
            swap.undo()
            why = why or scene.problem(done, None)
            if why:
                wrong.append(f"{file} before {point}: {why}")
    record_property("swaps", len(points) * 3)
    assert not wrong, f"{len(wrong)} of {len(points) * 3}:\n" + "\n".join(wrong)
