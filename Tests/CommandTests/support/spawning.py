"""How programs of the tests start: wherever the tests were started from, they begin as they do for a person."""

import ctypes
import signal

PR_SET_PDEATHSIG = 1


def begin_as_usual():
    """So that what we start finds no signal ignored or blocked because it is for us, as under nohup.

    What a process ignores its children ignore; what it handles they do not. So we handle it, and do nothing."""
    for number in signal.valid_signals():
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def die_with_parent():
    """So that a killed test run leaves no servers behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
