"""How the tests start programs: independent of how the tests were started, the programs start as for a user."""

import ctypes
import signal

PR_SET_PDEATHSIG = 1


def begin_as_usual():
    """Makes sure that the programs we start find no signal ignored or blocked because it is for us, as under nohup.

    A child process inherits ignored signals, but not handlers. So we install a handler that does nothing."""
    for number in signal.valid_signals():
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def die_with_parent():
    """Makes sure that a killed test run leaves no servers behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
