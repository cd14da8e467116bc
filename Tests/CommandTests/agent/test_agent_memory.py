"""Other files that the daemon reads may contain secrets too: these are not kept in its memory, and no trace is left
there."""

import json
import re
import secrets

PIECE = 12


def written(pid: int) -> bytes:
    """The contents of the process's writable memory."""
    data = b""
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory, open(f"/proc/{pid}/maps") as maps:
        for line in maps:
            start, end, mode = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
            if mode.startswith("rw"):
                memory.seek(int(start, 16))
                data += memory.read(int(end, 16) - int(start, 16))
    return data


def left(pid: int, made: list[str]) -> set[str]:
    """The secrets of which a piece is in memory."""
    data = written(pid)
    return {secret for secret in made for at in range(len(secret) - PIECE + 1)
            if secret[at:at + PIECE].encode() in data}


def test_secrets_of_other_files(agent, home, raw):
    home.sign_in(raw)
    agent.use()
    made = [secrets.token_urlsafe(40) for _ in range(60)]
    settings = json.loads(agent.settings.read_text())
    names = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", *(f"SERVICE_{number}_TOKEN" for number in range(28))]
    settings["env"].update(zip(names, made))
    settings["mcp"] = {"headers": {"Authorization": f"Bearer {made[30]}"}}
    agent.settings.write_text(json.dumps(settings, indent=2))
    credentials = home.path / ".aws" / "credentials"
    credentials.write_text("".join(
        f"[other-{number}]\naws_access_key_id = AKIA{number}\naws_secret_access_key = {secret}\n"
        for number, secret in enumerate(made[31:])))
    credentials.chmod(0o600)
    agent.run("setup", "--profile", "work-dev", "--region", "us-west-2", "--model",
              "global.anthropic.claude-opus-4-5-20251101-v1:0", "--yes", "--no-login", "--no-enable")
    agent.start()
    agent.wait_until("healthy")
    for _ in range(20):
        agent.control("Reload")
    assert left(agent.process.pid, made) == set()
    assert left(agent.process.pid, [agent.sandbox.start_url]), "the search finds what is there"
