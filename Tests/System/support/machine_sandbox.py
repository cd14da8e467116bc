"""A `bedrock-sandbox` on the machine's loopback interface, with its files inside."""

from pathlib import Path

from running_sandbox import RunningSandbox


class MachineSandbox(RunningSandbox):
    """Runs on the host, in the machine's network; its `environment` is valid inside."""

    def __init__(self, machine, program: Path, name: str, *options: str):
        super().__init__(program, machine.files / "srv" / name, *options)
        self.environment = {
            variable: value.removeprefix(str(machine.files)) for variable, value in self.environment.items()}
        self.program = Path("/usr/local/bin/bedrock-sandbox")
