"""`setup` with a region that is mistyped, or in which the account has no models."""

import re

import pytest

from claude_settings import write_settings
from pty_terminal import CTRL_C, ENTER
from walking import NEWEST

YES = ("--yes", "--no-enable")
OPUS_41 = "us.anthropic.claude-opus-4-1-20250805-v1:0"
# The regions and models of an account.
WEST = {"us-west-2": [NEWEST, OPUS_41]}


def listed(model: str, region: str) -> dict:
    return {"inferenceProfileId": model, "inferenceProfileName": model, "status": "ACTIVE", "type": "SYSTEM_DEFINED",
            "inferenceProfileArn": f"arn:aws:bedrock:{region}:123456789012:inference-profile/{model}", "models": []}


@pytest.fixture
def bedrock(serve):
    """A Bedrock that lists these models by region, and where that is pointed to; `asked` are the regions that were."""

    def start(models: dict):
        def answer(request):
            region = re.search(r"Credential=[^/]+/\d+/([^/]+)/", request.headers["Authorization"])[1]
            if region not in server.asked:
                server.asked.append(region)
            mine = models.get(region, []) if request.query()["type"] == "SYSTEM_DEFINED" else []
            return 200, {"inferenceProfileSummaries": [listed(model, region) for model in mine]}

        server = serve(answer)
        server.asked = []
        server.environment = {"AWS_ENDPOINT_URL_BEDROCK": server.url}
        return server

    return start


def one_line(text: str) -> str:
    return " ".join(text.split())


# Without models


def test_another_region_is_offered_that_has_models(walk, signed_in, bedrock):
    service = bedrock(WEST)
    terminal = walk("--no-enable", "--profile", "work-dev", **service.environment)
    terminal.wait_for("Which region")
    terminal.press("Another", ENTER)
    terminal.wait_for_next("Bedrock region")
    terminal.type("us-west-1")
    terminal.wait_for_next("no Anthropic inference profiles in us-west-1", "What instead of us-west-1?",
                           "> Use us-west-2 (2 models)", "Another region", "Enter a model ID")
    assert service.asked == ["us-west-1", "us-west-2"]
    # To the question that was answered before.
    terminal.press("Another", ENTER)
    terminal.wait_for_next("Which region do you use Bedrock in?")
    terminal.press("Another", ENTER)
    terminal.wait_for_next("Bedrock region", "us-west-1")
    terminal.press(ENTER)
    terminal.wait_for_next("What instead of us-west-1?")
    assert service.asked == ["us-west-1", "us-west-2"]
    terminal.press("Use", ENTER)
    terminal.wait_for_next("Which model? (us-west-2)", NEWEST)
    terminal.press(ENTER)
    terminal.wait_for_next("How should Claude Code sign in?")
    terminal.press(CTRL_C)
    assert terminal.wait() == 130


def test_another_region_than_that_of_the_flag(walk, signed_in, bedrock):
    terminal = walk("--no-enable", "--profile", "work-dev", "--region", "us-west-1", **bedrock(WEST).environment)
    terminal.wait_for("What instead of us-west-1?")
    terminal.press("Another", ENTER)
    terminal.wait_for_next("Which region instead of us-west-1?", "> us-west-2")
    terminal.press(ENTER)
    terminal.wait_for_next("Which model? (us-west-2)")
    terminal.press(CTRL_C)
    assert terminal.wait() == 130


def test_no_region_with_models(walk, signed_in, bedrock):
    service = bedrock({})
    terminal = walk("--no-enable", "--profile", "work-dev", "--region", "eu-south-2", **service.environment)
    shown = terminal.wait_for("What instead of eu-south-2?", "> Another region", "Enter a model ID")
    assert "ask your administrator for access to Anthropic's models" in one_line(shown) and "Use " not in shown
    assert service.asked == ["eu-south-2", "eu-west-1", "eu-central-1", "us-west-2"]
    terminal.press("Enter", ENTER)
    terminal.wait_for_next("Model (inference profile ID)")
    terminal.type("us-wst-2")
    terminal.wait_for_next("us-wst-2 does not look like a model")
    terminal.wait_for_next("How should Claude Code sign in?")
    terminal.press(CTRL_C)
    assert terminal.wait() == 130


@pytest.mark.parametrize("model, flags", [(OPUS_41, ""), ("eu.anthropic.claude-opus-4-1-20250805-v1:0",
                                                         f" --model {OPUS_41}")])
def test_an_error_names_the_region_that_works(setup, signed_in, bedrock, model, flags):
    environment = bedrock(WEST).environment
    said = one_line(setup("--profile", "work-dev", "--region", "us-west-1", "--model", model, *YES, status=1,
                          **environment).stderr)
    assert f"us-west-2 has 2 models: pass --region us-west-2{flags};" in said
    chosen = dict(zip(*[iter(["--model", model, "--region", "us-west-2", *flags.split()])] * 2))
    setup("--profile", "work-dev", *(word for flag in chosen.items() for word in flag), *YES, **environment)
    assert signed_in.claude_settings()["env"]["AWS_REGION"] == "us-west-2"


def test_an_error_names_the_region_for_the_model_that_is_set(setup, signed_in, bedrock):
    write_settings(signed_in.path, "aws sso login --profile work-dev", ANTHROPIC_MODEL=OPUS_41)
    environment = bedrock(WEST).environment
    said = one_line(setup("--region", "us-west-1", *YES, status=1, **environment).stderr)
    assert "us-west-2 has 2 models: pass --region us-west-2;" in said
    said = one_line(setup("--region", "us-west-1", *YES, status=1, **bedrock({}).environment).stderr)
    assert "ask your administrator for access to Anthropic's models" in said


# Mistyped


def test_a_region_that_is_mistyped_is_asked_for_again(walk, signed_in):
    terminal = walk("--no-enable", "--profile", "work-dev")
    terminal.wait_for("Which region")
    for typed, words in (("us-wst-2", "did you mean us-west-2?"), ("nowhere", "AWS names them like us-east-1")):
        terminal.press("Another", ENTER)
        terminal.wait_for_next("Bedrock region")
        terminal.press("\x15")
        terminal.type(typed)
        shown = one_line(terminal.wait_for_next(words))
        assert f"{typed} is not a region that is known here" in shown and "Enter it again to keep it." in shown
        terminal.press(ENTER)
        terminal.wait_for_next("Which model?")
        terminal.press("\x1b")
        # What was kept is not doubted again.
        terminal.wait_for_next("Bedrock region")
        terminal.press(ENTER)
        terminal.wait_for_next("Which model?")
        terminal.press("\x1b")
        terminal.wait_for_next("Bedrock region")
        terminal.press("\x1b")
        terminal.wait_for_next("Which region do you use Bedrock in?")
    terminal.press(CTRL_C)
    assert terminal.wait() == 130


@pytest.mark.parametrize("flag, region, words", [
    ("--region", "us-wst-2", "did you mean us-west-2?"), ("--region", "us-west-2a", "did you mean us-west-2?"),
    ("--region", "nowhere", "AWS names them like us-east-1"), ("--sso-region", "eu-wset-1", "did you mean eu-west-1?")])
def test_a_region_that_is_mistyped_in_a_flag(setup, home, sandbox, flag, region, words):
    more = ("--sso-start-url", home.start_url) if flag == "--sso-region" else ()
    said = one_line(setup("--model", "opus", flag, region, *more, *YES, status=64).stderr)
    assert f"{flag}: {region} is not a region that is known here" in said and words in said and "--force" in said
    assert not (home.path / ".claude").exists() and sandbox.prompts() == 0


@pytest.mark.parametrize("region, more", [("us-wst-2", ("--force",)), ("xx-north-7", ()), ("us-west-3", ())])
def test_a_region_that_may_be_new_is_taken(setup, home, region, more):
    setup("--profile", "work-dev", "--model", "opus", "--region", region, *more, "--no-login", *YES)
    assert home.claude_settings()["env"]["AWS_REGION"] == region


# A model that nobody can check


@pytest.mark.parametrize("model, is_doubted", [
    ("us-wst-2", True), ("opuss", True), ("meta.llama3", True), ("opus", False), ("Sonnet[1m]", False),
    ("us.anthropic.claude-opus-4-8", False), ("arn:aws:bedrock:us-west-2:1:x/y", False)])
def test_a_word_that_is_no_model_is_doubted(setup, home, model, is_doubted):
    said = one_line(setup("--profile", "work-dev", "--region", "us-west-2", "--model", model, "--no-login", *YES).stdout)
    assert (f"{model} does not look like a model" in said) == is_doubted
    assert home.claude_settings()["env"]["ANTHROPIC_MODEL"] == model
