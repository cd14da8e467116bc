"""Root's files, as an administrator writes them for everybody."""

import json

MODEL = "global.anthropic.claude-opus-4-5-20251101-v1:0"


class Administrator:
    """Writes root's files, as in /etc."""

    def __init__(self, home):
        self.folder = home.path / "managed" / "bedrock-agent"
        self.config = self.folder / "config.json"
        # All that a person need not be asked.
        self.setup = {"ssoStartUrl": home.start_url, "ssoRegion": "us-east-1", "ssoSession": "acme", "profile": "acme",
                      "accountId": ["999999999999", "123456789012"], "roleName": ["Admin", "Dev"],
                      "region": "us-west-2", "model": ["claude-opus-9", "claude-opus"], "coalesce": True,
                      "statusLine": True, "hooks": False}

    def write(self, **config):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config.write_text(json.dumps(config, indent=1))

    def line(self, words: str) -> int:
        """The first line with these words."""
        return next(number for number, line in enumerate(self.config.read_text().splitlines(), 1) if words in line)
