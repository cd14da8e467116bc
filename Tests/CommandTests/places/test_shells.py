"""Shells that are not the one of a desktop: over SSH, in a tmux that has outlived its login, after `su`, from cron."""

import os
import socket

import pytest

from waiting import eventually

SSH = {"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22", "SSH_TTY": "/dev/pts/7"}


@pytest.fixture
def manager(somewhere):
    """A user manager that runs, as far as files tell, and a systemctl that reaches it as the real one does."""
    user = somewhere.folder / "users" / str(os.getuid())
    (user / "systemd").mkdir(parents=True)
    user.chmod(0o700)
    asked = somewhere.folder / "asked"
    somewhere.tool("systemctl", f"""
        if [ "$XDG_RUNTIME_DIR" != /run/user/{os.getuid()} ]; then
            echo 'Failed to connect to bus: $DBUS_SESSION_BUS_ADDRESS and $XDG_RUNTIME_DIR not defined' >&2
            exit 1
        fi
        echo "$@" >> {asked}""")
    with socket.socket(socket.AF_UNIX) as private:
        private.bind(str(user / "systemd" / "private"))
        private.listen()
        somewhere.mounts += ["mount -t tmpfs tmpfs /run", "mkdir /run/user",
                             f"mount --bind {somewhere.folder}/users /run/user"]
        yield asked


def test_after_su_the_manager_is_found(somewhere, manager):
    """Its folder has its usual name, though the shell does not know it."""
    result = somewhere.setup()
    assert "enable --now bedrock-agent" in manager.read_text()
    assert "RESTART REQUIRED" in result.stdout


def test_a_real_failure_stays_one(somewhere, manager):
    """The manager is there, and does not start the daemon. What was written is said all the same."""
    somewhere.tool("systemctl", 'echo "Unit bedrock-agent.service is masked." >&2; exit 1')
    result = somewhere.setup(status=1, XDG_RUNTIME_DIR=f"/run/user/{os.getuid()}")
    assert "is masked" in result.stderr and "systemctl --user enable --now bedrock-agent" in result.stderr
    assert "RESTART REQUIRED" in result.stdout and "bedrock-agent reset" in result.stdout


def test_over_ssh_setup_names_lingering(somewhere, manager):
    """Else the daemon ends with the last login, and with it whatever was to run overnight."""
    result = somewhere.setup(XDG_RUNTIME_DIR=f"/run/user/{os.getuid()}", **SSH)
    assert "loginctl enable-linger" in result.stdout


def test_at_a_desktop_nobody_speaks_of_lingering(somewhere, manager):
    result = somewhere.setup(XDG_RUNTIME_DIR=f"/run/user/{os.getuid()}", DISPLAY=":0")
    assert "linger" not in result.stdout


def test_the_helper_of_an_editor_opens_the_page(somewhere):
    browser = somewhere.opener("browser.sh", somewhere.folder / "helpers")
    login = somewhere.login(BROWSER=str(browser), **SSH)
    login.wait_for("signed in to corp")
    assert login.wait() == 0 and "user_code=" in somewhere.pages()[1]


def test_an_editor_that_has_gone_leaves_the_code(somewhere):
    """Its folder goes with its next version; tmux keeps the old BROWSER."""
    login = somewhere.login(BROWSER="/home/dev/.vscode-server/bin/0/bin/helpers/browser.sh", **SSH)
    login.wait_for("with the code")
    somewhere.sandbox.approve()
    assert login.wait() == 0


def test_the_display_of_an_old_ssh_login_is_none(somewhere):
    """tmux keeps DISPLAY, but sshd's variables are gone: nothing here can complete a page that calls back."""
    somewhere.opener("xdg-open")
    login = somewhere.login(DISPLAY="localhost:10.0", TMUX="/tmp/tmux-1000/default,1,0")
    login.wait_for("with the code")
    somewhere.sandbox.approve()
    assert login.wait() == 0 and somewhere.pages() == []


def test_where_no_page_can_open_a_code_is_shown_or_named(somewhere):
    """A display, and no program that opens pages: the long address helps only a browser on this machine."""
    login = somewhere.login(DISPLAY=":0")
    eventually(lambda: "with the code" in login.wait_for("Sign in at") or "--device-code" in login.text(),
               "a way to sign in on another device")


def test_where_the_opener_fails_a_code_is_named(somewhere):
    """xdg-open without any browser."""
    somewhere.tool("xdg-open", f"echo xdg-open >> {somewhere.opened}; exit 3")
    login = somewhere.login(DISPLAY=":0")
    eventually(somewhere.pages, "it has tried")
    login.wait_for("--device-code")


def test_from_cron(somewhere):
    """Nothing but HOME and PATH."""
    somewhere.use()
    kept = ("HOME", "PATH", "BEDROCK_AGENT_MANAGED_ROOT", "DBUS_SYSTEM_BUS_ADDRESS")
    somewhere.environment = {name: somewhere.environment[name] for name in kept}
    somewhere.mounts.append("mount -t tmpfs tmpfs /run")
    assert somewhere.run("status", "--line").stdout.startswith("work-dev ok")
    text = somewhere.run("doctor", "--offline", status=None).stdout
    assert "fix: bedrock-agent daemon" in text, text
