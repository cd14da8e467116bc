"""The machine is a complete system: it has what the other tests rely on."""

from waiting import eventually


def test_system_runs(machine):
    assert machine.root("systemctl", "is-active", "systemd-logind", "dbus", "systemd-journald").stdout == "active\n" * 3


def test_users_have_a_manager_a_bus_and_a_journal(user):
    def said() -> bool:
        """Again, since journald may not learn in time which unit a program was of that ended at once."""
        user.run("systemd-run", "--user", "--wait", "--unit=hello", "echo", "good day")
        return "good day" in user.messages("hello")

    eventually(said, "it is in the journal")
    assert "org.freedesktop.systemd1" in user.run("busctl", "--user", "list").stdout
    assert user.name in user.run("loginctl", "list-users").stdout


def test_users_have_user_namespaces(user):
    run = ("systemd-run", "--user", "--wait", "--pipe", "--quiet", "-p", "PrivateUsers=yes")
    assert user.run(*run, "-p", "ProtectHome=tmpfs", "ls", "-A", "/home").stdout == ""


def test_network_is_its_own(machine):
    assert machine.root("ls", "/sys/class/net").stdout.split() == ["lo"]
