"""At a terminal, what root locks is not asked, and what a lock forbids is not offered: nobody answers questions in vain."""

from administrator import MODEL
from pty_terminal import DOWN, ENTER

ALL = ["setup.ssoStartUrl", "setup.ssoRegion", "setup.ssoSession", "setup.accountId", "setup.roleName"]


def test_profiles_that_it_forbids_are_not_offered(walk, admin, home, signed_in):
    admin.write(setup={"roleName": "Dev", "region": "us-west-2", "model": "claude-opus", "statusLine": False,
                       "hooks": False, "coalesce": True}, locked=["setup"])
    terminal = walk("--no-enable")
    shown = terminal.wait_for("Which profile should Claude Code use?", "A new profile")
    # However the terminal breaks it.
    said = "".join(shown.split())
    what = f"not offered: no-bedrock, not-assigned, chained: {admin.config}, line {admin.line('locked') + 1}, locks setup.roleName"
    assert "".join(what.split()) in said, shown
    menu = shown[shown.index("Which profile"):]
    assert "work-dev" in menu and "old-profile" in menu and "no-bedrock" not in menu and "chained" not in menu
    terminal.press(ENTER)
    shown = terminal.wait_for("Apply?")
    for question in ("Which region", "Which model?", "How should", "status line?", "Say in Claude Code"):
        assert question not in shown, shown
    terminal.press(ENTER)
    assert terminal.wait() == 0, terminal.text()
    assert home.claude_settings()["env"]["AWS_PROFILE"] == "work-dev"


def test_a_new_profile_has_what_is_locked(walk, admin, home, signed_in):
    """Somebody who has a profile that is allowed makes another."""
    admin.write(setup={**admin.setup, "ssoSession": "corp", "profile": "work-dev"}, locked=ALL)
    terminal = walk("--no-enable", "--region", "us-west-2", "--model", MODEL, "--coalesce", "--no-hooks",
                    "--no-status-line")
    # The profile is given, and not locked: it is there, and used.
    terminal.wait_for("Apply?")
    terminal.press(ENTER)
    assert terminal.wait() == 0, terminal.text()
    terminal = walk("--no-enable", "--region", "us-west-2", "--model", MODEL, "--coalesce", "--no-hooks",
                    "--no-status-line")
    terminal.wait_for("Which profile should Claude Code use?", "A new profile")
    terminal.press(*[DOWN] * terminal.text().split("Which profile")[1].count("  Dev"), DOWN, DOWN, ENTER)
    shown = terminal.wait_for("Profile name")
    for question in ("Start URL", "Which region is your", "Which account?", "Which role?"):
        assert question not in shown, shown
    terminal.press(ENTER)
    terminal.wait_for("Apply?")
    terminal.press(ENTER)
    assert terminal.wait() == 0, terminal.text()
    assert "[profile Dev-123456789012]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Dev\n" \
        in home.config.read_text()
    assert home.claude_settings()["env"]["AWS_PROFILE"] == "Dev-123456789012"


def test_one_that_it_forbids_is_refused_before_the_sign_in(walk, run, admin, home, sandbox):
    admin.write(setup={"accountId": "210987654321"}, locked=["setup.accountId"])
    terminal = walk("--profile", "work-dev", "--no-enable")
    assert terminal.wait() == 1
    shown = " ".join(terminal.text().split())
    assert "accountId 123456789012 is not allowed" in shown and f"line {admin.line('setup.accountId')}" in shown
    assert sandbox.prompts() == 0 and "Which region" not in shown


def test_the_locked_profile_is_another_one(walk, admin, home, signed_in):
    """No other answer could do."""
    admin.write(setup={"profile": "work-dev", "roleName": "Boss"}, locked=["setup"])
    terminal = walk("--no-enable")
    assert terminal.wait() == 1
    shown = " ".join(terminal.text().split())
    assert "profile work-dev is there already, and is another one: its roleName is Dev" in shown
    assert "pass --profile" not in shown


def test_the_locked_profile_is_made_where_nobody_has_it(walk, admin, first_day):
    """Root names it alone: the rest is asked."""
    admin.write(setup={"profile": "acme"}, locked=["setup.profile"])
    terminal = walk("--no-enable")
    terminal.wait_for("Start URL")
