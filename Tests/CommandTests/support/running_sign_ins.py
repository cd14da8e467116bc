"""Commands that sign in, such as `login` and `cover`, run without a terminal: what they said, and where to sign in."""

import re
import signal
import subprocess

PAGE = re.compile(r"^Sign in at (\S+)$", re.MULTILINE)
CODE = re.compile(r"^with the code ([A-Z0-9]{4}-[A-Z0-9]{4})$", re.MULTILINE)


class RunningSignIn:
    def __init__(self, command, environment, output):
        self.output = output
        with output.open("w") as file:
            self.process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT)

    @property
    def text(self) -> str:
        return self.output.read_text()

    @property
    def code(self) -> str | None:
        """The last code that it showed."""
        return (CODE.findall(self.text) or [None])[-1]

    @property
    def page(self) -> tuple[str, str | None] | None:
        """The last page that it showed, with its code if it needs one; None until it has shown both."""
        shown = PAGE.findall(self.text)
        return (shown[-1], self.code) if shown and (self.code or "/authorize?" in shown[-1]) else None

    def end(self, seconds: float = 90) -> int:
        return self.process.wait(timeout=seconds)

    def interrupt(self, number: int = signal.SIGINT):
        self.process.send_signal(number)


class RunningSignIns:
    """Starts them beside an agent; they end with the test."""

    # What each becomes, and the command where none is given.
    kind = RunningSignIn
    command = "login"

    def __init__(self, agent, folder):
        self.agent = agent
        self.folder = folder
        self.started = []

    def start(self, *arguments: str, command: str | None = None, drop: tuple = (), **environment: str):
        made = {**self.agent.environment, **environment}
        for name in drop:
            made.pop(name, None)
        command = command or self.command
        running = self.kind(
            [self.agent.program, command, *arguments], made, self.folder / f"{command}-{len(self.started)}")
        self.started.append(running)
        return running

    def end(self):
        for running in self.started:
            if running.process.poll() is None:
                running.process.kill()
                running.process.wait()
