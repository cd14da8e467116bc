"""WSL 2, simulated by its variables and by stand-ins for its programs: the page opens in Windows."""

import pytest

from waiting import eventually

WSL = {"WSL_DISTRO_NAME": "Ubuntu", "WSL_INTEROP": "/run/WSL/11_interop", "WSLENV": "WT_SESSION:WT_PROFILE_ID:"}
# WSLg, on Windows 11: Linux programs have windows there.
WSLG = {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0", "PULSE_SERVER": "unix:/mnt/wslg/PulseServer"}
GRAPHICS = pytest.mark.parametrize("graphics", [WSLG, {}], ids=["WSLg", "no WSLg"])


@pytest.fixture
def wsl(somewhere):
    somewhere.environment.update(WSL, XDG_RUNTIME_DIR=somewhere.runtime())
    return somewhere


@pytest.fixture
def windows(wsl):
    """The folder of Windows's own programs, in PATH as WSL puts it there."""
    folder = wsl.folder / "c" / "Windows" / "System32"
    wsl.opener("rundll32.exe", folder)
    # These open pages, too, but not every address: a shell of Windows's takes & for its own.
    for name in ("explorer.exe", "cmd.exe", "powershell.exe"):
        wsl.tool(name, f'echo {name} >> {wsl.opened}; exit 1', folder)
    wsl.environment["PATH"] += f":{folder}"
    return folder


def signs_in(wsl, **environment):
    """Somebody signs in on the page that opens; returns the program that opened it and its words."""
    login = wsl.login(**environment)
    eventually(wsl.pages, "a page opens")
    login.wait_for("signed in to corp")
    assert login.wait() == 0
    return wsl.pages()


@GRAPHICS
def test_wslview_opens_the_page(wsl, graphics):
    """Without WSLg, as on Windows 10, too: there is a screen, which is Windows's."""
    wsl.opener("wslview")
    assert signs_in(wsl, **graphics)[0] == "wslview"


def test_the_browser_of_windows_is_preferred(wsl):
    """A browser of Linux, which somebody has for tests, has neither their password nor their security key."""
    wsl.opener("wslview")
    wsl.opener("xdg-open")
    assert signs_in(wsl, **WSLG)[0] == "wslview"


@GRAPHICS
def test_without_wslview_windows_opens_the_page(wsl, windows, graphics):
    """Ubuntu has not installed it since 22.04. The address stays one word, with every & in it."""
    name, *words = signs_in(wsl, **graphics)
    assert name == "rundll32.exe" and words[0] == "url.dll,FileProtocolHandler"
    assert len(words) == 2 and words[1].startswith(wsl.sandbox.url)


def test_without_windows_in_path(wsl):
    """`appendWindowsPath=false` in /etc/wsl.conf."""
    folder = wsl.folder / "drives" / "c" / "Windows" / "System32"
    wsl.opener("rundll32.exe", folder)
    wsl.mounts.append(f"mount --bind {wsl.folder}/drives /mnt")
    assert signs_in(wsl, **WSLG)[0] == "rundll32.exe"


def test_who_names_a_browser_gets_it(wsl, windows):
    wsl.opener("wslview")
    browser = wsl.opener("mine", wsl.folder / "other")
    assert signs_in(wsl, BROWSER=str(browser), **WSLG)[0] == "mine"


def test_over_ssh_into_wsl_nothing_opens(wsl, windows):
    wsl.opener("wslview")
    login = wsl.login(SSH_CONNECTION="192.0.2.1 50000 192.0.2.2 22", **WSLG)
    login.wait_for("with the code")
    wsl.sandbox.approve()
    assert login.wait() == 0 and wsl.pages() == []


def test_setup_says_how_to_have_systemd(wsl):
    wsl.tool("systemctl", "echo 'System has not been booted with systemd as init system (PID 1).' >&2; exit 1")
    result = wsl.setup(status=None, **WSLG)
    said = " ".join((result.stdout + result.stderr).split())
    for words in ("/etc/wsl.conf", "[boot]", "systemd=true", "wsl.exe --shutdown", "bedrock-agent daemon"):
        assert words in said, said


def test_elsewhere_nobody_speaks_of_wsl(somewhere):
    result = somewhere.setup(status=None, XDG_RUNTIME_DIR=somewhere.runtime())
    assert "wsl" not in (result.stdout + result.stderr).lower()
