"""Runs a program some of whose system calls fail."""

import shutil
from pathlib import Path

from programs import write_program


def failing(program: Path, call: str, error: str, when: str, trace: Path, file: Path | None = None) -> Path:
    """A program that is this one, but that such calls of its fail with this error: those with the path of the file, or
    all. `when` numbers them, as strace has it: `2`, `1..3`, `1+`. What was called is in the trace, with INJECTED where it
    failed."""
    assert shutil.which("strace"), "strace is missing: apt-get install strace"
    trace.write_text("")
    path = f"-P {file}" if file else ""
    return write_program(
        trace.with_suffix(".program"),
        f"exec strace -D -qq -o {trace} {path} -e trace={call} -e signal=none -e inject={call}:error={error}:when={when}"
        f' {program} "$@"')
