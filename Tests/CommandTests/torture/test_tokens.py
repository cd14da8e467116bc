"""The writers of tokens, killed at every call and failing at each: what the service granted is not lost."""

import pytest

from points import KINDS, draw, told
from tokens import TOKEN_OPERATIONS, TokenScene


@pytest.fixture(params=TOKEN_OPERATIONS, ids=str)
def scene(request, build, home, sandbox, raw) -> TokenScene:
    return TokenScene(build, home, sandbox, raw, request.param)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_no_grant_is_lost(scene, kind, record_property):
    wrong = {}
    points = draw(kind, scene.calls)
    record_property(kind.family, len(points))
    for call in points:
        if why := scene.problem(scene.act(kind.at(call)), kind.what, kind.lasts):
            wrong[str(call)] = why
    assert not wrong, told(wrong, points)
