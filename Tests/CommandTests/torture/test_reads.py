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


@pytest.mark.parametrize("name", ["setup where nothing is", "setup through a link"])
def test_a_folder_is_not_taken_for_there_nor_a_link_for_a_file(name, build, tmp_path, record_property):
    scene = Scene(build, tmp_path, next(operation for operation in OPERATIONS if operation.name == name))
    points = [call for call in scene.calls if call.name in ("access", "readlink")]
    # Who looks at a link looks then at who owns it.
    links = {call.number for call in points if call.name == "readlink"}
    points += [call for call in scene.calls if call.name == "newfstatat" and call.number - 1 in links]
    each(points, FAILS, record_property, lambda at: scene.check(scene.act(at), FAILS.what))
