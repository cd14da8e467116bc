"""Fake programs, found in PATH before or instead of the real ones."""

from pathlib import Path


def write_program(file: Path, script: str) -> Path:
    """Writes an executable shell script, with its folder. An existing file or link is replaced."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file
