"""Fixtures: places that are unlike a desktop."""

import pytest

from somewhere import CONTAINER, Somewhere


@pytest.fixture
def somewhere(build, sandbox, raw):
    """A place with a token, and without a display, a user manager, an AWS CLI or a program that opens pages."""
    place = Somewhere(build, sandbox, raw)
    yield place
    place.end()


@pytest.fixture
def container(somewhere):
    """The same without a journal and without any runtime folder, which cannot be made either."""
    somewhere.mounts += CONTAINER
    return somewhere
