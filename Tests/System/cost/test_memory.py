"""After a hundred refreshes and a sign-in, neither the daemon's memory nor anything else contains a part of a secret.
"""

import json
import re
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from secrets import token_hex

import pytest

from waiting import eventually

SECRETS = ("accessToken", "refreshToken", "clientSecret")
# Shorter pieces may occur by chance, or belong to the prefix that all tokens have.
PIECE = 12


def mappings(machine, pid: int):
    """Each readable mapping of a process: its line in /proc/PID/maps, and its bytes."""
    process = machine.files / "proc" / str(pid)
    with (process / "mem").open("rb", buffering=0) as memory:
        for line in (process / "maps").read_text().splitlines():
            start, end, mode = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
            if mode[0] == "r" and "[v" not in line:
                memory.seek(int(start, 16))
                yield line, memory.read(int(end, 16) - int(start, 16))


def found(machine, pid: int, secrets: set[str]) -> list[str]:
    """Where whole secrets occur, anywhere in memory, or pieces of one in writable memory."""
    whole = [secret.encode() for secret in secrets]
    pieces = {secret[at:at + PIECE] for secret in whole for at in range(len(secret) - PIECE + 1)}
    places = []
    for line, data in mappings(machine, pid):
        places += [f"{line}: all of a secret" for secret in whole if secret in data]
        if " rw" in line:
            places += [f"{line}: {data[at:at + PIECE]}" for at in range(len(data)) if data[at:at + PIECE] in pieces]
    return places


@pytest.fixture
def refreshed(running, sandbox):
    """An agent that has refreshed a hundred times, signed in once, and answered calls; `secrets` contains all secrets.
    """
    agent = running
    sandbox.settings(rotation="on")
    secrets = set()

    def remember():
        token = agent.home.token()
        secrets.update(token[name] for name in SECRETS)
        return token

    remember()
    client = agent.user.start("python3", "-c", REFRESH, str(agent.socket))
    for _ in range(100):
        assert client.stdout.readline() == "{}\n"
        remember()
    assert client.wait(timeout=10) == 0
    # With a display, so that the daemon signs in.
    agent.user.run("env", "DISPLAY=:0", "bedrock-agent", "login")
    remember()
    assert len(secrets) >= 200
    agent.secrets = secrets
    return agent


# Requests a hundred refreshes, one after the other; prints the parameters of each reply.
REFRESH = """
import json, socket, sys
client = socket.socket(socket.AF_UNIX)
client.connect(sys.argv[1])
for _ in range(100):
    client.sendall(b'{"method": "org.bedrockagent.Control.Refresh"}' + bytes(1))
    answer = b""
    while not answer.endswith(bytes(1)):
        answer += client.recv(65536)
    print(json.dumps(json.loads(answer[:-1])["parameters"]), flush=True)
"""


def test_nothing_worth_stealing_is_anywhere(refreshed, machine):
    agent, user = refreshed, refreshed.user
    assert found(machine, agent.pid(), agent.secrets) == []
    assert found(machine, agent.pid(), {agent.sandbox.start_url}), "the search finds what is there"
    environment = (machine.files / "proc" / str(agent.pid()) / "environ").read_bytes().decode()
    journal = user.run("journalctl", "--user", "--output=export").stdout
    system = machine.root("journalctl", "--output=export").stdout
    state = "".join(file.read_text() for file in user.path(".local/state/bedrock-agent").rglob("*") if file.is_file())
    units = user.systemctl("show", "bedrock-agent*").stdout
    for secret in agent.secrets:
        for text in (environment, journal, system, state, units):
            assert secret not in text
    # A crash leaves nothing behind either.
    before = agent.pid()
    limit = machine.root("cat", f"/proc/{before}/limits").stdout
    assert re.search(r"Max core file size\s+0\s+0", limit)
    agent.kill("ABRT")
    eventually(lambda: agent.pid() not in (0, before), "back")
    assert machine.root("find", "/home", "/run", "/tmp", "/var", "-name", "core*", "-user", user.name).stdout == ""


def test_nor_is_what_aws_login_keeps(running, machine):
    """The daemon reads its file, too, for the time when it ends."""
    user, secrets = running.user, set()
    session = "arn:aws:iam::123456789012:user/alice"
    config = user.path(".aws/config")
    user.write(".aws/config", f"{config.read_text()}\n[profile console]\nlogin_session = {session}\nregion = us-east-1\n")
    user.write(".config/bedrock-agent/config.json", '{"profiles": ["console"]}')

    def sign_in(minutes: int):
        drawn = {name: token_hex(40) for name in ("secretAccessKey", "sessionToken", "refreshToken", "idToken", "dpopKey")}
        secrets.update(drawn.values())
        end = (datetime.now(timezone.utc) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
        user.write(f".aws/login/cache/{sha256(session.encode()).hexdigest()}.json", json.dumps({
            "accessToken": {"accessKeyId": "ASIAEXAMPLE", "accountId": "123456789012", "expiresAt": end,
                            "secretAccessKey": drawn["secretAccessKey"], "sessionToken": drawn["sessionToken"]},
            "clientId": "arn:aws:signin:::devtools/same-device", **drawn}))
        eventually(lambda: end in [known["accessTokenExpiresAt"] for known in running.status()["sessions"]], "it is read")

    for minutes in range(10, 20):
        sign_in(minutes)
    assert found(machine, running.pid(), secrets) == []
    assert found(machine, running.pid(), {session}), "the search finds what is there"
