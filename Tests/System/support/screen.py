"""A user's graphical session: registered with logind, without a display server."""

from waiting import eventually

PAM = "auth required pam_permit.so\naccount required pam_permit.so\nsession required pam_systemd.so\n"
LOGIN1 = ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager")
SESSION = "org.freedesktop.login1.Session"


class Screen:
    """Logged in when created, with the screen unlocked."""

    def __init__(self, user, kind: str = "x11", **pam: str):
        self.user = user
        self.machine = user.machine
        self.unit = f"screen-{user.name}-{kind}.service"
        (self.machine.files / "etc/pam.d/test-screen").write_text(PAM)
        settings = {"XDG_SESSION_TYPE": kind, "XDG_SESSION_CLASS": "user", **pam}
        self.machine.root(
            "systemd-run", "--quiet", f"--unit={self.unit}", f"--uid={user.name}", "--property=PAMName=test-screen",
            *(f"--setenv={name}={value}" for name, value in settings.items()), "sleep", "infinity")
        self.id = eventually(self.find, f"{user.name} has a session")
        self.path = self.machine.root("busctl", "call", *LOGIN1, "GetSession", "s", self.id).stdout.split('"')[1]

    def find(self) -> str | None:
        leader = self.machine.root("systemctl", "show", "--value", "--property=MainPID", self.unit).stdout.strip()
        for line in self.machine.root("loginctl", "list-sessions", "--no-legend").stdout.splitlines():
            session = line.split()[0]
            known = self.machine.root("loginctl", "show-session", "--value", "--property=Leader", session).stdout
            if known.strip() == leader != "0":
                return session
        return None

    def lock(self):
        self.hint("SetLockedHint", True)

    def unlock(self):
        self.hint("SetLockedHint", False)

    def idle(self, is_idle: bool = True):
        self.hint("SetIdleHint", is_idle)

    def hint(self, method: str, value: bool):
        """As the user's desktop does."""
        self.user.run("busctl", "call", LOGIN1[0], self.path, SESSION, method, "b", str(value).lower())

    def leave(self):
        """Logs out."""
        self.machine.root("systemctl", "stop", self.unit)
