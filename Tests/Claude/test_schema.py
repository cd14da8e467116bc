"""A value of the wrong type: the program drops the whole file, only the key, or nothing at all."""

import pytest

from both import PROJECTS
from folder import settings

DROPPED = {
    "statusLine": ["x.sh", None, {"command": "x"}, {"type": "command"},
                   {"type": "command", "command": "x", "padding": "1"}],
    "cleanupPeriodDays": ["30", -1, 0, 1.5, None],
    "model": [None, 5, []],
    "awsAuthRefresh": [["aws", "sso", "login"], None, 5],
    "awsCredentialExport": [None, []],
    "apiKeyHelper": [None],
    "outputStyle": [5],
    "permissions": ["x", {"allow": "Bash"}, {"deny": None}, {"defaultMode": "ask"}],
    "hooks": [{"PreToolUse": "x"}, {"PreToolUse": [{"hooks": "x"}]},
              {"PreToolUse": [{"hooks": [{"type": "command"}]}]}],
    "includeCoAuthoredBy": ["false", None],
    "alwaysThinkingEnabled": ["true"],
    "enabledPlugins": [["a@b"], {"a@b": "yes"}],
    "sandbox": [True, {"enabled": "yes"}],
    "attribution": ["none"],
    "autoUpdatesChannel": ["beta"],
    "env": ["x", [], None, True],
    "$schema": [5],
}
KEPT = {
    "statusLine": [{"type": "command", "command": "x", "refreshInterval": "1"}],
    "model": [""],
    "awsAuthRefresh": [""],
    "permissions": [{"allow": [5]}, {"allow": ["Bash("]}, {"unknown": 1}],
    "hooks": ["x", None, {"NoSuchEvent": []}, {"PreToolUse": None}],
    "forceLoginMethod": ["x", None],
    "theme": [5],
    "extraKnownMarketplaces": ["x"],
    "enabledPlugins": [{"a@b": True}],
    "nobodyKnowsThis": [None, 5, {"a": []}],
}


def cases(table: dict) -> list:
    return [pytest.param(key, value, id=f"{key}={value!r}") for key, values in table.items() for value in values]


@pytest.mark.parametrize("key, value", cases(DROPPED))
def test_the_whole_file_is_dropped(folder, both, key, value):
    folder.put(user={"env": settings(), key: value})
    answer = both.agree(folder)
    assert answer.provider is None
    problem, = answer.dropped.values()
    assert problem.split(":")[0].split(".")[0] == key


@pytest.mark.parametrize("key, value", cases(KEPT))
def test_the_file_counts(folder, both, key, value):
    folder.put(user={"env": settings(), key: value})
    answer, view = both.ask(folder)
    assert (answer.session, view.guarded) == ("corp", {"work-dev": "corp"})
    assert view.condition == "healthy", view.findings


@pytest.mark.parametrize("broken, sound, session", [("user", "project", "globex"), ("project", "user", "globex")])
def test_only_the_broken_file_is_dropped(folder, both, broken, sound, session):
    folder.put(**{broken: {"env": settings(), "model": None},
                  sound: {"env": settings(AWS_PROFILE="globex-dev")}})
    assert both.agree(folder, but=PROJECTS if sound == "project" else None).session == session


@pytest.mark.parametrize("key, value", [
    ("model", None), ("statusLine", "x.sh"), ("cleanupPeriodDays", "30"), ("awsAuthRefresh", [])])
def test_managed_settings_lose_only_the_key(folder, both, key, value):
    folder.put(managed={"env": settings(), key: value}, user={"env": settings(AWS_PROFILE="globex-dev")})
    assert both.agree(folder).session == "corp"


HOOKS = {"PreToolUse": [{"hooks": [{"type": "command"}]}]}


@pytest.mark.parametrize("more", [{}, {"env": {}}, {"permissions": {}}, {"statusLine": "x.sh"}])
def test_a_wrong_hook_is_all_that_is_managed(folder, both, more):
    folder.put(managed={"hooks": HOOKS, **more}, user={"env": settings()})
    answer, view = both.ask(folder)
    assert answer.provider is None and "Unable to read managed policy settings" in answer.words
    assert view.condition == "misconfigured"


@pytest.mark.parametrize("more", [{"env": {"A": "b"}}, {"permissions": {"deny": []}}, {"nobodyKnowsThis": 5}])
def test_a_wrong_hook_beside_other_managed_settings(folder, both, more):
    folder.put(managed={"hooks": HOOKS, **more}, user={"env": settings()})
    assert both.agree(folder).session == "corp"


def test_managed_settings_without_an_environment(folder, both):
    folder.put(managed={"env": "x"}, user={"env": settings()})
    assert both.agree(folder).session == "corp"
