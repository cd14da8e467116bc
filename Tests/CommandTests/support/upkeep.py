"""What a process costs: its memory, its descriptors, and how often it works."""

from pathlib import Path


class Upkeep:
    def __init__(self, pid: int):
        self.folder = Path("/proc") / str(pid)

    def memory(self) -> int:
        """What it holds for itself, in kB: its program and libraries are left out."""
        return self.field("RssAnon")

    def peak(self) -> int:
        """The most that it ever had in memory, in kB, its program included."""
        return self.field("VmHWM")

    def descriptors(self) -> int:
        return len(list((self.folder / "fd").iterdir()))

    def ticks(self) -> int:
        """The time that it has been computing, in hundredths of a second."""
        fields = (self.folder / "stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    def switches(self) -> int:
        """How often it has gone to sleep: each time, something had woken it."""
        return self.field("voluntary_ctxt_switches")

    def field(self, name: str) -> int:
        lines = (self.folder / "status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
