"""The writers of tokens, killed at every call and failing at each: what the service granted is not lost."""

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

    each(draw(kind, scene.calls), kind, record_property, check)
