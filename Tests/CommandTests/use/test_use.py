"""`use`: Claude Code's settings change to another profile, its region and a model that goes with it, and back."""

import json

import pytest

from claude_settings import COMMAND, settings
from pty_terminal import CTRL_C, ENTER, Terminal
from switching import EU_OPUS_41, NEWEST, OPUS_41, TEAM, approved, previous, values

SETUP_GLOBEX = ("--profile", "globex", "--model", NEWEST, "--yes", "--no-enable")
OURS = "bedrock-agent login --profile work-dev"


def file(home):
    return home.path / ".claude" / "settings.json"


# Another profile


@pytest.mark.parametrize("model, becomes", [
    (OPUS_41, EU_OPUS_41), (f"{OPUS_41}[1m]", f"{EU_OPUS_41}[1m]"), (NEWEST, NEWEST), ("sonnet", "sonnet")])
def test_its_region_and_the_same_model_there(use, set_up, model, becomes):
    home = set_up(model, COMMAND, THEIRS="stays")
    said = " ".join(use("globex").stdout.split())
    assert values(home) == ("globex", "eu-central-1", becomes)
    assert "eu-central-1 (of profile globex; us-west-2 was set before)" in said
    assert home.claude_settings() == {
        **settings("aws sso login --profile globex", AWS_PROFILE="globex", AWS_REGION="eu-central-1",
                   ANTHROPIC_MODEL=becomes, THEIRS="stays")}


def test_a_profile_without_a_region_leaves_it(use, set_up):
    home = set_up()
    use("no-region")
    assert values(home) == ("no-region", "us-west-2", OPUS_41)


@pytest.mark.parametrize("line, becomes", [
    (COMMAND, "aws sso login --profile globex"), (OURS, "bedrock-agent login --profile globex"),
    (f"{COMMAND} --no-browser",) * 2])
def test_the_form_of_the_command_stays_and_is_approved(use, set_up, build, tmp_path, line, becomes):
    home = set_up(command=line)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "bedrock-agent").symlink_to(build / "bedrock-agent")
    path = f"{tmp_path / 'bin'}:/usr/bin:/bin"
    use("globex", PATH=path)
    assert home.claude_settings()["awsAuthRefresh"] == becomes and becomes in approved(home)
    use("-", PATH=path)
    assert home.claude_settings()["awsAuthRefresh"] == line and line in approved(home)


@pytest.mark.parametrize("flag", [(), ("--status-line",)], ids=["without", "with"])
def test_the_status_line_stays(use, set_up, flag):
    home = set_up()
    use(*flag, "--yes", "--no-enable", command="setup")
    before = home.claude_settings().get("statusLine")
    assert (before is None) == (not flag)
    for profile in ("globex", "-"):
        use(profile)
        assert home.claude_settings().get("statusLine") == before


def test_the_hooks_stay(use, set_up):
    home = set_up()
    use("--hooks", "--yes", "--no-enable", command="setup")
    before = home.claude_settings()["hooks"]
    for profile in ("globex", "-"):
        use(profile)
        assert home.claude_settings()["hooks"] == before


def test_the_profile_that_is_used_changes_nothing(use, set_up):
    home = set_up("us.anthropic.claude-never", AWS_REGION="eu-west-1")
    before = file(home).read_bytes()
    use("work-dev")
    assert file(home).read_bytes() == before and previous(home) == []
    assert "nothing was changed" in use("work-dev").stdout


# Back


@pytest.mark.parametrize("model", [OPUS_41, NEWEST, f"{OPUS_41}[1m]", "sonnet"])
def test_back_and_forth(use, set_up, model):
    """Also to a region that is not the profile's own."""
    home = set_up(model, AWS_REGION="us-east-1")
    first = home.claude_settings()
    use("globex")
    second = home.claude_settings()
    for expected in (first, second, first, second, first):
        use("-")
        assert home.claude_settings() == expected


def test_back_to_a_model_that_goes_with_one_profile_only(use, set_up):
    home = set_up(TEAM)
    use("globex", status=1)
    use(*SETUP_GLOBEX, command="setup")
    use("work-dev")
    assert values(home) == ("work-dev", "us-west-2", NEWEST)
    use("-")
    assert values(home) == ("globex", "eu-central-1", NEWEST)


def test_each_folder_has_its_own(use, set_up, tmp_path):
    home = set_up()
    folder = str(tmp_path / "other")
    use(*SETUP_GLOBEX, "--region", "eu-central-1", command="setup", CLAUDE_CONFIG_DIR=folder)
    use("globex")
    assert "no profile to go back to" in use("-", status=1, CLAUDE_CONFIG_DIR=folder).stderr
    use("no-region", CLAUDE_CONFIG_DIR=folder)
    use("-")
    assert values(home) == ("work-dev", "us-west-2", OPUS_41)
    use("-", CLAUDE_CONFIG_DIR=folder)
    env = json.loads((tmp_path / "other" / "settings.json").read_text())["env"]
    assert (env["AWS_PROFILE"], env["AWS_REGION"], env["ANTHROPIC_MODEL"]) == ("globex", "eu-central-1", NEWEST)


def test_reset_forgets_it(use, set_up):
    home = set_up()
    original = b'{\n   "theme": "dark",\t"env": { }\r\n}'
    file(home).write_bytes(original)
    use("--profile", "work-dev", "--region", "us-west-2", "--model", NEWEST, "--yes", "--no-enable", command="setup")
    use("globex")
    use("-")
    assert len(previous(home)) == 1
    use("--yes", command="reset")
    assert file(home).read_bytes() == original and previous(home) == [] and approved(home) == []
    assert "no profile to go back to" in use("-", status=1).stderr
    assert file(home).read_bytes() == original


# What cannot be


@pytest.mark.parametrize("content", [None, "{}", '{"theme": "dark"}', '{"env": {"AWS_PROFILE": "work-dev"}}'])
def test_before_setup(use, set_up, content):
    home = set_up()
    file(home).unlink()
    if content is not None:
        file(home).write_text(content)
    assert "bedrock-agent setup --profile globex" in use("globex", status=1).stderr
    assert "no profile to go back to" in use("-", status=1).stderr
    assert (file(home).read_text() if file(home).exists() else None) == content and previous(home) == []


def test_a_profile_that_is_not_there(use, set_up):
    home = set_up()
    before = file(home).read_bytes()
    assert "glbex" in use("glbex", status=1).stderr
    assert file(home).read_bytes() == before and previous(home) == []
    # What there is to go back to stays, also if it cannot be gone back to any more.
    use("globex")
    config = home.config.read_text()
    home.config.write_text(config.replace("[profile work-dev]", "[profile renamed]"))
    before = file(home).read_bytes()
    assert "work-dev" in use("-", status=1).stderr
    assert file(home).read_bytes() == before
    home.config.write_text(config)
    use("-")
    assert values(home) == ("work-dev", "us-west-2", OPUS_41)


def test_without_a_profile_it_is_a_usage_error(use, set_up):
    assert "<profile>" in use(status=64).stderr


@pytest.mark.parametrize("flags", [(), ("--yes",)])
@pytest.mark.parametrize("model", ["us.anthropic.claude-opus-4-2-20250805-v1:0", TEAM])
def test_a_model_that_has_no_like_there_is_an_error_that_names_the_flag(use, set_up, model, flags):
    home = set_up(model)
    before = file(home).read_bytes()
    said = " ".join(use("globex", *flags, status=1).stderr.split())
    assert model in said and "eu-central-1" in said and "--model" in said
    assert file(home).read_bytes() == before and previous(home) == []


def test_without_a_list_it_says_so(use, set_up):
    home = set_up()
    home.token_file().unlink()
    before = file(home).read_bytes()
    said = " ".join(use("globex", "--no-login", status=1).stderr.split())
    assert "could not be listed" in said and "--model" in said and file(home).read_bytes() == before
    home = set_up(NEWEST)
    assert "was not checked" in " ".join(use("globex", "--no-login").stdout.split())
    assert values(home) == ("globex", "eu-central-1", NEWEST)


# At a terminal


@pytest.fixture
def terminal(build, home, sandbox):
    """Starts `use` at a terminal."""
    started = []

    def start(*arguments: str) -> Terminal:
        started.append(Terminal(
            [build / "bedrock-agent", "use", *arguments],
            home.environment(sandbox.environment, {"BROWSER": sandbox.browser(), "DISPLAY": ":0"})))
        return started[-1]

    yield start
    for one in started:
        one.end()


def test_at_a_terminal_the_model_is_asked_for(terminal, use, set_up):
    home = set_up(TEAM)
    shown = terminal("globex")
    # What it is about is longer than a line of this terminal.
    shown.wait_for("Which model? (eu-central-1)")
    assert "is no inference profile of profile globex" in shown.text().replace("\n", "")
    shown.press("Sonnet 4.5", ENTER)
    shown.wait_for("Apply?")
    shown.press(ENTER)
    assert shown.wait() == 0, shown.text()
    profile, region, model = values(home)
    assert (profile, region) == ("globex", "eu-central-1") and "claude-sonnet-4-5" in model
    use("-")
    assert values(home) == ("work-dev", "us-west-2", TEAM)
    use("-")
    assert values(home) == ("globex", "eu-central-1", model)


def test_leaving_the_question_changes_nothing(terminal, set_up):
    home = set_up(TEAM)
    before = file(home).read_bytes()
    shown = terminal("globex")
    shown.wait_for("Which model?")
    shown.press(CTRL_C)
    assert shown.wait() != 0
    assert file(home).read_bytes() == before and previous(home) == []


def test_with_yes_nothing_is_asked_at_a_terminal_either(terminal, set_up):
    set_up(TEAM)
    shown = terminal("globex", "--yes")
    assert shown.wait() == 1 and "--model" in shown.text() and "Which model?" not in shown.text()


def test_what_fits_is_not_asked_for_at_a_terminal(terminal, set_up):
    home = set_up()
    shown = terminal("globex")
    assert shown.wait() == 0, shown.text()
    assert "Which" not in shown.text() and values(home) == ("globex", "eu-central-1", EU_OPUS_41)
