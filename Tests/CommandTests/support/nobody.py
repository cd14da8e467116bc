"""Runs code as another user. This needs root: the tests that use it fail otherwise."""

import os

NOBODY = 65534


def as_nobody(function) -> str:
    """The function's result, or its error's name, from a process of user 65534."""
    assert os.geteuid() == 0, "this test runs a process as another user: run it as root"
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
            said = str(function())
        except BaseException as error:
            said = type(error).__name__
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return said
