"""The `env` of Claude Code's settings counts for the daemon's refreshes and sign-ins, too."""

import json

import pytest

from waiting import eventually


@pytest.fixture
def moved(agent, home, sandbox):
    """Nothing but the settings says where AWS's services are."""
    names = [name for name in agent.environment if name.startswith("AWS_ENDPOINT_URL")]
    variables = {name: agent.environment.pop(name) for name in names}
    assert variables

    def set_variables(command="aws sso login", **more):
        agent.use(command=command)
        settings = json.loads(agent.settings.read_text())
        settings["env"].update({**variables, **more})
        agent.settings.write_text(json.dumps(settings))

    return set_variables


def test_a_refresh_goes_where_the_settings_say(agent, home, sandbox, moved, raw):
    home.sign_in(raw)
    home.age_token(left=600)
    moved()
    agent.start()
    eventually(lambda: agent.status()["sessions"][0].get("lastRefresh", {}).get("result") == "ok", "refreshed")


def test_a_refresh_goes_through_the_proxy_of_the_settings(agent, home, sandbox, moved, raw):
    home.sign_in(raw)
    home.age_token(left=600)
    # Nobody listens there.
    moved(HTTPS_PROXY="http://user:s3cret@127.0.0.1:1", HTTP_PROXY="http://user:s3cret@127.0.0.1:1",
          http_proxy="http://user:s3cret@127.0.0.1:1")
    agent.start()
    eventually(lambda: agent.status()["sessions"][0]["condition"] == "offline", "offline")
    assert "s3cret" not in agent.journal() + json.dumps(agent.status())
    moved(NO_PROXY="127.0.0.1")
    agent.control("Refresh")
    eventually(lambda: agent.status()["sessions"][0]["condition"] == "healthy", "healthy")


@pytest.mark.parametrize("command", ["aws sso login", 'aws sso login --profile "${AWS_PROFILE}"'])
def test_the_sign_in_has_them(agent, home, sandbox, moved, raw, command):
    home.sign_in(raw)
    sandbox.revoke()
    home.age_token(left=1202)
    moved(command)
    agent.run("approve", "--yes")
    agent.start()
    # Until the refresh is due, the session is healthy without one.
    eventually(lambda: agent.session().get("lastSignIn", {}).get("result") == "ok", "signed in")


@pytest.mark.parametrize("where", ["settings", "profile", "services", "no section"])
def test_a_wrong_endpoint_is_named_by_file_and_line(agent, signed_in, where):
    """In the finding, and where a refresh fails by it."""
    home = signed_in
    home.age_token(left=60)
    agent.use()
    file, words, said = home.config, "ftp://", "endpoint_url of the profile is not an http"
    if where == "settings":
        settings = json.loads(agent.settings.read_text())
        settings["env"]["AWS_ENDPOINT_URL_SSO_OIDC"] = "ftp://oidc.test"
        agent.settings.write_text(json.dumps(settings, indent=2))
        agent.run("approve", "--yes")
        file, said = agent.settings, "AWS_ENDPOINT_URL_SSO_OIDC is not an http"
    else:
        del agent.environment["AWS_ENDPOINT_URL_SSO_OIDC"]
        lines = "endpoint_url = ftp://oidc.test" if where == "profile" else "services = local"
        text = home.config.read_text().replace("[profile work-dev]\n", f"[profile work-dev]\n{lines}\n")
        if where == "services":
            text += "\n[services local]\nsso_oidc =\n  endpoint_url = ftp://oidc.test\n"
            said = "endpoint_url for sso_oidc is not an http"
        elif where == "no section":
            words, said = "services = local", "the profile says services = local, but the config file has no [services local]"
        home.config.write_text(text)
    line = next(number for number, each in enumerate(file.read_text().splitlines(), 1) if words in each)
    agent.start(claude=False)
    finding = next(each for each in agent.status()["findings"] if each["code"] == "endpoint-wrong")
    assert finding["message"].startswith(f"{file}:{line}: {said}")
    # Only now does it say anything of that.
    eventually(lambda: agent.entries(f"{file}:{line}: "), "the refresh has failed")
    assert "is invalid: bedrock-agent status" not in agent.journal() + json.dumps(agent.status())
