"""Notification servers for a user of the machine: dunst on a virtual screen, or a fake one that records everything."""

import json
import os
from pathlib import Path

from machine_user import User
from waiting import eventually

DISPLAY = ":99"
NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
SERVER = Path(__file__).with_name("notification_server.py")


class Recorder:
    """The fake server. `notes` contains all calls of Notify, oldest first; `open` the notifications on the screen."""

    def __init__(self, user: User, *capabilities: str, properties: tuple[str, ...] = ()):
        self.user = user
        self.capabilities = capabilities
        self.start(*properties)

    def start(self, *properties: str):
        self.user.systemctl("mask", "--runtime", "dunst")
        self.user.write("server.py", SERVER.read_text())
        self.user.run(
            "systemd-run", "--user", "--quiet", "--unit=recorder", "--property=Type=dbus",
            f"--property=BusName={NAME}", *(f"--property={each}" for each in properties),
            "/usr/bin/python3", "server.py", *self.capabilities)

    def stop(self):
        self.user.systemctl("stop", "recorder")

    def call(self, method: str, signature: str = "", *arguments) -> dict:
        said = self.user.run(
            "busctl", "--user", "--json=short", "call", NAME, PATH, "org.bedrockagent.Test", method, signature,
            *map(str, arguments)).stdout
        return json.loads(said) if said else {}

    def seen(self) -> dict:
        return json.loads(self.call("Seen")["data"][0])

    @property
    def notes(self) -> list[dict]:
        return self.seen()["notes"]

    @property
    def open(self) -> list[int]:
        return self.seen()["open"]

    def wait_for(self, words: str) -> dict:
        """The latest call of Notify, once its text contains these words."""
        def last():
            notes = self.notes
            return notes[-1] if notes and words in f"{notes[-1]['summary']}: {notes[-1]['body']}" else None

        return eventually(last, f"a bubble that says {words}")

    def press(self, number: int, key: str):
        self.call("Press", "us", number, key)

    def dismiss(self, number: int):
        self.call("Dismiss", "u", number)


class Dunst:
    """A real server on a virtual screen, and all messages to and from it."""

    def __init__(self, user: User):
        self.user = user
        config = user.path("/etc/xdg/dunst/dunstrc").read_text().splitlines()
        # Selects the button named in `pressed`.
        pick = [f"    dmenu = /usr/bin/grep -F -m1 -f {user.home}/pressed" if line.strip().startswith("dmenu =")
                else line for line in config]
        user.write(".config/dunst/dunstrc", "\n".join(pick) + "\n")
        self.start("screen", "Xvfb", DISPLAY, "-screen", "0", "640x360x24", "-nolisten", "tcp")
        user.environment["DISPLAY"] = DISPLAY
        eventually(lambda: user.run("xdotool", "getdisplaygeometry", check=False).returncode == 0, "a screen")
        self.start("heard", "busctl", "--user", "--json=short", "monitor", NAME)
        user.systemctl("set-environment", f"DISPLAY={DISPLAY}")
        user.systemctl("start", "dunst")

    def start(self, unit: str, *command: str):
        self.user.run("systemd-run", "--user", "--quiet", f"--unit={unit}", *command)

    def messages(self) -> list[dict]:
        lines = (entry["MESSAGE"] for entry in self.user.journal("heard"))
        return [json.loads(line) for line in lines if isinstance(line, str) and line.startswith("{")]

    def notes(self) -> list[dict]:
        """All calls of Notify that were answered."""
        messages = self.messages()
        answers = {(m["destination"], m["reply_cookie"]): m["payload"]["data"] for m in messages
                   if m["type"] == "method_return" and m["payload"]["type"] == "u"}
        notes = []
        for message in messages:
            answer = answers.get((message.get("sender"), message.get("cookie")))
            if message.get("member") == "Notify" and answer:
                _, replaces, _, summary, body, actions, hints, timeout = message["payload"]["data"]
                notes.append({"id": answer[0], "replaces": replaces, "summary": summary, "body": body,
                              "actions": actions, "urgency": hints["urgency"]["data"], "timeout": timeout})
        return notes

    def displayed(self) -> int:
        return int(self.user.run("dunstctl", "count", "displayed").stdout)

    def press(self, label: str):
        self.user.write("pressed", f"#{label} ")
        self.user.run("dunstctl", "action", "0")

    def click(self, label: str):
        """Presses a button with the mouse (dunst uses the middle button)."""
        self.user.write("pressed", f"#{label} ")
        self.user.run("xdotool", "mousemove", "480", "90", "click", "2")

    def photograph(self, name: str):
        """Saves a screenshot in $BEDROCK_SCREENSHOTS, if that is set."""
        self.user.run("import", "-window", "root", "screen.png")
        if folder := os.environ.get("BEDROCK_SCREENSHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            (Path(folder) / f"{name}.png").write_bytes(self.user.path("screen.png").read_bytes())
