"""A server that answers byte by byte as a test says: cut off, slow, without an end."""

import contextlib
import socket
import struct

from accepting import accept_each


class RawServer:
    """Calls `answer(connection)` for each request that has been read whole; the connection then ends by itself."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        accept_each(self.listener, self.talk)

    def talk(self, connection: socket.socket):
        # Whoever asks may leave at any byte.
        with connection, contextlib.suppress(ConnectionError):
            if request := read_request(connection):
                self.respond(connection, request)

    def respond(self, connection: socket.socket, request: bytes):
        self.asked += 1
        self.answer(connection)

    def end(self):
        self.listener.close()


class Between(RawServer):
    """Stands before another server, and passes on what is asked and answered. What is asked at `path`, it answers by
    itself, each time or so many times; and what it passed on there it has `heard`."""

    def __init__(self, server: str, path: str, answer, times: int | None = None):
        host, _, port = server.removeprefix("http://").rpartition(":")
        self.server, self.path, self.times = (host, int(port)), path, times
        self.heard = []
        super().__init__(answer)

    def respond(self, connection, request):
        target = request.split(b" ", 2)[1].decode()
        if target.startswith(self.path) and (self.times is None or self.asked < self.times):
            return super().respond(connection, request)
        first, _, rest = request.replace(b"\r\nConnection: keep-alive", b"", 1).partition(b"\r\n")
        with socket.create_connection(self.server) as there:
            there.sendall(first + b"\r\nConnection: close\r\n" + rest)
            whole = b"".join(iter(lambda: there.recv(65536), b""))
        if target.startswith(self.path):
            self.heard.append(whole)
        connection.sendall(whole)


def read_request(connection: socket.socket) -> bytes:
    """All of it; less where its sender leaves, and nothing where none came."""
    file = connection.makefile("rb")
    lines, length = [], 0
    while (line := file.readline()) not in (b"\r\n", b""):
        lines.append(line)
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return b"".join(lines) + b"\r\n" + file.read(length) if lines else b""


def reset(connection: socket.socket):
    """Ends it by RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def response(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(head).encode() + body
