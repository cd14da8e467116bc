"""Unusual input to `setup`: long pasted text, narrow windows, invalid names."""

import os
import threading

import pytest

from place import Place
from pty_terminal import ESC, Terminal


@pytest.fixture
def walk(build, tmp_path):
    """Starts `setup` at a terminal in a home without profiles."""
    place = Place(build, tmp_path)
    place.home.config.unlink()
    started = []

    def start(*arguments: str, **options) -> Terminal:
        terminal = Terminal(
            [place.program, "setup", "--no-login", "--no-enable", *arguments],
            place.home.environment(PATH=f"{place.tools}:/usr/bin:/bin"), **options)
        started.append(terminal)
        return terminal

    yield start
    for terminal in started:
        terminal.end()


def test_a_long_text_that_is_pasted(walk):
    terminal = walk()
    terminal.wait_for("Start URL")
    # More than a terminal buffers while nobody reads it: 4,096 bytes.
    text = f"https://corp.awsapps.com/{'x' * 5_000}/start"
    paste = threading.Thread(target=lambda: [os.write(terminal.descriptor, text[start:start + 100].encode())
                                             for start in range(0, len(text), 100)])
    paste.start()
    terminal.wait_for("xx/start")
    paste.join()
    terminal.press("\x15", ESC)
    assert terminal.wait() == 130


def test_a_question_in_a_narrow_window(walk):
    terminal = walk("--sso-start-url", "https://corp.awsapps.com/start", "--sso-region", "us-east-1",
                    "--account-id", "123456789012", "--role-name", "Dev", columns=20)
    terminal.wait_for("Profile…: 56789012")
    terminal.press(*"abc")
    terminal.wait_for("Profile…: 89012abc")
    assert terminal.text().count("Profile…") == 1
    terminal.press(ESC)
    assert terminal.wait() == 130
