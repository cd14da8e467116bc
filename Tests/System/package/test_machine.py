"""The machine is a complete system: it has what the other tests rely on."""

from waiting import eventually


def test_system_runs(machine):
    assert machine.root("systemctl", "is-active", "systemd-logind", "dbus", "systemd-journald").stdout == "active\n" * 3


def test_users_have_a_manager_a_bus_and_a_journal(user):
    user.run("systemd-run", "--user", "--wait", "--unit=hello", "echo", "good day")
    eventually(lambda: "good day" in user.messages("hello"), "it is in the journal")
    assert "org.freedesktop.systemd1" in user.run("busctl", "--user", "list").stdout
    assert user.name in user.run("loginctl", "list-users").stdout


def test_users_have_user_namespaces(user):
    run = ("systemd-run", "--user", "--wait", "--pipe", "--quiet", "-p", "PrivateUsers=yes")
    assert user.run(*run, "-p", "ProtectHome=tmpfs", "ls", "-A", "/home").stdout == ""


def test_network_is_its_own(machine):
    assert machine.root("ls", "/sys/class/net").stdout.split() == ["lo"]
