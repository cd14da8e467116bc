"""What stands around `bedrock-agent login` when it signs in by its own program: the printed page and its port, a
service that hears all that is said, a proxy, and somebody who looks at every process."""

import http.server
import json
import os
import select
import signal
import socket
import ssl
import threading
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import requests

from running_sign_ins import CODE, PAGE
from waiting import eventually

NET = "bedrock-agent-net"
SECRETS = ("accessToken", "refreshToken", "clientSecret", "deviceCode", "code", "codeVerifier")


class Page:
    """The page of a sign-in by PKCE, and the port that its answer is brought to."""

    def __init__(self, url: str):
        self.url = url
        query = dict(parse_qsl(urlsplit(url).query))
        self.redirect, self.state = query["redirect_uri"], query["state"]
        self.query = query
        self.port = urlsplit(self.redirect).port

    def bring(self, **query: str) -> requests.Response:
        """What a browser does when the page redirects it."""
        return requests.get(self.redirect, params=query, timeout=40)

    def code(self, sandbox) -> str:
        """The person presses Allow; the code is not brought."""
        sandbox.settings(approve="auto")
        page = requests.get(f"{sandbox.url}/authorize?{urlsplit(self.url).query}", allow_redirects=False, timeout=10)
        assert page.status_code == 302, page.text
        return dict(parse_qsl(urlsplit(page.headers["Location"]).query))["code"]

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def say(self, head: bytes) -> bytes:
        """The whole answer to these bytes; nothing if the connection was dropped."""
        with self.connect() as connection:
            heard = b""
            try:
                connection.sendall(head)
                while piece := connection.recv(65536):
                    heard += piece
            except ConnectionError:
                pass
            return heard

    def addresses(self) -> set[str]:
        """The addresses that somebody listens on at this port."""
        found = set()
        for file in ("/proc/net/tcp", "/proc/net/tcp6"):
            for line in Path(file).read_text().splitlines()[1:]:
                address, port = line.split()[1].split(":")
                if line.split()[3] == "0A" and int(port, 16) == self.port:
                    found.add(address)
        return found


def shown(login) -> tuple[str, str | None]:
    """The address that it shows, and the code if there is one."""
    eventually(lambda: login.page or login.process.poll() is not None, "it shows the page")
    assert login.page, login.text
    return login.page


def page_of(login) -> Page:
    return Page(shown(login)[0])


def sentence(login, *words: str) -> str:
    """It has failed, and says why in one line that contains these words."""
    assert login.end() == 1, login.text
    lines = [line for line in login.text.splitlines() if not PAGE.match(line) and not CODE.match(line)]
    assert len(lines) == 1 and all(word in lines[0] for word in words), lines
    return lines[0]


def own_processes(agent) -> list[int]:
    """The programs that sign in."""
    return [pid for pid in agent.processes() if NET in command_line(pid).split("\0")[0]]


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def left_behind(agent) -> list[str]:
    """Files that are only for the time of a sign-in."""
    folders = [folder for folder in (agent.home.cache, agent.state / "locks") if folder.is_dir()]
    return [file.name for folder in folders for file in folder.iterdir()
            if file.suffix in (".tmp", ".granted") or file.name.startswith(".")]


def nothing_is_left(agent, page: Page | None = None):
    eventually(lambda: not agent.processes(), "every process has ended")
    assert left_behind(agent) == [], left_behind(agent)
    assert page is None or not page.addresses(), "somebody still listens"


class Service(http.server.ThreadingHTTPServer):
    """Stands in front of the sandbox's sign-in service: passes on what is asked, and keeps all that is said.

    `changes` has, by path, a function that makes another answer of the sandbox's.
    """

    daemon_threads = True

    def __init__(self, sandbox, certificate=None):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                asked = self.rfile.read(int(self.headers["Content-Length"]))
                answer = requests.post(f"{sandbox.url}{self.path}", data=asked, timeout=60, headers={
                    name: self.headers[name] for name in ("Content-Type", "User-Agent")})
                status, said = answer.status_code, answer.json()
                if change := self.server.changes.get(self.path):
                    status, said = change(json.loads(asked), status, said)
                self.server.heard += [json.loads(asked), said]
                content = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.heard, self.changes = [], {}
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.server_address[1]}"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def secrets(self) -> dict[str, str]:
        """All that nobody but the two may know, by its name."""
        return {said[name]: name for said in self.heard for name in SECRETS if said.get(name)}

    def handle_error(self, request, address):
        """A client that does not trust the certificate, or was killed."""


class Proxy(http.server.ThreadingHTTPServer):
    """An HTTPS proxy (CONNECT)."""

    daemon_threads = True

    def __init__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_CONNECT(self):
                self.server.asked.append(self.path)
                host, port = self.path.split(":")
                with socket.create_connection((host, int(port))) as there:
                    self.send_response(200)
                    self.end_headers()
                    ends = [self.connection, there]
                    while True:
                        for end in select.select(ends, [], [])[0]:
                            piece = end.recv(65536)
                            if not piece:
                                return
                            ends[1 - ends.index(end)].sendall(piece)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def handle_error(self, request, address):
        """A client that went away."""


class Onlooker:
    """Reads the arguments and the environment of every process, again and again."""

    def __init__(self):
        self.seen: set[bytes] = set()
        self.programs: set[str] = set()
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)
        self.thread.start()

    def look(self):
        while not self.is_over.wait(0.005):
            for folder in Path("/proc").glob("[0-9]*"):
                if int(folder.name) == os.getpid():
                    continue
                for name in ("cmdline", "environ"):
                    try:
                        said = (folder / name).read_bytes()
                    except OSError:
                        continue
                    self.seen.add(said)
                    if name == "cmdline":
                        self.programs.add(os.path.basename(said.split(b"\0")[0].decode(errors="replace")))

    def end(self) -> bytes:
        """All that was seen."""
        self.is_over.set()
        self.thread.join()
        return b"\n".join(self.seen)


def send(pids: list[int], number: int = signal.SIGKILL):
    assert pids
    for pid in pids:
        os.kill(pid, number)


class InBackground:
    """What a function returns or raises, in a thread of its own."""

    def __init__(self, function):
        self.value = self.error = None

        def run():
            try:
                self.value = function()
            except Exception as error:
                self.error = error

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()

    def get(self):
        """None if it raised."""
        self.thread.join(60)
        assert not self.thread.is_alive(), "nobody answers"
        return self.value
