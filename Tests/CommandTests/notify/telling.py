"""What the command `notify` gets, and the need that it is told of."""

import socket
from pathlib import Path

from aws_home import stamp
from programs import write_program
from raw_client import RawClient
from waiting import eventually, stays

HOST = socket.gethostname()
# Nobody but `approve` may show it.
ADDRESS = "https://chat.example/hook/B4711-secret-room"
LOSS = "; without it, Claude Code cannot reach Bedrock."
LOGIN = "To sign in, run there: bedrock-agent login --profile work-dev\n"


class Chat:
    """Keeps each message that the command is given, and the environment that it was given in."""

    def __init__(self, agent, folder: Path):
        self.agent, self.folder = agent, folder
        self.program = write_program(folder / "tell", f"""
            new=$(mktemp {folder}/new.XXXXXX)
            env -0 > "$new.env"
            tr '\\0' '\\n' < /proc/$$/cmdline > "$new.words"
            {{ cat; echo; }} > "$new"
            cat "$new" >> {folder}/messages
            echo end >> {folder}/ends""")
        self.command = f"{self.program} {ADDRESS}"

    def configure(self, command: str | None = None, **config):
        """Writes config.json, where `notify` is this command, or the one that keeps the messages."""
        self.agent.configure(notify=command or self.command, **config)

    def use(self, command: str | None = None, **config):
        """The same, and approves it, and awsAuthRefresh, which is what it is by default."""
        self.configure(command, **config)
        if not self.agent.settings.exists():
            self.agent.use(approve=False)
        self.agent.run("approve", "--yes")

    def count(self) -> int:
        """How many messages came."""
        file = self.folder / "ends"
        return len(file.read_text().splitlines()) if file.exists() else 0

    def text(self) -> str:
        """All messages, each with a line feed after it."""
        return (self.folder / "messages").read_text()

    def wait_for(self, count: int = 1):
        """Waits until so many messages have come, and their command has ended well."""
        eventually(lambda: self.count() >= count, f"message {count} has come")
        assert self.count() == count, self.text()

    def only(self) -> str:
        """The one message that comes."""
        self.wait_for()
        return self.text().removesuffix("\n")

    def no_more(self, count: int = 1):
        """It stays at so many messages."""
        try:
            stays(lambda: self.count() == count, f"{count} messages", seconds=1)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.text()}\n{self.agent.journal()}") from None

    def environments(self) -> list[dict[str, str]]:
        return [dict(line.split("=", 1) for line in file.read_text().split("\0") if line)
                for file in self.folder.glob("new.*.env")]

    def words(self) -> list[str]:
        """The command lines that it was started by."""
        return [file.read_text() for file in self.folder.glob("new.*.words")]


class Need:
    """The session's end. By its client registration: there is nothing to wait for then."""

    def __init__(self, agent, home, sandbox):
        self.agent, self.home, self.sandbox = agent, home, sandbox

    def begin(self):
        """Its token is due for a refresh, which is refused."""
        self.home.sign_in(RawClient(self.sandbox))
        # First: a daemon that runs refreshes as soon as it is due.
        self.sandbox.expire_registration()
        self.home.age_token(left=1202)

    def end(self):
        """Somebody signs in."""
        self.home.sign_in(RawClient(self.sandbox))
        self.agent.wait_until("healthy")

    def another_token(self):
        """A token comes that is refused, too."""
        issued = RawClient(self.sandbox)
        token = issued.sign_in()
        self.sandbox.expire_registration()
        self.home.write_token(
            {**self.home.token(), **issued.identity, "accessToken": token["accessToken"],
             "refreshToken": token["refreshToken"], "expiresAt": stamp(1202)}, lifetime=3600)


def warnings(agent) -> list[str]:
    """What the journal says of a command that failed."""
    return [line for line in agent.entries(f"notify in {agent.config}") if "is not" not in line]
