"""Answers that none should give. Each is a function that gets the connection of whoever asks."""

import gzip
import json
import threading
import zlib

from raw_server import response

# As large as an answer is taken: 4 MiB.
LARGE = 4 << 20
# One letter for whoever counts letters, however long.
ONE_LETTER = "e" + "\u0301" * (LARGE // 3)
START = b"HTTP/1.1 200 OK\r\n"


def saying(answer: bytes):
    return lambda connection: connection.sendall(answer)


def endless(head: bytes, piece: bytes):
    """Sends until nobody listens."""
    def answer(connection):
        connection.sendall(head)
        while True:
            connection.sendall(piece)

    return answer


class Drip:
    """A byte now and then, until it is told to stop: the whole has its time, not each byte."""

    def __init__(self):
        self.over = threading.Event()

    def __call__(self, connection):
        connection.sendall(response(b"")[:-2])
        while not self.over.wait(0.2):
            connection.sendall(b"x")


def refusing(**members) -> bytes:
    said = {"__type": "NoSuchException", "error": "no_such", **members}
    return response(json.dumps(said).encode(), "400 Bad Request")


# What has no end.
ENDLESS = {
    "an endless body": endless(START + b"\r\n", b" " * 65536),
    "endless chunks": endless(START + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b" " * 65536 + b"\r\n"),
    "endless headers": endless(START, b"X-More: " + b"x" * 8192 + b"\r\n"),
    "a length that is a lie": endless(START + b"Content-Length: 99999999999999\r\n\r\n", b"[" * 65536),
    "endless announcements": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}
# What is small, and would be large.
BOMBS = {
    "gzip": response(gzip.compress(b" " * 10 ** 8), "200 OK", "Content-Encoding: gzip"),
    "gzip in gzip": response(gzip.compress(gzip.compress(b" " * 10 ** 8)), "200 OK", "Content-Encoding: gzip, gzip"),
    "deflate": response(zlib.compress(b" " * 10 ** 8), "200 OK", "Content-Encoding: deflate"),
}
# As large as an answer may be, and hard to read.
LARGE_ONES = {
    "arrays in arrays": response(b"[" * LARGE),
    "objects in objects": response(b'{"a":' * (LARGE // 5)),
    "many small ones": response(b"[" + b"{}," * (LARGE // 3 - 2) + b"{}]"),
    "elements": response(b"<AccessKeyId>" * (LARGE // 13)),
    "elements in elements": response(b"<AccessKeyId></SecretAccessKey>&amp;" * (LARGE // 36)),
    "one letter": response(ONE_LETTER.encode()),
    "a refusal of one letter": refusing(message=ONE_LETTER[:LARGE // 12], error_description=ONE_LETTER[:LARGE // 12]),
    "no UTF-8": response(b"\xff" * LARGE),
}
