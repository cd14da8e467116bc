"""The files that systemd/stage creates: a user's installation, and the contents of the package."""

import gzip
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parents[3]
# The AWS services that are asked.
SERVICES = ("SSO_OIDC", "SSO", "BEDROCK", "STS")
README = " ".join((SOURCES / "README.md").read_text().split())


def stage(build: Path, prefix: Path, root: str = "", **environment: str):
    environment = {key: value for key, value in os.environ.items() if key != "XDG_DATA_HOME"} | environment
    subprocess.run([SOURCES / "systemd" / "stage", build, prefix, root], env=environment, check=True)


@pytest.fixture
def prefix(build, tmp_path):
    stage(build, tmp_path / "local")
    return tmp_path / "local"


def files(folder: Path) -> dict[str, int]:
    """The files in a folder, with their modes."""
    return {str(file.relative_to(folder)): file.stat().st_mode & 0o777 for file in folder.rglob("*") if file.is_file()}


def test_a_user_s_files_are_where_a_user_s_programs_look(build, tmp_path, prefix):
    everywhere = {
        "bin/bedrock-agent": 0o755, "libexec/bedrock-agent-net": 0o755,
        "lib/systemd/catalog/bedrock-agent.catalog": 0o644, "share/man/man1/bedrock-agent.1.gz": 0o644}
    data = {
        "systemd/user/bedrock-agent.service": 0o644, "systemd/user/bedrock-agent.socket": 0o644,
        "systemd/user/bedrock-agent-metrics.service": 0o644, "systemd/user/bedrock-agent-metrics.timer": 0o644,
        "bash-completion/completions/bedrock-agent": 0o644, "zsh/site-functions/_bedrock-agent": 0o644,
        "fish/vendor_completions.d/bedrock-agent.fish": 0o644}
    assert files(prefix) == everywhere | {f"share/{name}": mode for name, mode in data.items()}
    stage(build, tmp_path / "other", XDG_DATA_HOME=str(tmp_path / "data"))
    assert files(tmp_path / "other") == everywhere and files(tmp_path / "data") == data


def test_the_package_s_files_are_where_debian_has_them(build, tmp_path):
    stage(build, Path("/usr"), str(tmp_path / "root"), XDG_DATA_HOME="/somewhere/else")
    assert sorted(files(tmp_path / "root" / "usr")) == [
        "bin/bedrock-agent", "lib/systemd/catalog/bedrock-agent.catalog",
        "lib/systemd/user/bedrock-agent-metrics.service", "lib/systemd/user/bedrock-agent-metrics.timer",
        "lib/systemd/user/bedrock-agent.service",
        "lib/systemd/user/bedrock-agent.socket", "libexec/bedrock-agent-net",
        "share/bash-completion/completions/bedrock-agent", "share/fish/vendor_completions.d/bedrock-agent.fish",
        "share/man/man1/bedrock-agent.1.gz", "share/zsh/vendor-completions/_bedrock-agent"]
    unit = (tmp_path / "root" / "usr" / "lib" / "systemd" / "user" / "bedrock-agent.service").read_text()
    assert unit == (SOURCES / "systemd" / "bedrock-agent.service").read_text()


def test_the_unit_runs_the_program_that_was_installed(prefix):
    unit = (prefix / "share" / "systemd" / "user" / "bedrock-agent.service").read_text()
    assert f"\nExecStart={prefix}/bin/bedrock-agent daemon\n" in unit and "/usr/bin/bedrock" not in unit


def test_the_manual_page_has_every_command_and_option(prefix):
    page = prefix / "share" / "man" / "man1" / "bedrock-agent.1.gz"
    environment = {**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8", "MANROFFOPT": "-ww"}
    shown = subprocess.run(
        ["man", "--warnings", "--local-file", page], capture_output=True, text=True, check=True, env=environment)
    assert shown.stderr == ""
    help_text = subprocess.run(
        [prefix / "bin" / "bedrock-agent", "--help"], capture_output=True, text=True, check=True).stdout
    commands = re.findall(r"^  ([a-z-]+)  ", help_text.split("SUBCOMMANDS:")[1], re.MULTILINE)
    assert len(commands) >= 6 and "log" in commands
    for command in commands:
        assert f"\n   {command}\n" in shown.stdout
    source = gzip.decompress(page.read_bytes()).decode().replace("\\-", "-")
    for command in commands:
        options = subprocess.run(
            [prefix / "bin" / "bedrock-agent", command, "--help"], capture_output=True, text=True, check=True).stdout
        for option in re.findall(r"^  (?:-\w, )?(--[a-z-]+)", options, re.MULTILINE):
            assert option in source, f"{command} {option}"
    for section in ["EXIT STATUS", "EXAMPLES", "ENVIRONMENT", "FILES", "SEE ALSO"]:
        assert f"\n{section}\n" in shown.stdout


def test_the_manual_page_has_every_variable_of_aws(prefix):
    """That our programs look at. Of the others below they only tell, or keep them from others."""
    sources = "".join(file.read_text() for folder in ("SessionHealth", "Host", "bedrock-agent", "bedrock-agent-net")
                      for file in (SOURCES / "Sources" / folder).rglob("*.swift"))
    names = set(re.findall(r'"(AWS_[A-Z_]+)"', sources)) | {f"AWS_ENDPOINT_URL_{name}" for name in SERVICES}
    page = gzip.decompress((prefix / "share" / "man" / "man1" / "bedrock-agent.1.gz").read_bytes()).decode()
    assert len(names) > 10
    assert {name for name in names if not re.search(rf"\b{name}\b", page)} == {
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION",
        "AWS_BEARER_TOKEN_BEDROCK", "AWS_DEFAULT_PROFILE", "AWS_PAGER"}


def test_the_manual_page_has_every_field_of_the_journal():
    sources = (SOURCES / "Sources" / "SessionHealth" / "Reports" / "JournalMessage.swift").read_text()
    manual = (SOURCES / "systemd" / "manual.sections").read_text()
    fields = set(re.findall(r'static let \w+ = "(BEDROCK_\w+)"', sources))
    assert len(fields) > 10 and {field for field in fields if not re.search(rf"\b{field}\b", manual)} == set()


def test_both_texts_have_the_same_defaults():
    """PolicyTests holds that these are the program's."""
    defaults = {"signIn": "auto", "refreshAhead": "20min", "legacyAhead": "15min", "signInTimeout": "165s", "coverAhead": "12h"}
    manual = (SOURCES / "systemd" / "manual.sections").read_text()
    house = " ".join((SOURCES / "Sources" / "README.md").read_text().split())
    for key, default in defaults.items():
        described = manual.split(f".TP\n.B {key}\n")[1].split(".TP")[0]
        assert re.search(r'Default:\s+"(\w+)"\.', described)[1] == default, key
        assert re.search(rf'`{key}` \(`"(\w+)"', house)[1] == default, key


def test_they_load_where_the_readme_says(prefix):
    """Built on a newer system, they might not."""
    glibc, libsystemd = re.search(r"with glibc (\S+), libsystemd (\d+) and libcurl 4, or later ones", README).groups()
    most = {"GLIBC": numbers(glibc), "LIBSYSTEMD": numbers(libsystemd)}
    for program in ("bin/bedrock-agent", "libexec/bedrock-agent-net"):
        shown = subprocess.run(
            ["readelf", "--version-info", "--dynamic", "--wide", prefix / program], capture_output=True, text=True, check=True)
        needed = re.findall(r"Name: (GLIBC|LIBSYSTEMD)_([\d.]+)", shown.stdout)
        assert needed and all(numbers(version) <= most[library] for library, version in needed), sorted(set(needed))
        assert set(re.findall(r"\[(libcurl\S+)\]", shown.stdout)) <= {"libcurl.so.4"}


def numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def test_bash_completes_the_commands(prefix):
    script = prefix / "share" / "bash-completion" / "completions" / "bedrock-agent"
    complete = (
        f"source {script}; COMP_WORDS=(bedrock-agent st) COMP_CWORD=1 COMP_LINE='bedrock-agent st' COMP_POINT=16; "
        "$(complete -p bedrock-agent | sed 's/.*-F \\([^ ]*\\).*/\\1/') bedrock-agent st bedrock-agent; "
        "printf '%s\\n' \"${COMPREPLY[@]}\"")
    completed = subprocess.run(["bash", "-c", complete], capture_output=True, text=True)
    assert completed.stdout.split() == ["status"], completed.stderr


@pytest.mark.parametrize("how", ["over it", "in the place of the folder"])
def test_an_upgrade_leaves_the_running_daemon_able_to_refresh(agent, aws, build, prefix, how):
    aws("sso", "login", "--profile", "work-dev")
    agent.program = prefix / "bin" / "bedrock-agent"
    agent.start()
    if how == "over it":
        stage(build, prefix)
    else:
        prefix.rename(prefix.with_name("old"))
        stage(build, prefix)
        shutil.rmtree(prefix.with_name("old"))
    assert os.readlink(f"/proc/{agent.process.pid}/exe").endswith(" (deleted)")
    agent.control("Refresh")
    assert agent.session()["lastRefresh"]["result"] == "ok" and len(agent.requests()) == 1


def test_the_changelog_tells_of_this_version():
    newest = re.match(r"bedrock-agent \((.+?)\)", (SOURCES / "systemd/debian/changelog").read_text())
    version = re.search(r'current = "(.+)"', (SOURCES / "Sources/SessionHealth/Text/Version.swift").read_text())
    assert newest[1] == version[1]


@pytest.mark.parametrize("aws", ["as it is", "none"])
def test_the_demonstration(build, aws):
    """With the AWS CLI that is there, and without any."""
    hide = "mount --bind /dev/null /usr/bin/aws; " if aws == "none" else ""
    result = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "sh", "-c", f'{hide}exec systemd/demo "$0"', build],
        cwd=SOURCES, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent"}, capture_output=True,
        text=True, timeout=180)
    assert result.returncode == 0, result.stdout + result.stderr
    form = "bedrock-agent login" if aws == "none" else "aws sso login"
    for line in (f'"awsAuthRefresh": "{form} --profile work-dev"', "corp: refreshed until", "corp: signed in",
                 "profile old-profile uses the legacy SSO configuration", "That was the demonstration"):
        assert line in result.stdout, result.stdout
