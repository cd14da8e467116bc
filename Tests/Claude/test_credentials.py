"""Whose credentials sign: the profile's session, keys, an exported set, a bearer token, or nobody's."""

import json

import pytest

from both import PROJECTS
from folder import settings

KEYS = {"AWS_ACCESS_KEY_ID": "AKIASTATIC", "AWS_SECRET_ACCESS_KEY": "not-a-secret"}
CREDENTIALS = {"AccessKeyId": "ASIAEXPORTED", "SecretAccessKey": "not-a-secret", "SessionToken": "none"}
EXPORT = f"echo '{json.dumps({'Credentials': CREDENTIALS})}'"
MANTLE = {"CLAUDE_CODE_USE_BEDROCK": "", "CLAUDE_CODE_USE_MANTLE": "1"}


@pytest.mark.parametrize("without", [(), ("AWS_PROFILE",)])
@pytest.mark.parametrize("place", ["settings", "shell"])
def test_keys_count_only_without_a_profile(folder, both, place, without):
    folder.put(user={"env": settings(*without, **(KEYS if place == "settings" else {}))})
    if place == "shell":
        folder.export(**KEYS)
    answer = both.agree(folder)
    assert answer.key == "AKIASTATIC" if without else answer.session == "corp"


@pytest.mark.parametrize("keys", [{"AWS_ACCESS_KEY_ID": "AKIASTATIC"}, dict.fromkeys(KEYS, "")])
def test_half_a_key_is_none(folder, both, keys):
    folder.put(user={"env": settings("AWS_PROFILE", **keys)})
    assert both.agree(folder).profile == "default"


@pytest.mark.parametrize("token, counts", [("b", True), ("", False), ("  ", False)])
def test_a_bearer_token(folder, both, token, counts):
    folder.put(user={"env": settings(AWS_BEARER_TOKEN_BEDROCK=token)})
    answer = both.agree(folder)
    assert answer.provider == "bedrock" and (answer.key is None) == counts


def test_keys_in_the_credentials_file(folder, both):
    folder.put(user={"env": settings()},
               credentials="[work-dev]\naws_access_key_id = AKIAFILE\naws_secret_access_key = not-a-secret\n")
    assert both.agree(folder).key == "AKIAFILE"


def test_a_process_beside_sso_keys(folder, both):
    process = f"credential_process = echo '{json.dumps({'Version': 1, **CREDENTIALS})}'"
    config = folder.home.config.read_text().replace("[profile work-dev]\n", f"[profile work-dev]\n{process}\n")
    folder.put(user={"env": settings()}, config=config)
    assert both.agree(folder).key == "ASIAEXPORTED"


@pytest.mark.parametrize("value, signs", [("1", False), (" TRUE", False), ("0", True), ("2", True)])
def test_a_gateway_that_signs(folder, both, value, signs):
    folder.put(user={"env": settings(CLAUDE_CODE_SKIP_BEDROCK_AUTH=value)})
    answer = both.agree(folder)
    assert answer.provider == "bedrock" and (answer.key is not None) == signs


# What a command exports.

@pytest.mark.parametrize("env", [settings(), settings("AWS_PROFILE"), settings(**KEYS)])
@pytest.mark.parametrize("place", ["user", "project", "managed"])
def test_exported_credentials_win(folder, both, place, env):
    folder.put(user={"env": env})
    folder.put(**{place: {"env": env, "awsCredentialExport": EXPORT}})
    assert both.agree(folder, but=PROJECTS if place == "project" else None).key == "ASIAEXPORTED"


@pytest.mark.parametrize("command", ["exit 1", "echo junk", "true", "", "  "])
def test_without_an_export_the_profile_signs(folder, both, command):
    folder.put(user={"env": settings(), "awsCredentialExport": command})
    answer, _ = both.ask(folder)
    assert answer.session == "corp"


def test_an_export_of_another_profile(folder, both):
    command = "aws configure export-credentials --profile globex-dev --format process"
    folder.put(user={"env": settings("AWS_PROFILE"), "awsCredentialExport": command})
    answer, view = both.ask(folder)
    assert (answer.session, answer.profile) == ("globex", "globex-dev")
    assert view.guarded == {"globex-dev": "globex"}, view


# Mantle.

@pytest.mark.parametrize("value", ["1", " TRUE ", True, "yes"])
def test_mantle_alone(folder, both, value):
    folder.put(user={"env": settings(**{**MANTLE, "CLAUDE_CODE_USE_MANTLE": value})})
    answer = both.agree(folder)
    assert (answer.provider, answer.session) == ("mantle", "corp")


@pytest.mark.parametrize("skip, signs", [
    ("CLAUDE_CODE_SKIP_BEDROCK_AUTH", True), ("CLAUDE_CODE_SKIP_MANTLE_AUTH", False)])
def test_mantle_behind_a_gateway(folder, both, skip, signs):
    folder.put(user={"env": settings(**MANTLE, **{skip: "1"})})
    answer = both.agree(folder)
    assert answer.provider == "mantle" and (answer.session == "corp") == signs


@pytest.mark.parametrize("model, provider", [
    ("global.anthropic.claude-opus-4-5-20251101-v1:0", "bedrock"), ("anthropic.claude-sonnet-4-5", "mantle")])
def test_mantle_beside_bedrock(folder, both, model, provider):
    folder.put(user={"env": settings(CLAUDE_CODE_USE_MANTLE="1", ANTHROPIC_MODEL=model)})
    answer = both.agree(folder)
    assert (answer.provider, answer.session) == (provider, "corp")


@pytest.mark.parametrize("model, skip, signs", [
    ("global.anthropic.claude-opus-4-5-20251101-v1:0", "CLAUDE_CODE_SKIP_BEDROCK_AUTH", False),
    ("global.anthropic.claude-opus-4-5-20251101-v1:0", "CLAUDE_CODE_SKIP_MANTLE_AUTH", True),
    ("anthropic.claude-opus-4-5-20251101-v1:0", "CLAUDE_CODE_SKIP_BEDROCK_AUTH", False),
    ("", "CLAUDE_CODE_SKIP_MANTLE_AUTH", True),
    ("anthropic.claude-sonnet-4-5", "CLAUDE_CODE_SKIP_BEDROCK_AUTH", True),
    ("anthropic.claude-sonnet-4-5", "CLAUDE_CODE_SKIP_MANTLE_AUTH", False)])
def test_mantle_beside_bedrock_behind_a_gateway(folder, both, model, skip, signs):
    folder.put(user={"env": settings(CLAUDE_CODE_USE_MANTLE="1", ANTHROPIC_MODEL=model, **{skip: "1"})})
    assert (both.agree(folder).session == "corp") == signs


# Off, and on purpose.

@pytest.mark.parametrize("env", [
    {"CLAUDE_CODE_USE_BEDROCK": "0"}, {"CLAUDE_CODE_USE_BEDROCK": "", "ANTHROPIC_API_KEY": "not-a-key"}])
def test_switched_off(folder, both, env):
    folder.put(user={"env": settings(**env), "awsAuthRefresh": "aws sso login --profile work-dev"})
    answer, view = both.ask(folder)
    assert answer.provider is None and not answer.sign_ins
    assert (view.uses_bedrock, view.condition) == (False, "unguarded")


@pytest.mark.parametrize("env", [
    {"ANTHROPIC_API_KEY": "not-a-key"}, {"CLAUDE_CODE_USE_VERTEX": "1"}, {"CLAUDE_CODE_USE_FOUNDRY": "1"}])
def test_other_providers_beside_bedrock(folder, both, env):
    folder.put(user={"env": settings(**env)})
    assert both.agree(folder).session == "corp"
