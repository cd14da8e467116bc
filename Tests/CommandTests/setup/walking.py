"""Helpers for the tests of `setup` at a terminal."""

NEWEST = "global.anthropic.claude-opus-4-5-20251101-v1:0"


def files(home) -> dict:
    """Every file in the home with its bytes, except our own records and what newer AWS CLIs always leave."""
    return {str(path.relative_to(home.path)): path.read_bytes() for path in sorted(home.path.rglob("*"))
            if path.is_file() and ".local/state/bedrock-agent" not in str(path) and path.name != "session.db"}
