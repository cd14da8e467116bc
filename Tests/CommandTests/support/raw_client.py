"""A client of the sandbox's HTTP interface with full control: for requests that no SDK would send."""

import base64
import hashlib
import secrets

import requests

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SCOPES = ["sso:account:access"]
REDIRECT = "http://127.0.0.1/oauth/callback"
PKCE_CLIENT = {
    "grantTypes": ["authorization_code", "refresh_token"], "redirectUris": [REDIRECT],
    "issuerUrl": "https://sandbox.awsapps.com/start"}


def assert_refused(answer, status, error):
    """Checks an error response of the sign-in service: status, body and headers."""
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text
    assert answer.json()["error_description"]
    exception = "".join(word.title() for word in error.split("_")) + "Exception"
    assert answer.headers["x-amzn-ErrorType"] == (
        f"{exception}:http://internal.amazon.com/coral/com.amazonaws.sso.oidc/")
    assert answer.headers["x-amzn-RequestId"]


class RawClient:
    """A registered client, with its credentials and tokens."""

    def __init__(self, sandbox, **registration):
        self.sandbox = sandbox
        body = {"clientName": "raw", "clientType": "public", "scopes": SCOPES, **registration}
        registered = self.post("client/register", {name: value for name, value in body.items() if value is not None})
        assert registered.status_code == 200, registered.text
        self.registration = registered.json()
        self.identity = {name: self.registration[name] for name in ("clientId", "clientSecret")}

    def post(self, path, body=None, **options):
        options.setdefault("timeout", 10)
        return requests.post(f"{self.sandbox.url}/{path}", json=body, **options)

    def start(self, **changes):
        """StartDeviceAuthorization."""
        return self.post("device_authorization", {**self.identity, "startUrl": self.sandbox.start_url, **changes})

    def token(self, grant, **fields):
        """CreateToken; a field that is None is omitted."""
        body = {**self.identity, "grantType": grant, **fields}
        return self.post("token", {name: value for name, value in body.items() if value is not None})

    def poll(self, device_code, **fields):
        return self.token(DEVICE_GRANT, deviceCode=device_code, **fields)

    def refresh(self, refresh_token, **fields):
        return self.token("refresh_token", refreshToken=refresh_token, **fields)

    def sign_in(self) -> dict:
        """The whole device flow, including Allow; returns the token response."""
        started = self.start().json()
        self.sandbox.approve(user_code=started["userCode"])
        answer = self.poll(started["deviceCode"])
        assert answer.status_code == 200, answer.text
        return answer.json()

    def portal(self, path, token, method="GET", **query):
        headers = {"x-amz-sso_bearer_token": token} if token else {}
        return requests.request(method, f"{self.sandbox.url}/{path}", params=query, headers=headers, timeout=10)

    def role_credentials(self, token, role="Dev", account="123456789012"):
        return self.portal("federation/credentials", token, role_name=role, account_id=account)


class PKCE:
    """The verifier and the challenge of one authorization request."""

    def __init__(self):
        self.verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(self.verifier.encode()).digest()
        self.challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        self.state = secrets.token_hex(16)

    def query(self, client: RawClient, redirect: str, **changes) -> dict:
        """The parameters that AWS CLI 2.36 sends to /authorize."""
        query = {
            "response_type": "code", "client_id": client.identity["clientId"], "redirect_uri": redirect,
            "state": self.state, "code_challenge_method": "S256", "scopes": "sso:account:access",
            "code_challenge": self.challenge, **changes}
        return {name: value for name, value in query.items() if value is not None}
