"""The daemon's own records: it is killed at every call of its start and its end, and each of them fails. It goes on, or
says why not; the next one starts, and finds what the one before had written down."""

import json
import os
import signal

import pytest

import trapped
from notify_socket import NotifySocket
from operations import set_up
from place import Place
from points import KINDS, draw, each
from running_daemon import RuntimeFolder
from scene import SECRET, Operation, Scene, Tree, is_left

START_URL = "https://corp.awsapps.com/start"
STATE = ".local/state/bedrock-agent/state.json"


def with_a_token(scene: Place):
    scene.variables.update(scene.runtime.environment)
    scene.variables["NOTIFY_SOCKET"] = str(scene.runtime.path / "notify")
    scene.home.write_token({
        "startUrl": START_URL, "region": "us-east-1", "accessToken": SECRET, "expiresAt": "2099-01-01T00:00:00Z",
        "clientId": "client", "clientSecret": SECRET, "registrationExpiresAt": "2099-01-01T00:00:00Z",
        "refreshToken": SECRET})
    set_up()(scene)


def with_a_state(scene: Place):
    with_a_token(scene)
    daemon(scene)
    state = scene.root / STATE
    assert state.exists()
    # One of its own, so that there is something to write.
    state.write_text(json.dumps({**json.loads(state.read_text()), "claudeProfile": None}))


def daemon(scene: Scene, act=lambda call: None) -> trapped.Run:
    """From its start until it is ready, and to its end."""
    environment = scene.home.environment(PATH=f"{scene.tools}:/usr/bin:/bin", **scene.variables)
    with NotifySocket(scene.runtime.path / "notify") as manager:
        manager.socket.settimeout(0.05)
        trap = trapped.Trap([scene.program, "daemon"], environment, act)
        is_ready = False
        while not is_ready and trap.process.poll() is None:
            try:
                is_ready = "READY" in manager.next()
            except TimeoutError:
                continue
        if is_ready:
            trap.process.send_signal(signal.SIGTERM)
        done = trap.end()
    assert SECRET not in done.output + done.errors, "it shows a secret"
    done.is_ready = is_ready
    return done


class DaemonScene(Scene):
    def __init__(self, build, folder, operation):
        self.runtime = RuntimeFolder()
        super().__init__(build, folder, operation)

    def act(self, act):
        self.again()
        return daemon(self, act)

    def check(self, done, what):
        tree = Tree(self.root)
        assert tree.of_others == self.before.of_others, "it has changed what is not its own"
        for name, entry in tree.part(lambda name: name.startswith(".local/")).items():
            self.check_own(name, entry)
        if what != trapped.KILL:
            assert done.status >= 0 and "Fatal" not in done.errors, f"crashed: {done.status} {done.errors}"
            assert done.status == 0 and done.is_ready or "cannot" in done.errors, f"{done.status} {done.errors}"
            assert STATE in tree or "cannot" in done.errors, f"told as success: {done.errors}"
        assert STATE in tree or STATE not in self.before, "its state is gone"
        self.abandon()
        again = daemon(self)
        assert again.status == 0 and again.is_ready, f"the next one: {again.errors}"
        assert "damaged" not in again.errors, again.errors
        tree = Tree(self.root)
        assert STATE in tree and not tree.left, f"left behind: {tree.left}"
        assert not [name for name in os.listdir(self.runtime.path / "bedrock-agent") if is_left(name)]


OPERATIONS = [Operation("first start", (), with_a_token), Operation("next start", (), with_a_state)]


@pytest.fixture(params=OPERATIONS, ids=str)
def scene(request, build, tmp_path):
    made = DaemonScene(build, tmp_path, request.param)
    yield made
    made.runtime.remove()


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_the_next_one_goes_on(scene, kind, record_property):
    each(draw(kind, scene.calls), kind, record_property, lambda at: scene.check(scene.act(at), kind.what))
