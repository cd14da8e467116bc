"""A machine of the tests' own, and what its users sign in to."""

from contextlib import contextmanager
from pathlib import Path

from installation import install_sandbox
from machine import Machine
from machine_sandbox import MachineSandbox
from network import joined


@contextmanager
def booted(build: Path, prepare, kind=Machine):
    """A machine that `prepare` has made ready, with bedrock-sandbox. The tests join its network."""
    machine = kind()
    try:
        prepare(machine)
        install_sandbox(machine, build)
        with joined(machine.leader):
            yield machine
    finally:
        machine.end()


@contextmanager
def sandbox_of(machine: Machine, build: Path):
    """The sandbox that all users of the machine sign in to."""
    sandbox = MachineSandbox(machine, build / "bedrock-sandbox", "sandbox")
    yield sandbox
    assert sandbox.stop() == 0, sandbox.errors.read_text()
