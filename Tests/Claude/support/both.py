"""The real program and the agent, asked about the same folder, and where they differ."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from folder import Folder
from real_claude import Answer, RealClaude


# Why the agent reads otherwise, where it does so on purpose.
PROJECTS = "the agent guards user and managed settings: a project's files may not direct it"
NOT_UTF_8 = "a file that is edited to the byte must be UTF-8"
RELATIVE = "a relative folder is another one for the daemon"
EXPANDED = "the AWS CLI, which signs in, expands variables in AWS_CONFIG_FILE; a finding names the difference"
FAILED_EXPORT = "whether an exporting command works is known by running it, and only Claude Code runs it"


@dataclass
class View:
    """What `bedrock-agent status --json` says."""

    uses_bedrock: bool
    profile: str | None
    region: str | None
    model: str | None
    # The user's settings.
    settings: str
    condition: str
    # Those whose session it guards, each with its session.
    guarded: dict[str, str]
    findings: list[dict]


def status(build: Path, folder: Folder) -> View:
    """As somebody would ask for it in the project, without a daemon."""
    environment = {**folder.environment(), "BEDROCK_AGENT_MANAGED_ROOT": str(folder.managed)}
    result = subprocess.run(
        [build / "bedrock-agent", "status", "--json"], env=environment, cwd=folder.project, capture_output=True,
        text=True, timeout=60, stdin=subprocess.DEVNULL)
    assert result.stdout, result.stderr
    said = json.loads(result.stdout)
    claude = said["claude"]
    return View(
        claude["usesBedrock"], claude.get("profile"), claude.get("region"), claude.get("model"), claude["settings"],
        said["condition"],
        {profile: session["name"] for session in said["sessions"] for profile in session["profiles"]},
        said["findings"])


def differences(answer: Answer, view: View) -> list[str]:
    """In what the agent reads otherwise than the program did; nothing where they agree."""
    found = []

    def compare(what: str, claude, agent):
        if claude != agent:
            found.append(f"{what}: Claude Code {claude!r}, the agent {agent!r}")

    compare("uses Bedrock", answer.provider is not None, view.uses_bedrock)
    if answer.provider is None:
        if view.condition not in ("unguarded", "misconfigured"):
            found.append(f"Claude Code uses no Bedrock, and the agent says {view.condition}")
    elif answer.profile:
        compare("profile", answer.profile, view.profile)
        compare("region", answer.region, view.region)
        compare("session", answer.session, view.guarded.get(answer.profile))
        if view.condition in ("unguarded", "misconfigured"):
            found.append(f"signed by {answer.profile}, and the agent says {view.condition}: {view.findings}")
    elif answer.no_credentials:
        if view.condition not in ("misconfigured", "sign-in-needed", "unguarded"):
            found.append(f"no credentials ({answer.no_credentials}), and the agent says {view.condition}")
    else:
        compare("no SSO profile signs", "unguarded", view.condition)
    if answer.provider and view.model:
        model = view.model.removesuffix("[1m]")
        compare("model", answer.model or model, model)
    for file, problem in answer.dropped.items():
        # Of several wrong keys each of the two names another one.
        said = [finding for finding in view.findings if finding["subject"] == file and finding["severity"] == "error"]
        if file == view.settings and not said:
            found.append(f"Claude Code dropped {file}: {problem!r}, and no finding says so")
    return found


class Both:
    """Asks the two."""

    def __init__(self, build: Path, claude: RealClaude):
        self.build, self.claude = build, claude

    def ask(self, folder: Folder, **options) -> tuple[Answer, View]:
        view = status(self.build, folder)
        return self.claude.ask(folder, **options), view

    def agree(self, folder: Folder, but: str | None = None) -> Answer:
        """What the program did, when the agent reads the folder as it does.

        `but` is why it does not, and then must not: a difference that is gone is to be taken out of the test.
        """
        answer, view = self.ask(folder)
        if but:
            assert differences(answer, view), f"they agree by now, although {but}"
            return answer
        assert not differences(answer, view), f"{differences(answer, view)}\n{answer}\n{view}"
        return answer
