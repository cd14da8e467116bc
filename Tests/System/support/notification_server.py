"""A notification server that shows nothing and records everything. Runs in the machine; the tests call it over D-Bus.
"""

import json
import os
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

NAME = "org.freedesktop.Notifications"
TEST = "org.bedrockagent.Test"


class Server(dbus.service.Object):
    def __init__(self, bus, capabilities):
        self.name = dbus.service.BusName(NAME, bus)
        super().__init__(bus, "/org/freedesktop/Notifications")
        self.capabilities = capabilities
        self.notes = []
        self.last = 0
        self.open = set()

    @dbus.service.method(NAME, in_signature="", out_signature="as")
    def GetCapabilities(self):
        return dbus.Array(self.capabilities, signature="s")

    @dbus.service.method(NAME, in_signature="susssasa{sv}i", out_signature="u")
    def Notify(self, app, replaces, icon, summary, body, actions, hints, timeout):
        if "dies" in self.capabilities:
            with open("told", "a") as told:
                told.write("told ")
            os._exit(1)
        if not replaces:
            self.last += 1
        number = int(replaces) or self.last
        self.open.add(number)
        self.notes.append({
            "id": number, "app": str(app), "replaces": int(replaces), "summary": str(summary), "body": str(body),
            "actions": [str(action) for action in actions], "urgency": int(hints["urgency"]), "timeout": int(timeout)})
        return dbus.UInt32(number)

    @dbus.service.method(NAME, in_signature="u", out_signature="")
    def CloseNotification(self, number):
        self.end(number, 3)

    @dbus.service.method(NAME, in_signature="", out_signature="ssss")
    def GetServerInformation(self):
        return "test", "bedrock-agent", "1", "1.2"

    @dbus.service.signal(NAME, signature="us")
    def ActionInvoked(self, number, key):
        pass

    @dbus.service.signal(NAME, signature="uu")
    def NotificationClosed(self, number, reason):
        pass

    def end(self, number, reason):
        if number in self.open:
            self.open.discard(number)
            self.NotificationClosed(number, reason)

    # For the tests

    @dbus.service.method(TEST, in_signature="us", out_signature="")
    def Press(self, number, key):
        self.ActionInvoked(number, key)

    @dbus.service.method(TEST, in_signature="u", out_signature="")
    def Dismiss(self, number):
        self.end(number, 2)

    @dbus.service.method(TEST, in_signature="", out_signature="s")
    def Seen(self):
        return json.dumps({"notes": self.notes, "open": sorted(int(number) for number in self.open)})


dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
server = Server(dbus.SessionBus(), sys.argv[1:])
GLib.MainLoop().run()
