"""The home of a user of the machine, with an AWS configuration."""

import os

from aws_home import Home
from machine_user import User


class MachineHome(Home):
    """Written from the host; everything in it belongs to the user."""

    def __init__(self, user: User, start_url: str):
        self.user = user
        super().__init__(user.path("."), start_url)
        for path in (self.config.parent, self.config):
            os.chown(path, user.id, user.id)

    def write_token(self, token: dict, key: str = "corp", lifetime: float | None = None):
        # The file that is renamed into place must belong to the user from the start.
        self.user.write(self.token_file(key).with_suffix(".new").relative_to(self.path), "")
        super().write_token(token, key, lifetime)
