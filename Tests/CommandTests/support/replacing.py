"""Replacing files as editors do."""

from pathlib import Path


def replace(path: Path, text: str):
    """Atomically, so that no reader sees a half-written file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(text)
    temporary.rename(path)
