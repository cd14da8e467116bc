"""Each writer of files is killed at every system call from its first change on, and each of them fails, with every
errno that a disk may have. Afterwards each file is old or new, the next run sweeps what is left, and `reset` brings
back each byte."""

import pytest

from operations import OPERATIONS
from points import KINDS, draw, each
from scene import Scene


@pytest.fixture(params=OPERATIONS, ids=str)
def scene(request, build, tmp_path) -> Scene:
    return Scene(build, tmp_path, request.param)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_nothing_is_lost(scene, kind, record_property):
    each(draw(kind, scene.calls), kind, record_property, lambda at: scene.check(scene.act(at), kind.what))
