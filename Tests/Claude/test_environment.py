"""The variables that say where AWS's files, services and proxies are: the settings' count for everything."""

import pytest

from both import EXPANDED
from folder import settings
from fronts import TLS, Proxy
from real_claude import entries


@pytest.fixture(params=["settings", "global_", "shell"])
def where(request, folder):
    """Puts variables where they count: over the settings, in all three places."""

    def put(*without: str, **variables: str):
        inside = variables if request.param == "settings" else {}
        folder.put(user={"env": settings(*without, **inside)})
        if request.param == "global_":
            folder.put(global_={"env": variables})
        if request.param == "shell":
            folder.export(**variables)

    put.place = request.param
    return put


@pytest.mark.parametrize("path", ["@HOME@/elsewhere/config", "../home/elsewhere/config"])
def test_another_configuration(folder, both, where, path):
    where("AWS_REGION", AWS_CONFIG_FILE=path)
    answer = both.agree(folder)
    assert (answer.session, answer.region) == ("elsewhere", "ca-central-1")


@pytest.mark.parametrize("path", ["@HOME@/nothing", "  ", " @HOME@/elsewhere/config ", "$HOME/elsewhere/config"])
def test_a_configuration_that_is_not_there(folder, both, path):
    folder.put(user={"env": settings(AWS_CONFIG_FILE=path)})
    answer = both.agree(folder, but=EXPANDED if "$" in path else None)
    assert answer.provider == "bedrock" and answer.no_credentials


def test_no_other_configuration(folder, both, where):
    where(AWS_CONFIG_FILE="")
    assert both.agree(folder).session == "corp"


@pytest.mark.parametrize("path", ["@HOME@/elsewhere/credentials", "~/elsewhere/credentials"])
def test_other_credentials(folder, both, where, path):
    folder.write(folder.home.path / "elsewhere" / "credentials",
                 "[work-dev]\naws_access_key_id = AKIAFILE\naws_secret_access_key = not-a-secret\n")
    where(AWS_SHARED_CREDENTIALS_FILE=path)
    assert both.agree(folder).key == "AKIAFILE"


def test_the_default_profile_has_no_other_name(folder, both, where):
    where("AWS_PROFILE", AWS_DEFAULT_PROFILE="globex-dev")
    assert both.agree(folder).profile == "default"


def test_a_certificate_bundle_that_is_not_there(folder, both, where):
    where(AWS_CA_BUNDLE="@HOME@/nothing.pem")
    answer, _ = both.ask(folder)
    assert answer.session == "corp"


@pytest.fixture
def proxy():
    proxy = Proxy()
    yield proxy
    proxy.end()


@pytest.fixture
def tls(sandbox, tmp_path):
    front = TLS(sandbox, tmp_path)
    yield front
    front.end()


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy"])
def test_a_proxy(folder, claude, where, proxy, name):
    where(**{name: proxy.url})
    answer = claude.ask(folder)
    assert answer.no_credentials and proxy.wanted == {folder.sandbox.url.removeprefix("http://")}
    assert not [entry for entry in entries(folder) if entry["client"] == "aws-sdk-js"]


@pytest.mark.parametrize("settings_say", [{"HTTPS_PROXY": ""}, {"NO_PROXY": "127.0.0.1"}])
def test_no_proxy_over_the_shell_s(folder, both, proxy, settings_say):
    folder.export(HTTPS_PROXY=proxy.url)
    folder.put(user={"env": settings(**settings_say)})
    assert both.agree(folder).session == "corp" and not proxy.wanted


def test_another_service(folder, both):
    folder.export(AWS_ENDPOINT_URL_SSO="http://127.0.0.1:9")
    folder.put(user={"env": settings(AWS_ENDPOINT_URL_SSO="@URL@")})
    assert both.agree(folder).session == "corp"


# Claude Code does not obey the AWS tools' variable; they do, and what signs in is one of them. OpenSSL's is read as the
# program begins, before any file.
@pytest.mark.parametrize("name, counts_in", [
    ("NODE_EXTRA_CA_CERTS", ["settings", "global_", "shell"]), ("SSL_CERT_FILE", ["shell"]), ("AWS_CA_BUNDLE", []),
    ("REQUESTS_CA_BUNDLE", []), ("CURL_CA_BUNDLE", [])])
def test_a_certificate_bundle(folder, claude, where, tls, name, counts_in):
    where(AWS_ENDPOINT_URL_SSO=tls.url, **{name: tls.certificate})
    answer = claude.ask(folder)
    if where.place in counts_in:
        assert answer.session == "corp"
    else:
        assert "certificate" in answer.no_credentials


def test_a_certificate_bundle_of_a_profile(folder, claude, where, tls):
    config = folder.home.config.read_text()
    folder.put(config=config.replace("[profile work-dev]\n", f"[profile work-dev]\nca_bundle = {tls.certificate}\n"))
    where(AWS_ENDPOINT_URL_SSO=tls.url)
    assert "certificate" in claude.ask(folder).no_credentials


def test_no_certificate_bundle(folder, claude, where, tls):
    where(AWS_ENDPOINT_URL_SSO=tls.url)
    assert "certificate" in claude.ask(folder).no_credentials
