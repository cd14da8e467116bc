"""Each exchange of ours with a service that answers as none should: it ends, in a sentence and with little memory; no
file is changed, nothing is left behind, and what was sent goes to nobody else."""

import contextlib
import json
import os
import subprocess
import threading
from dataclasses import dataclass

import pytest
import requests

from exchanges import ACCOUNT, OPUS
from hostile_answers import BOMBS, ENDLESS, LARGE_ONES, Drip, saying
from raw_server import Between, RawServer, reset, response

LONG = "BEDROCK_LONG" in os.environ
# What it may have in memory: some times what an answer may be; of one that is all small parts, each of these. With less
# than it needs, it crashes.
LITTLE, MORE = 48 << 20, 256 << 20
DEPLOY = "arn:aws:iam::210987654321:role/Deploy"


@dataclass(frozen=True)
class Exchange:
    """`path` is asked by this program's query with these options."""

    path: str
    query: str
    options: str
    # A person has agreed already: it asks again, for as long as it has time.
    asks_again: bool = False


PORTAL = "--timeout {time} --token-file {token}"
ROLE = f"--account-id {ACCOUNT} --role-name Dev --region us-west-2"
SIGN_IN = ("--token-file {token} --registration-file {registration} --session corp --start-url {start} "
           "--region us-east-1 --scope sso:account:access --lock-file {lock} --timeout {time} --endpoint {url}")
EXCHANGES = {
    "accounts": Exchange("/assignment/accounts", "accounts", f"{PORTAL} --endpoint {{url}}"),
    "roles": Exchange("/assignment/roles", "roles", f"{PORTAL} --endpoint {{url}} --account-id {ACCOUNT}"),
    "credentials": Exchange("/federation/", "credentials", f"{PORTAL} --endpoint {{url}} {ROLE}"),
    "STS": Exchange("/?", "credentials",
                    f"{PORTAL} --endpoint {{url}} {ROLE} --sts-endpoint {{url}} --assume-role {DEPLOY}"),
    "models": Exchange("/inference-profiles", "models",
                       f"{PORTAL} --portal-endpoint {{url}} --bedrock-endpoint {{url}} {ROLE}"),
    "availability": Exchange("/foundation-model", "models",
                             f"{PORTAL} --portal-endpoint {{url}} --bedrock-endpoint {{url}} {ROLE} --model {OPUS}"),
    "registration": Exchange("/client/register", "sign-in", f"{SIGN_IN} --device-code"),
    "code": Exchange("/device_authorization", "sign-in", f"{SIGN_IN} --device-code"),
    "token of a code": Exchange("/token", "sign-in", f"{SIGN_IN} --device-code", asks_again=True),
    "token of a page": Exchange("/token", "sign-in", SIGN_IN, asks_again=True),
    "logout": Exchange("/logout", "sign-in", f"{SIGN_IN} --device-code --end-session-at {{url}} --asker {{asker}}"),
}


@dataclass
class Said:
    status: int
    output: str
    errors: str

    @property
    def failure(self) -> str:
        """Why nothing came of it; none where something did."""
        if self.status:
            return self.errors
        said = json.loads(self.output)
        return said.get("failure", said.get("availabilityFailure", {})).get("message", "")


class Asking:
    """Asks a server, as somebody who is signed in already and agrees to each sign-in."""

    def __init__(self, build, home, sandbox, folder):
        self.program, self.home, self.sandbox = build / "bedrock-agent-net", home, sandbox
        self.lock, self.registration = folder / "lock", folder / "registration.json"

    def __call__(self, exchange: Exchange, server: RawServer, time: int = 2, memory: int = LITTLE) -> Said:
        """`time` in seconds: for one answer, and for a whole sign-in."""
        # A sanitizer's own memory is more.
        limit = () if "BEDROCK_SANITIZED" in os.environ else ("prlimit", f"--data={memory}")
        options = exchange.options.format(
            time=time, url=server.url, token=self.home.token_file(), start=self.sandbox.start_url, lock=self.lock,
            registration=self.registration, asker=os.getpid())
        process = subprocess.Popen(
            [*limit, self.program, exchange.query, *options.split()], env=self.home.environment(),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        # Both at once: a pipe that is full would hold it up.
        errors = []
        reader = threading.Thread(target=lambda: errors.append(process.stderr.read()))
        killer = threading.Timer(60, process.kill)
        for thread in (reader, killer):
            thread.start()
        output = "".join(self.heard(line) for line in process.stdout)
        reader.join()
        killer.cancel()
        return Said(process.wait(), output, errors[0])

    def heard(self, line: str) -> str:
        if line.startswith("http"):
            # In the background: the browser has its page once the sign-in has ended.
            threading.Thread(target=self.open, args=[line.strip()], daemon=True).start()
        return line

    def open(self, page: str):
        with contextlib.suppress(requests.RequestException):
            requests.get(page, timeout=20)


@pytest.fixture
def ask(build, home, sandbox, raw, tmp_path) -> Asking:
    home.sign_in(raw)
    sandbox.settings(approve="auto", deviceInterval="1s")
    return Asking(build, home, sandbox, tmp_path)


@pytest.fixture
def between(sandbox):
    """Starts a server that answers one path itself."""
    servers = []

    def start(exchange: Exchange, answer, times: int | None = None) -> Between:
        servers.append(Between(sandbox.url, exchange.path, answer, times))
        return servers[-1]

    yield start
    for server in servers:
        server.end()


def check(name: str, said: Said, home, before: bytes):
    """It ended by itself, said little, and changed nothing: but where the portal says that the session has ended, with
    whatever words, somebody has signed in anew."""
    assert said.status >= 0 and "Fatal" not in said.errors, said.errors[:2000]
    assert [file.name for file in home.cache.iterdir()] == [home.token_file().name], "something is left in the cache"
    if name == "logout" and said.status == 0:
        assert home.token()["accessToken"] not in before.decode()
        return
    assert home.token_file().read_bytes() == before
    assert said.failure, said.output[:2000]
    assert len(said.failure) < 1000, f"it says {len(said.failure)} characters"


@pytest.mark.parametrize("answer", [*ENDLESS, *BOMBS, *LARGE_ONES, "a drip"])
@pytest.mark.parametrize("name", EXCHANGES)
def test_it_ends(ask, between, home, name, answer):
    before, drip = home.token_file().read_bytes(), Drip()
    made = {**ENDLESS, **{kind: saying(text) for kind, text in {**BOMBS, **LARGE_ONES}.items()}, "a drip": drip}
    server = between(EXCHANGES[name], made[answer])
    said = ask(EXCHANGES[name], server, memory=MORE if answer == "many small ones" else LITTLE)
    drip.over.set()
    assert server.asked > 0, said
    check(name, said, home, before)


@pytest.mark.parametrize("status", ["301 Moved Permanently", "307 Temporary Redirect"])
@pytest.mark.parametrize("name", EXCHANGES)
def test_a_redirect_is_not_followed(ask, between, sandbox, home, name, status):
    before = home.token_file().read_bytes()
    elsewhere = Between(sandbox.url, "/", lambda connection: None)
    server = between(EXCHANGES[name], saying(response(b"", status, f"Location: {elsewhere.url}{EXCHANGES[name].path}")))
    said = ask(EXCHANGES[name], server)
    elsewhere.end()
    assert server.asked > 0 and elsewhere.asked == 0
    check(name, said, home, before)


@pytest.mark.parametrize("name", [name for name in EXCHANGES if not EXCHANGES[name].asks_again])
def test_an_answer_that_is_cut_off_at_each_byte(ask, between, home, name):
    """By RST and by FIN, in turns. Nothing is taken for whole that is not, up to its last byte."""
    exchange, before = EXCHANGES[name], home.token_file().read_bytes()
    usual = between(exchange, None, times=0)
    ask(exchange, usual)
    whole = usual.heard[0]
    home.token_file().write_bytes(before)
    asked = 0

    def answer(connection):
        connection.sendall(whole[:cut])
        if cut % 2:
            reset(connection)

    server = between(exchange, answer)
    for cut in range(0, len(whole), 1 if LONG else len(whole) // 10):
        ask.registration.unlink(missing_ok=True)
        home.token_file().write_bytes(before)
        check(name, ask(exchange, server), home, before)
        assert server.asked > asked, cut
        asked = server.asked
    assert not ask.registration.exists() or name != "registration"


@pytest.mark.parametrize("name", [name for name in EXCHANGES if EXCHANGES[name].asks_again])
def test_a_token_that_is_cut_off_is_asked_for_again(ask, between, home, name):
    """The person has agreed already."""
    exchange = EXCHANGES[name]
    usual = between(exchange, None, times=0)
    assert ask(exchange, usual).status == 0
    [whole] = usual.heard

    def answer(connection):
        connection.sendall(whole[:cut])
        if cut % 2:
            reset(connection)

    for cut in range(0, len(whole), 1 if LONG else len(whole) // 4):
        before = home.token()
        server = between(exchange, answer, times=1)
        said = ask(exchange, server, time=30)
        assert said.status == 0 and server.asked == 1 and len(server.heard) == 1, f"{cut}: {said}"
        assert home.token()["accessToken"] != before["accessToken"]
