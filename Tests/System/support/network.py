"""Lets the tests, and whatever they start, use the machine's network."""

import ctypes
import os
from contextlib import contextmanager

CLONE_NEWNET = 0x40000000


@contextmanager
def joined(leader: int):
    """Meanwhile, this process is in the machine's network namespace: loopback is the machine's, the host is not
    affected."""
    own = os.open("/proc/self/ns/net", os.O_RDONLY)
    enter(os.open(f"/proc/{leader}/ns/net", os.O_RDONLY))
    try:
        yield
    finally:
        enter(own)


def enter(descriptor: int):
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        if libc.setns(descriptor, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "cannot enter the network of the machine")
    finally:
        os.close(descriptor)
