"""The real program on loopback: it signs with the SSO session's credentials, and signs in again when they are dead."""

from folder import MODEL, settings


def test_the_session_signs(folder, both):
    folder.put(user={"env": settings()})
    answer = both.agree(folder)
    assert (answer.provider, answer.profile, answer.session) == ("bedrock", "work-dev", "corp")
    assert (answer.region, answer.model) == ("us-west-2", MODEL)


def test_the_model_answers(folder, claude):
    folder.put(user={"env": settings()})
    assert claude.ask(folder, to_the_end=True).words == "Hello from the sandbox."


def test_without_settings_there_is_no_bedrock(folder, both):
    assert both.agree(folder).provider is None


def test_a_chain_is_signed_by_its_source_s_session(folder, both):
    folder.put(user={"env": settings(AWS_PROFILE="chained")})
    answer = both.agree(folder)
    assert (answer.profile, answer.session) == ("chained", "corp")


def test_another_profile_is_another_session(folder, both):
    folder.put(user={"env": settings(AWS_PROFILE="globex-dev")})
    assert both.agree(folder).session == "globex"
