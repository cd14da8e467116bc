"""A file that cannot be read for once is not taken for one that is empty, damaged or away."""

import errno

import pytest

from operations import OPERATIONS
from points import Kind, each
from scene import Scene

FAILS = Kind("EIO", errno.EIO)


@pytest.mark.parametrize("name", ["approve", "repair", "reset of the command"])
def test_it_is_told(name, build, tmp_path, record_property):
    scene = Scene(build, tmp_path, next(operation for operation in OPERATIONS if operation.name == name))
    points = [call for call in scene.calls if call.name == "openat" and not call.changes]
    each(points, FAILS, record_property, lambda at: scene.check(scene.act(at), FAILS.what))
