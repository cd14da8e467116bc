"""Calls of the control socket, and helpers shared by its tests."""

import contextlib

import pytest
import varlink

from claude_settings import approve, write_settings
from varlink_client import CONTROL, SERVICE
from waiting import eventually

GET_INFO = {"method": f"{SERVICE}.GetInfo"}
GET_STATUS = {"method": f"{CONTROL}.GetStatus"}
MONITOR = {"method": f"{CONTROL}.Monitor", "more": True}


def pypi_client(agent) -> varlink.Client:
    return varlink.Client(f"unix:{agent.socket}")


@contextlib.contextmanager
def control(agent):
    with pypi_client(agent) as client, client.open(CONTROL) as connection:
        yield connection


def error_of(call, *arguments, **more) -> tuple:
    with pytest.raises(varlink.VarlinkError) as caught:
        call(*arguments, **more)
    return caught.value.error(), caught.value.parameters()


def sign_in_by(agent, home, command: str):
    """Sets the user's sign-in command and approves it."""
    write_settings(home.path, command)
    approve(home.path, command)

    def is_approved():
        """Not only a command approved before the settings changed."""
        claude = agent.status()["claude"]
        return claude["awsAuthRefresh"] == command and claude["approved"]

    eventually(is_approved, "the change is seen")
