"""Runs a program whose system calls on files each wait for us: to let it be, to let it fail, or to kill the program.

By seccomp's user notification, which needs no tracer, no compiler and no privilege. Calls are counted for one process,
from its first that changes a file on.
"""

import ctypes
import errno
import fcntl
import os
import platform
import resource
import select
import signal
import socket
import struct
import subprocess
import tempfile
import threading
from dataclasses import dataclass, field

from spawning import die_with_parent

# By their numbers on x86-64 and arm64, which has no more than the younger ones.
NUMBERS = {
    "read": (0, 63), "write": (1, 64), "open": (2, None), "close": (3, 57), "stat": (4, None), "fstat": (5, 80),
    "lstat": (6, None), "lseek": (8, 62), "pread64": (17, 67), "pwrite64": (18, 68), "writev": (20, 66),
    "access": (21, None), "flock": (73, 32), "fsync": (74, 82), "fdatasync": (75, 83), "truncate": (76, 45),
    "ftruncate": (77, 46), "rename": (82, None), "mkdir": (83, None), "rmdir": (84, None), "creat": (85, None),
    "link": (86, None), "unlink": (87, None), "symlink": (88, None), "readlink": (89, None), "chmod": (90, None),
    "fchmod": (91, 52), "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "getdents64": (217, 61),
    "openat": (257, 56), "mkdirat": (258, 34), "fchownat": (260, 54), "newfstatat": (262, 79), "unlinkat": (263, 35),
    "renameat": (264, 38), "linkat": (265, 37), "symlinkat": (266, 36), "readlinkat": (267, 78),
    "fchmodat": (268, 53), "faccessat": (269, 48), "utimensat": (280, 88), "fallocate": (285, 47),
    "pwritev": (296, 70), "renameat2": (316, 276), "statx": (332, 291),
    "openat2": (437, 437), "faccessat2": (439, 439), "fchmodat2": (452, 452)}
MACHINE = {"x86_64": 0, "aarch64": 1}[platform.machine()]
NAMES = {numbers[MACHINE]: name for name, numbers in NUMBERS.items() if numbers[MACHINE] is not None}
SECCOMP = (317, 277)[MACHINE]
# What looks, and changes nothing.
LOOKS = {
    "read", "pread64", "stat", "fstat", "lstat", "newfstatat", "statx", "lseek", "access", "faccessat", "faccessat2",
    "readlink", "readlinkat", "getdents64", "close"}
OPENS = {"open": 1, "openat": 2}
# Before one of these, what the program does to a file that is open already is no change: it writes to its output.
OF_OPEN_FILES = {"write", "writev", "flock", "fsync", "fdatasync", "fchmod", "fchown"}

KILL = "kill"
SHORT = "short"

libc = ctypes.CDLL(None, use_errno=True)
RECEIVE, SEND = 0xC0502100, 0xC0182101
CONTINUE = 1


class Instruction(ctypes.Structure):
    _fields_ = [("code", ctypes.c_uint16), ("jt", ctypes.c_uint8), ("jf", ctypes.c_uint8), ("k", ctypes.c_uint32)]


class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(Instruction))]


def made_filter() -> Filter:
    """Asks us about the calls in NAMES, and allows all others."""
    lines = [Instruction(0x20, 0, 0, 0)]
    for index, number in enumerate(NAMES):
        lines.append(Instruction(0x15, len(NAMES) - index, 0, number))
    lines += [Instruction(0x06, 0, 0, 0x7FFF0000), Instruction(0x06, 0, 0, 0x7FC00000)]
    return Filter(len(lines), (Instruction * len(lines))(*lines))


FILTER = made_filter()


@dataclass(frozen=True)
class Call:
    """One system call: `number` counts from the first that changed a file."""

    number: int
    name: str
    arguments: tuple
    pid: int = 0

    def text(self, argument: int) -> str:
        """The path that an argument points to, while the program waits for us."""
        with open(f"/proc/{self.pid}/mem", "rb", buffering=0) as memory:
            memory.seek(self.arguments[argument])
            return os.fsdecode(memory.read(os.pathconf("/", "PC_PATH_MAX")).split(b"\0")[0])

    @property
    def creates(self) -> bool:
        return self.name in OPENS and bool(self.arguments[OPENS[self.name]] & os.O_CREAT) or self.name == "openat2"

    @property
    def changes(self) -> bool:
        return self.creates or self.name not in LOOKS and self.name not in OPENS

    @property
    def can_be_short(self) -> bool:
        return self.name == "pwrite64" and self.arguments[2] > 1

    def __str__(self):
        return f"{self.name} #{self.number}"


@dataclass
class Run:
    """What came of it. `status` is negative where a signal ended it."""

    status: int
    output: str
    errors: str
    calls: list[Call] = field(default_factory=list)


class Trap:
    """Runs programs. `act` is asked about each call: None, KILL, SHORT or an errno. `given` is their input."""

    def __init__(
            self, command, environment: dict, act=lambda call: None, of: str = "bedrock-agent", given: bytes = b""):
        self.act, self.of = act, of[:15]
        self.calls, self.pid, self.is_limited = [], None, False
        ours, theirs = socket.socketpair()
        self.inbox = ours
        thread = threading.Thread(target=self.serve, daemon=True)
        thread.start()
        self.thread = thread

        def install():
            die_with_parent()
            libc.prctl(38, 1, 0, 0, 0)
            listener = libc.syscall(SECCOMP, 1, 8, ctypes.byref(FILTER))
            socket.send_fds(theirs, [b"."], [listener])

        with tempfile.TemporaryFile() as handed_over:
            handed_over.write(given)
            handed_over.seek(0)
            self.process = subprocess.Popen(
                command, env=environment, stdin=handed_over, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                preexec_fn=install)
        theirs.close()

    def end(self, hear=None) -> Run:
        """Waits for its end; each line of its output is heard."""
        heard = ""
        while hear and (line := self.process.stdout.readline()):
            heard += line
            hear(line)
        try:
            output, errors = self.process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            output, errors = self.process.communicate()
            raise AssertionError(f"it hangs after {self.calls[-1:]}: {errors}") from None
        self.thread.join(timeout=20)
        assert not self.thread.is_alive(), "a program that it started has not ended"
        return Run(self.process.returncode, heard + output, errors, self.calls)

    def serve(self):
        _, listeners, _, _ = socket.recv_fds(self.inbox, 1, 1)
        self.inbox.close()
        (listener,) = listeners
        poll = select.poll()
        poll.register(listener, select.POLLIN)
        try:
            while True:
                events = poll.poll()[0][1]
                if not events & select.POLLIN:
                    return
                self.answer(listener)
        finally:
            os.close(listener)

    def answer(self, listener: int):
        asked = bytearray(80)
        try:
            fcntl.ioctl(listener, RECEIVE, asked)
            ident, pid, _, number, _, _, *arguments = struct.unpack("=QIIiIQ6Q", asked)
            failure = self.decide(pid, NAMES[number], arguments)
            if failure == KILL:
                # Answered, it could still make the call.
                os.kill(pid, signal.SIGKILL)
                return
            answer = (ident, 0, -failure, 0) if failure else (ident, 0, 0, CONTINUE)
            fcntl.ioctl(listener, SEND, bytearray(struct.pack("=QqiI", *answer)))
        except OSError as error:
            # The program is gone.
            if error.errno not in (errno.ENOENT, errno.EINTR):
                raise

    def decide(self, pid: int, name: str, arguments: list[int]):
        """The errno to let it fail with, or KILL; 0 to let it be."""
        call = Call(len(self.calls), name, tuple(arguments), pid)
        if self.pid is None and call.changes and name not in OF_OPEN_FILES and self.is_ours(pid):
            self.pid = pid
        if pid != self.pid:
            return 0
        if self.is_limited:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            self.is_limited = False
        self.calls.append(call)
        what = self.act(call)
        if what == SHORT:
            # The kernel itself writes the half of it, then.
            half = call.arguments[3] + call.arguments[2] // 2
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (half, resource.RLIM_INFINITY))
            self.is_limited = True
        elif what:
            return what
        return 0

    def is_ours(self, pid: int) -> bool:
        try:
            with open(f"/proc/{pid}/comm") as file:
                return file.read().rstrip("\n") == self.of
        except OSError:
            return False
