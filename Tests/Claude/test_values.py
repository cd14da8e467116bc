"""What counts as a value: numbers, booleans, spaces, nothing, and which one wins."""

import pytest

from folder import MODEL, settings

PROFILE_REGION = "ap-south-1"
DEFAULT = None  # whatever the program takes by itself


@pytest.mark.parametrize("value", ["1", "true", "yes", "on", "ON", " TRUE ", "1 ", "\t1\n", True, 1, 1.0, ["1"]])
def test_on(folder, both, value):
    folder.put(user={"env": settings(CLAUDE_CODE_USE_BEDROCK=value)})
    assert both.agree(folder).session == "corp"


@pytest.mark.parametrize("value", [
    "0", "false", "off", "", " ", "2", "enabled", "t", "y", False, 0, 2, 1.5, None, [], {}])
def test_off(folder, both, value):
    folder.put(user={"env": settings(CLAUDE_CODE_USE_BEDROCK=value)})
    assert both.agree(folder).provider is None


@pytest.mark.parametrize("value", ["", "0", None])
def test_off_in_the_settings_wins_over_the_shell(folder, both, value):
    folder.export(CLAUDE_CODE_USE_BEDROCK="1")
    folder.put(user={"env": settings(CLAUDE_CODE_USE_BEDROCK=value)})
    assert both.agree(folder).provider is None


@pytest.mark.parametrize("value", [7, True, None, ["x", "y"], {"a": 1}])
def test_another_variable_that_is_no_string(folder, both, value):
    folder.put(user={"env": settings(LEVEL=value)})
    assert both.agree(folder).session == "corp"


@pytest.mark.parametrize("value, profile", [("", "default"), ([], "default"), (["globex-dev"], "globex-dev")])
def test_profiles(folder, both, value, profile):
    folder.export(AWS_PROFILE="globex-dev")
    folder.put(user={"env": settings(AWS_PROFILE=value)})
    assert both.agree(folder).profile == profile


@pytest.mark.parametrize("value", [" work-dev ", "  ", None, 5, "ghost", "WORK-DEV"])
def test_profiles_that_are_not_there(folder, both, value):
    folder.put(user={"env": settings(AWS_PROFILE=value)})
    answer = both.agree(folder)
    assert answer.provider == "bedrock" and answer.no_credentials


@pytest.mark.parametrize("regions, region", [
    ({}, PROFILE_REGION), ({"AWS_PROFILE": "placeless"}, "us-east-1"),
    ({"AWS_DEFAULT_REGION": "sa-east-1"}, "sa-east-1"),
    ({"AWS_REGION": "eu-west-3", "AWS_DEFAULT_REGION": "sa-east-1"}, "eu-west-3"),
    ({"AWS_REGION": " eu-west-3 "}, "eu-west-3"), ({"AWS_REGION": "EU-WEST-3"}, "EU-WEST-3"),
    ({"AWS_REGION": ""}, PROFILE_REGION), ({"AWS_REGION": "  "}, PROFILE_REGION),
    ({"AWS_REGION": "eu_west"}, PROFILE_REGION), ({"AWS_REGION": "", "AWS_DEFAULT_REGION": "sa-east-1"}, "sa-east-1"),
    ({"AWS_REGION": None}, "null"), ({"AWS_DEFAULT_REGION": ""}, PROFILE_REGION)])
def test_regions(folder, both, regions, region):
    folder.put(user={"env": settings("AWS_REGION", **regions)})
    assert both.agree(folder).region == region


def test_no_region_in_the_settings_wins_over_the_shell(folder, both):
    folder.export(AWS_REGION="sa-east-1")
    folder.put(user={"env": settings(AWS_REGION="")})
    assert both.agree(folder).region == PROFILE_REGION


@pytest.mark.parametrize("line, region", [
    ('region = "ap-south-1"', "us-east-1"), ("REGION = ap-south-1", "us-east-1"), ("region =", "us-east-1"),
    ("region = ap-south-1 # near us", "ap-south-1")])
def test_regions_of_a_profile(folder, both, line, region):
    folder.put(config=folder.home.config.read_text().replace("region = ap-south-1", line),
               user={"env": settings("AWS_REGION")})
    assert both.agree(folder).region == region


@pytest.mark.parametrize("user, model", [
    ({"model": "us.m", "env": {}}, MODEL), ({"model": "us.m", "env": {"ANTHROPIC_MODEL": ""}}, "us.m"),
    ({"model": " us.m ", "env": {"ANTHROPIC_MODEL": ""}}, "us.m"), ({"env": {"ANTHROPIC_MODEL": f" {MODEL} "}}, MODEL),
    ({"env": {"ANTHROPIC_MODEL": f"{MODEL}[1m]"}}, MODEL), ({"env": {"ANTHROPIC_MODEL": 5}}, "5"),
    ({"env": {"ANTHROPIC_MODEL": "", "ANTHROPIC_DEFAULT_MODEL": "us.d"}}, "us.d"),
    ({"model": "", "env": {"ANTHROPIC_MODEL": ""}}, DEFAULT)])
def test_models(folder, both, user, model):
    folder.put(user={**user, "env": settings(**user["env"])})
    answer = both.agree(folder)
    assert answer.session == "corp" and model in (answer.model, DEFAULT)
