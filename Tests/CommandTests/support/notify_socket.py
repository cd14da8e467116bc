"""Where a service manager would listen to what a daemon says of itself."""

import socket
from pathlib import Path


class NotifySocket:
    """Made before the daemon starts, whose NOTIFY_SOCKET it is."""

    def __init__(self, path: Path):
        path.unlink(missing_ok=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.settimeout(20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def next(self) -> dict:
        return dict(line.split("=", 1) for line in self.socket.recv(4096).decode().splitlines())

    def until(self, key: str) -> list[dict]:
        """All that is said until something has this key."""
        seen = [self.next()]
        while key not in seen[-1]:
            seen.append(self.next())
        return seen
