"""Says how many points were swept."""


def pytest_terminal_summary(terminalreporter):
    counts = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) == "call":
                for family, count in report.user_properties:
                    counts[family] = counts.get(family, 0) + count
    if counts:
        terminalreporter.write_line(f"torture: {', '.join(f'{count} {family}' for family, count in counts.items())}")
