"""`setup` by flags over settings that are there: what it is not told to change stays, and what no longer fits is changed
or named."""

import json

import pytest

from claude_settings import COMMAND, approve, write_settings
from pty_terminal import ENTER
from walking import leave_extras

YES = ("--yes", "--no-enable")
OPUS_41 = "us.anthropic.claude-opus-4-1-20250805-v1:0"
NEWEST = "global.anthropic.claude-opus-4-5-20251101-v1:0"
TEAM = "arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/a1b2c3d4e5f6"
GLOBEX = """
[profile globex]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Dev
region = eu-central-1

[profile no-region]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Dev

[sso-session other]
sso_start_url = https://other.awsapps.com/start
sso_region = us-east-1

[profile other]
sso_session = other
sso_account_id = 123456789012
sso_role_name = Dev
"""


@pytest.fixture
def set_up(signed_in):
    """Signed in, with settings for work-dev in us-west-2 and a second profile in eu-central-1."""
    with signed_in.config.open("a") as config:
        config.write(GLOBEX)

    def write(model=OPUS_41, command=COMMAND, **env):
        write_settings(signed_in.path, command, ANTHROPIC_MODEL=model, **env)
        return signed_in

    return write


def values(home) -> tuple:
    settings = home.claude_settings()
    return tuple(settings["env"].get(name) for name in ("AWS_PROFILE", "AWS_REGION", "ANTHROPIC_MODEL"))


# Another profile


@pytest.mark.parametrize("model, becomes", [
    (OPUS_41, OPUS_41.replace("us.", "eu.")), (f"{OPUS_41}[1m]", OPUS_41.replace("us.", "eu.") + "[1m]"),
    (NEWEST, NEWEST), ("sonnet", "sonnet"), ("anthropic.claude-opus-4-1-20250805-v1:0",) * 2])
def test_another_profile_brings_its_region_and_a_model_that_fits(setup, set_up, model, becomes):
    home = set_up(model)
    said = setup("--profile", "globex", *YES).stdout
    assert values(home) == ("globex", "eu-central-1", becomes)
    assert "eu-central-1 (of profile globex; us-west-2 was set before)" in " ".join(said.split())
    assert (f"the same model there is {becomes}" in " ".join(said.split())) == (model != becomes)
    assert home.claude_settings()["awsAuthRefresh"] == "aws sso login --profile globex"
    before = (home.path / ".claude" / "settings.json").read_bytes()
    assert "nothing was changed" in setup("--profile", "globex", *YES).stdout
    assert (home.path / ".claude" / "settings.json").read_bytes() == before


@pytest.mark.parametrize("model", ["us.anthropic.claude-opus-4-2-20250805-v1:0", TEAM])
def test_a_model_that_has_no_like_there_is_an_error_that_names_the_flag(setup, set_up, model):
    home = set_up(model)
    before = home.claude_settings()
    said = " ".join(setup("--profile", "globex", *YES, status=1).stderr.split())
    assert model in said and "eu-central-1" in said and "pass --model" in said
    assert said.split("closest: ")[1].startswith(("eu.anthropic.claude-opus-4-", "arn:aws:bedrock:eu-central-1:"))
    assert home.claude_settings() == before
    setup("--profile", "globex", "--force", *YES)
    assert values(home) == ("globex", "eu-central-1", model)


def test_another_region_by_its_flag(setup, set_up):
    home = set_up()
    setup("--region", "eu-west-1", *YES)
    assert values(home) == ("work-dev", "eu-west-1", OPUS_41.replace("us.", "eu."))
    setup("--profile", "globex", "--region", "us-east-1", *YES)
    assert values(home) == ("globex", "us-east-1", OPUS_41)


def test_without_a_list_a_model_that_cannot_fit_is_an_error(setup, set_up, home):
    home = set_up()
    home.token_file().unlink()
    said = setup("--profile", "globex", "--no-login", *YES, status=1).stderr
    assert "--model" in said and "could not be listed" in " ".join(said.split())
    home = set_up(NEWEST)
    said = setup("--profile", "globex", "--no-login", *YES).stdout
    assert values(home) == ("globex", "eu-central-1", NEWEST) and "was not checked" in " ".join(said.split())


def test_a_profile_without_a_region_leaves_it(setup, set_up):
    home = set_up()
    setup("--profile", "no-region", *YES)
    assert values(home) == ("no-region", "us-west-2", OPUS_41)


def test_the_same_profile_changes_nothing(setup, set_up, sandbox):
    """Neither a region that is not the profile's, nor a model that nobody lists."""
    home = set_up("us.anthropic.claude-never", AWS_REGION="eu-west-1")
    settings = (home.path / ".claude" / "settings.json").read_bytes()
    # The first run keeps what the shell exports.
    setup(*YES)
    assert (home.path / ".claude" / "settings.json").read_bytes() == settings
    for arguments in ((), ("--profile", "work-dev"), ("--model", "us.anthropic.claude-never")):
        assert "nothing was changed" in setup(*arguments, *YES).stdout
    assert values(home) == ("work-dev", "eu-west-1", "us.anthropic.claude-never")
    assert sandbox.record("ListInferenceProfiles") == []


def test_the_walk_recommends_them(walk, set_up):
    """The other profile's region, and there the model that is set."""
    home = set_up(command="bedrock-agent login --profile work-dev")
    terminal = walk("--profile", "globex", "--no-enable")
    terminal.wait_for("Which region do you use Bedrock in?", "> eu-central-1", "the region of profile globex")
    terminal.press(ENTER)
    terminal.wait_for("Which model?", f"> {OPUS_41.replace('us.', 'eu.')}")
    terminal.press("Another", ENTER)
    terminal.wait_for("Model (inference profile ID)")
    terminal.press("\x15")
    terminal.type("eu.anthropic.claude-opus-4-8")
    terminal.wait_for("Not listed; closest: eu.anthropic.claude-opus-4-5")
    terminal.press("\x15")
    terminal.type(NEWEST)
    leave_extras(terminal)
    terminal.wait_for("Apply?")
    terminal.press(ENTER)
    assert terminal.wait() == 0
    assert values(home) == ("globex", "eu-central-1", NEWEST)
    assert command(home) == "bedrock-agent login --profile globex"


# The model by its flag


def test_a_model_that_is_not_listed_is_an_error_naming_the_nearest(setup, set_up):
    home = set_up(NEWEST)
    before = home.claude_settings()
    said = " ".join(setup("--model", "us.anthropic.claude-opus-4-8", *YES, status=1).stderr.split())
    assert "--model us.anthropic.claude-opus-4-8" in said and "us-west-2" in said and "--force" in said
    assert said.split("closest: ")[1].startswith("us.anthropic.claude-opus-4-")
    assert home.claude_settings() == before
    setup("--model", "us.anthropic.claude-opus-4-8", "--force", *YES)
    assert values(home)[2] == "us.anthropic.claude-opus-4-8"
    # Once it is there, it is nothing that this run was told to change.
    assert "nothing was changed" in setup("--model", "us.anthropic.claude-opus-4-8", *YES).stdout


@pytest.mark.parametrize("model", [
    OPUS_41, f"{NEWEST}[1m]", TEAM, "opus", "sonnet[1m]", "anthropic.claude-sonnet-4-5-20250929-v1:0"])
def test_models_that_are_right(setup, set_up, model):
    home = set_up("us.anthropic.claude-never")
    assert "was not checked" not in setup("--model", model, *YES).stdout
    assert values(home)[2] == model


def test_a_foundation_model_that_has_inference_profiles_is_warned_of(setup, set_up):
    home = set_up(NEWEST)
    model = "anthropic.claude-opus-4-5-20251101-v1:0"
    said = " ".join(setup("--model", model, *YES).stdout.split())
    assert f"usually takes only by an inference profile: us.{model}" in said and values(home)[2] == model


@pytest.mark.parametrize("cause, arguments, words", [
    (lambda home, sandbox: home.token_file().unlink(), ("--no-login",), "was not checked"),
    (lambda home, sandbox: sandbox.settings(bedrockDenied=["Dev"]), (), "bedrock:ListInferenceProfiles"),
    (lambda home, sandbox: sandbox.fault("ListInferenceProfiles", "503", times=-1), (), "was not checked")],
    ids=["not signed in", "denied", "no answer"])
def test_where_the_list_cannot_be_had_it_is_written_and_said(setup, set_up, sandbox, cause, arguments, words):
    home = set_up(NEWEST)
    cause(home, sandbox)
    said = " ".join(setup("--model", "us.anthropic.claude-opus-4-8", *arguments, *YES).stdout.split())
    assert "us.anthropic.claude-opus-4-8 was not checked: " in said and words in said
    assert values(home)[2] == "us.anthropic.claude-opus-4-8"


# The form of the command

OURS = "bedrock-agent login --profile work-dev"


@pytest.fixture
def on_path(build, tmp_path):
    """A PATH with bedrock-agent in it."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "bedrock-agent").symlink_to(build / "bedrock-agent")
    return f"{tmp_path / 'bin'}:/usr/bin:/bin"


def command(home) -> str:
    return home.claude_settings()["awsAuthRefresh"]


def approved(home) -> list:
    file = home.path / ".local" / "state" / "bedrock-agent" / "approvals.json"
    return json.loads(file.read_text()) if file.exists() else []


@pytest.mark.parametrize("line", [
    OURS, f"{COMMAND} --no-browser", f"/usr/bin/{COMMAND}", "aws sso login", "aws sso login --sso-session corp",
    "AWS_PROFILE=work-dev aws sso login", f"{COMMAND} 2>/dev/null"])
def test_the_form_in_place_stays_and_is_approved(setup, set_up, on_path, line):
    home = set_up(command=line)
    said = setup("--region", "us-east-1", *YES, PATH=on_path).stdout
    assert command(home) == line and approved(home) == [line] and values(home)[1] == "us-east-1"
    is_own = line not in (OURS, "aws sso login", "aws sso login --sso-session corp")
    assert (f"awsAuthRefresh stays as it is: {line}" in " ".join(said.split())) == is_own


@pytest.mark.parametrize("line", [
    "AWS_CONFIG_FILE=/tmp/x aws sso login", f"{COMMAND} --endpoint-url http://127.0.0.1:9", f"bash -lc '{COMMAND}'",
    "{tools}/aws sso login --profile work-dev"])
def test_one_that_does_more_stays_and_is_to_be_approved_by_itself(setup, set_up, tmp_path, aws_cli, line):
    tool = tmp_path / "aws"
    tool.write_text('#!/bin/sh\nexec /usr/bin/aws "$@"\n')
    tool.chmod(0o755)
    line = line.format(tools=tmp_path)
    home = set_up(command=line)
    said = " ".join(setup("--region", "us-east-1", *YES).stdout.split())
    assert command(home) == line and approved(home) == []
    assert f"awsAuthRefresh stays as it is: {line}" in said and "bedrock-agent approve" in said
    approve(home.path, line)
    assert "bedrock-agent approve" not in setup("--region", "us-west-2", *YES).stdout
    assert command(home) == line and approved(home) == [line]


def test_somebodys_own_program_stays_if_it_was_approved(setup, set_up, tmp_path):
    tool = tmp_path / "sign-in"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    home = set_up(command=str(tool))
    approve(home.path, str(tool))
    setup("--region", "us-east-1", *YES)
    assert command(home) == str(tool)
    # For another profile nothing says that it does the right thing.
    said = " ".join(setup("--profile", "globex", *YES).stdout.split())
    assert command(home) == "aws sso login --profile globex"
    assert f"awsAuthRefresh was {tool}, but nothing says that it signs in to corp" in said


@pytest.mark.parametrize("line, becomes, why", [
    ("bedrock-agent login --profile other", OURS, None),
    ("/opt/none/aws sso login --profile work-dev", COMMAND, "there is no program /opt/none/aws"),
    ("aws sso login --no-browser --profile other", COMMAND, "signs in to other, but work-dev needs corp"),
    ("aws sso login --no-browser --profile ghost", COMMAND, 'no profile "ghost"'),
    ("aws sts get-caller-identity || aws sso login --profile work-dev --no-browser", f"{COMMAND} --no-browser",
     "hides an ended session"),
    ("cat program | sh", COMMAND, "nothing says that it signs in to corp"),
])
def test_one_that_cannot_stay_is_named(setup, set_up, on_path, line, becomes, why):
    home = set_up(command=line)
    said = " ".join(setup(*YES, PATH=on_path).stdout.split())
    assert command(home) == becomes and approved(home) == [becomes]
    if why:
        assert f"awsAuthRefresh was {line}, but " in said and why in said


def test_another_profile_keeps_our_form(setup, set_up):
    home = set_up(NEWEST, OURS)
    setup("--profile", "globex", *YES)
    assert command(home) == "bedrock-agent login --profile globex"
    setup("--coalesce", *YES)
    assert command(home) == "bedrock-agent login --profile globex"


def test_coalesce_is_still_a_choice(setup, set_up):
    home = set_up(NEWEST, f"{COMMAND} --no-browser")
    setup("--coalesce", *YES)
    assert command(home) == OURS
