"""The writers of tokens, killed at every call and failing at each: what the service granted is not lost."""

import errno

import pytest

from points import KINDS, draw, each
from tokens import TOKEN_OPERATIONS, TokenScene


@pytest.fixture(params=TOKEN_OPERATIONS, ids=str)
def scene(request, build, home, sandbox, raw) -> TokenScene:
    return TokenScene(build, home, sandbox, raw, request.param)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_no_grant_is_lost(scene, kind, record_property):
    def check(at):
        why = scene.problem(scene.act(at), kind.what, kind.lasts)
        assert not why, why

    points = draw(kind, scene.calls)
    if kind.lasts and kind.what == errno.ENOSPC:
        # A disk that is full has what it has reserved.
        reserved = {call.arguments[0] for call in scene.calls if call.name == "fallocate"}
        points = [call for call in points if call.name != "pwrite64" or call.arguments[0] not in reserved]
    each(points, kind, record_property, check)
