"""Dev containers and codespaces: no runtime folder, folders of the host that are read-only, and VS Code's browser."""

import pytest

from somewhere import CHOICE
from waiting import eventually


def test_the_daemon_runs_without_a_runtime_folder(container):
    """Nobody has made /run/user/1000, and the user of the container cannot."""
    container.use()
    container.daemon()
    assert container.status()["daemon"]["running"]
    assert container.run("status", "--line").stdout == "work-dev ok\n"


def test_the_daemon_runs_where_the_runtime_folder_is_missing(container):
    """As after `su`, with the variable of a session that has ended or is another user's."""
    container.environment["XDG_RUNTIME_DIR"] = "/run/user/1000"
    container.use()
    container.daemon()
    assert container.status()["daemon"]["running"]


def test_a_terminal_finds_the_daemon_that_has_another_runtime_folder(somewhere):
    """VS Code sets XDG_RUNTIME_DIR in its terminals, but not for a container's postStartCommand."""
    somewhere.use()
    somewhere.daemon(XDG_RUNTIME_DIR=somewhere.runtime("one"))
    assert somewhere.status(XDG_RUNTIME_DIR=somewhere.runtime("other"))["daemon"]["running"]


def test_two_daemons_do_not_guard_one_home(somewhere):
    somewhere.use()
    somewhere.daemon(XDG_RUNTIME_DIR=somewhere.runtime("one"))
    second = somewhere.daemon(stays=False, XDG_RUNTIME_DIR=somewhere.runtime("other"))
    eventually(lambda: second.poll() is not None or somewhere.log.read_text().count("started") > 1,
               "the second ends, or says that it started")
    assert second.poll() == 1 and "already running" in somewhere.log.read_text()


def test_nothing_is_installed_by_programs_that_are_not_there(container):
    """An image of Ubuntu 24.04 has neither snap nor sudo."""
    system = container.folder / "os-release"
    system.write_text('ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n')
    container.mounts.append(f"mount --bind {system} /etc/os-release")
    terminal = container.terminal("setup", XDG_RUNTIME_DIR=container.runtime())
    assert "Install it" not in terminal.wait_for("> Go on without it", "Enter selects")


def read_only(place, folder):
    place.mounts += [f"mount --bind {folder} {folder}", f"mount -o remount,bind,ro {folder}"]


def test_a_read_only_aws_folder_costs_no_refresh_token(somewhere):
    """The host goes on with it: what cannot be written down is not asked for."""
    somewhere.use()
    somewhere.home.age_token(left=60)
    read_only(somewhere, somewhere.home.path / ".aws")
    somewhere.daemon(XDG_RUNTIME_DIR=somewhere.runtime())
    eventually(lambda: "Read-only file system" in somewhere.log.read_text(), "it says why")
    assert somewhere.sandbox.record("CreateToken", grantType="refresh_token") == []


def test_doctor_tells_of_a_read_only_aws_folder_in_time(somewhere):
    """While the token of the host still works."""
    somewhere.use()
    read_only(somewhere, somewhere.home.path / ".aws")
    said = " ".join(somewhere.run("doctor", "--offline", status=None).stdout.split())
    assert "read-only" in said.replace("Read-only", "read-only"), said


def test_setup_uses_the_sign_in_of_the_host(somewhere):
    """Nothing has to be written to the read-only folder."""
    read_only(somewhere, somewhere.home.path / ".aws")
    somewhere.run("setup", *CHOICE, "--no-enable")
    assert somewhere.home.claude_settings()["awsAuthRefresh"] == "bedrock-agent login --profile work-dev"
    assert somewhere.sandbox.prompts() == 0


@pytest.mark.parametrize("place", ["REMOTE_CONTAINERS", "CODESPACES"])
def test_the_browser_of_vs_code_opens_the_page(somewhere, place):
    browser = somewhere.opener("browser.sh", somewhere.folder / "helpers")
    login = somewhere.login(BROWSER=str(browser), **{place: "true"})
    login.wait_for("signed in to corp")
    assert login.wait() == 0 and somewhere.pages()[0] == "browser.sh" and "user_code=" in somewhere.pages()[1]


@pytest.mark.parametrize("more", [{}, {"WSL_DISTRO_NAME": "Ubuntu"}], ids=["", "on Windows"])
@pytest.mark.parametrize("place", ["REMOTE_CONTAINERS", "CODESPACES"])
def test_a_forwarded_display_is_not_this_machine(somewhere, place, more):
    """Since 2023, VS Code sets DISPLAY and WAYLAND_DISPLAY in every dev container. Its browser is on another machine,
    and reaches a port of the container only where VS Code forwards that, so the page must not call back."""
    browser = somewhere.opener("browser.sh", somewhere.folder / "helpers")
    login = somewhere.login(
        BROWSER=str(browser), DISPLAY=":1", WAYLAND_DISPLAY="vscode-wayland-1.sock", **{place: "true"}, **more)
    login.wait_for("signed in to corp")
    assert "with the code" in login.text() and "redirect_uri" not in login.text()
