"""The daemon while it serves: it is killed at every call that it makes for a refresh, or when Claude Code's profile is
another one, and each of them fails. What the service granted is not lost, and neither is what was written down; the
next one goes on."""

import json
import os
import shutil
import signal
from dataclasses import replace

import pytest

import trapped
from notify_socket import NotifySocket
from operations import SETUP
from points import KINDS, changes, draw, each
from running_daemon import RuntimeFolder
from scene import STATE, Tree, is_left
from varlink_client import VarlinkClient, VarlinkRefused


PROFILE = "no-bedrock"


class Served:
    """Counts the calls from the request on that change something: the daemon waits for us then, so they are the same
    each time. What it looks at is not, as the other processes of the machine."""

    def __init__(self, act):
        self.act, self.is_counting, self.calls = act, False, []

    def __call__(self, call: trapped.Call):
        if not self.is_counting or not changes(call):
            return None
        self.calls.append(replace(call, number=len(self.calls)))
        return self.act(self.calls[-1])


class Serving:
    """`request` is a method of the control interface: Refresh, or Reload after a change of the settings."""

    def __init__(self, build, folder, home, sandbox, raw, request: str):
        self.program, self.home, self.sandbox, self.raw = build / "bedrock-agent", home, sandbox, raw
        self.request = request
        self.runtime = RuntimeFolder()
        self.environment = home.environment(
            sandbox.environment, self.runtime.environment, NOTIFY_SOCKET=str(self.runtime.path / "notify"))
        sandbox.settings(rotation="on")
        self.copy = folder / "before"
        home.sign_in(raw)
        assert self.run([*SETUP, "--profile", "work-dev", "--force"]).status == 0
        # So that its records are there.
        self.serve(lambda client: None)
        shutil.copytree(home.path, self.copy, symlinks=True)
        served = Served(lambda call: None)
        self.check(self.act(served), None)
        self.calls = served.calls

    def run(self, arguments, act=lambda call: None) -> trapped.Run:
        return trapped.Trap([self.program, *arguments], self.environment, act).end()

    def act(self, served: Served) -> trapped.Run:
        shutil.rmtree(self.home.path)
        shutil.copytree(self.copy, self.home.path, symlinks=True)
        self.home.sign_in(self.raw)
        self.old = self.home.token()
        return self.serve(self.ask, served)

    def serve(self, ask, served=Served(lambda call: None)) -> trapped.Run:
        """From the start of a daemon to its end."""
        with NotifySocket(self.runtime.path / "notify") as manager:
            trap = trapped.Trap([self.program, "daemon"], self.environment, served)
            manager.until("READY")
        with VarlinkClient(self.runtime.socket) as client:
            # What it does after its start, it has done then.
            client.control("GetStatus")
            served.is_counting = True
            try:
                ask(client)
            except (VarlinkRefused, ConnectionError):
                # Killed, or it says why not.
                pass
        trap.process.send_signal(signal.SIGTERM)
        return trap.end()

    def ask(self, client: VarlinkClient):
        """Returns when that has ended, however it did."""
        if self.request == "Refresh":
            client.control("Refresh", session="corp")
            return
        settings = self.home.path / ".claude" / "settings.json"
        new = settings.with_name("new")
        new.write_text(settings.read_text().replace('"work-dev"', f'"{PROFILE}"'))
        new.replace(settings)
        client.control("Reload")

    def check(self, done: trapped.Run, what):
        token = self.home.token()
        if what != trapped.KILL:
            assert done.status == 0 and "Fatal" not in done.errors, f"{done.status} {done.errors}"
            assert self.is_done(token) or "failed" in done.errors or "cannot" in done.errors, f"no word: {done.errors}"
        self.state()
        for left in self.home.path.rglob("*.tmp"):
            os.utime(left, (0, 0))
        again = self.serve(self.ask)
        assert again.status == 0, f"the next one: {again.errors}"
        assert "damaged" not in again.errors, again.errors
        new = self.home.token()["refreshToken"]
        assert self.request != "Refresh" or new not in (token["refreshToken"], self.old["refreshToken"]), again.errors
        assert self.request != "Reload" or self.is_done(), f"not written down: {again.errors}"
        assert not (left := Tree(self.home.path).left), f"left behind: {left}"
        assert not [name for name in os.listdir(self.runtime.path / "bedrock-agent") if is_left(name)]

    def is_done(self, token: dict | None = None) -> bool:
        return token != self.old if self.request == "Refresh" else self.state()["claudeProfile"]["name"] == PROFILE

    def state(self) -> dict:
        return json.loads((self.home.path / STATE / "state.json").read_text())


@pytest.fixture(params=["Refresh", "Reload"])
def scene(request, build, tmp_path, home, sandbox, raw):
    made = Serving(build, tmp_path, home, sandbox, raw, request.param)
    yield made
    made.runtime.remove()


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_the_next_one_goes_on(scene, kind, record_property):
    each(draw(kind, scene.calls), kind, record_property, lambda at: scene.check(scene.act(Served(at)), kind.what))
