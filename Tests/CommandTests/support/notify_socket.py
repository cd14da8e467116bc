"""The socket on which a service manager would receive the daemon's notifications."""

import socket
from pathlib import Path


class NotifySocket:
    """Created before the daemon starts, as its NOTIFY_SOCKET."""

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
        """All notifications up to the first one with this key."""
        seen = [self.next()]
        while key not in seen[-1]:
            seen.append(self.next())
        return seen
