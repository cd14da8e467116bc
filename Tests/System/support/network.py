"""The network of the machine, for the tests themselves and whatever they start."""

import ctypes
import os
from contextlib import contextmanager

CLONE_NEWNET = 0x40000000


@contextmanager
def joined(leader: int):
    """While it lasts, this process is in the network of that one: loopback is the machine's, the host is untouched."""
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
