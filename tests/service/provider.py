"""A provider of accounts on this machine: real HTTP, real signatures, made with the server's half of Authlib.

It vouches for ``user`` without asking. What it does wrong on purpose is set by the test: ``claims`` that replace or remove those
of the identity it signs, ``algorithm``, ``key``, and ``described``, what it tells of itself.
"""

from __future__ import annotations

import hmac
import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "mechkg-test", "the-secret-of-the-client"


@dataclass
class Code:
    """What a code stands for. It is valid for one use."""

    code: str
    user: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> None:
        return None

    get_acr = get_amr = get_auth_time


@dataclass
class Provider:
    """What it is and does, for a test to read and to change."""

    url: str = ""
    user: str = "subject-1"
    claims: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    key: Any = None
    described: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    refuse_user: bool = False
    keys: list[RSAKey] = field(default_factory=lambda: [RSAKey.generate_key(2048, {"kid": "k1"}, auto_kid=False)])

    def description(self) -> dict[str, Any]:
        """What it tells of itself."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            **self.described,
        }

    def signed(self, claims: dict[str, Any]) -> str:
        """The identity, signed as the test wants it."""
        claims = {name: value for name, value in {**claims, **self.claims}.items() if value is not None}
        if self.algorithm in ("none", "HS256"):
            return self._forged(claims)
        key = self.key or self.keys[-1]
        return jwt.encode({"alg": self.algorithm, "kid": key.kid}, claims, key, [self.algorithm])

    def _forged(self, claims: dict[str, Any]) -> str:
        """By hand, for no library makes it: without a signature, or signed with what everybody knows, the public key."""
        parts = (json.dumps({"alg": self.algorithm, "kid": self.keys[-1].kid}), json.dumps(claims))
        text = ".".join(urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)
        if self.algorithm == "none":
            return text + "."
        signature = hmac.digest(self.keys[-1].as_pem(private=False), text.encode(), "sha256")
        return f"{text}.{urlsafe_b64encode(signature).decode().rstrip('=')}"


class _Client(ClientMixin):
    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return urlsplit(redirect_uri).path.endswith("/back")

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class _Request(OAuth2Request):
    def __init__(self, method: str, path: str, headers: Any, data: dict[str, str]) -> None:
        super().__init__(method, f"https://provider.invalid{path}", None, headers)  # Authlib looks at the scheme
        self.payload = BasicOAuth2Payload(data)
        self._data = data

    @property
    def args(self) -> dict[str, str]:
        return self._data

    @property
    def form(self) -> dict[str, str]:
        return self._data


def _server(provider: Provider) -> AuthorizationServer:
    class Server(AuthorizationServer):
        def query_client(self, client_id: str) -> _Client | None:
            return _Client() if client_id == CLIENT else None

        def save_token(self, token: Any, request: Any) -> None:
            pass

        def create_oauth2_request(self, request: Any) -> Any:
            return request

        def handle_response(self, status: int, body: Any, headers: Any) -> tuple[int, Any, Any]:
            return status, body, headers

        def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
            pass

    class Grant(AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

        def save_authorization_code(self, code: str, request: Any) -> None:
            data = request.payload.data
            provider.codes[code] = Code(
                code, request.user, data["redirect_uri"], request.scope, data.get("nonce"),
                data.get("code_challenge"), data.get("code_challenge_method"),
            )  # fmt: skip

        def query_authorization_code(self, code: str, client: Any) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            del provider.codes[authorization_code.code]

        def authenticate_user(self, authorization_code: Code) -> str:
            return authorization_code.user

    class Identities(OpenIDCode):
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return any(code.nonce == nonce for code in provider.codes.values())

        def generate_user_info(self, user: str, scope: str) -> UserInfo:
            return UserInfo(sub=user, name="Somebody")

        def encode_id_token(self, token: Any, request: Any) -> str:
            now = int(time.time())
            claims = {"iss": provider.url, "aud": CLIENT, "iat": now, "exp": now + 300}
            claims |= self.get_authorization_code_claims(request.authorization_code)
            claims |= self.generate_user_info(request.user, token["scope"])
            return provider.signed(claims)

    server = Server()
    server.register_token_generator("default", BearerTokenGenerator(lambda **_: "access-" + "a" * 40))
    server.register_grant(Grant, [CodeChallenge(required=True), Identities(require_nonce=True)])
    return server


@contextmanager
def running_provider() -> Iterator[Provider]:
    """Run one on a free port of this machine."""
    provider = Provider()
    server = _server(provider)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            path, data = urlsplit(self.path).path, dict(parse_qsl(urlsplit(self.path).query))
            if path == "/.well-known/openid-configuration":
                return self.answer(200, provider.description())
            if path == "/jwks":
                return self.answer(200, {"keys": [key.as_dict(private=False) for key in provider.keys]})
            if path in ("/authorize", "/login/oauth/authorize"):
                provider.asked.append(data)
                request = _Request("GET", path, self.headers, data)
                user = None if provider.refuse_user else provider.user
                grant = server.get_consent_grant(request, user)
                return self.answer(*server.create_authorization_response(request, user, grant))
            if path == "/api/v3/user" and self.headers["Authorization"] == "Bearer access-" + "a" * 40:
                return self.answer(200, {"login": "somebody", "id": 583231, **provider.claims})
            return self.answer(404, {})

        def do_POST(self) -> None:
            data = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            request = _Request("POST", self.path, self.headers, data)
            status, body, headers = server.create_token_response(request)
            if status != 200:
                provider.refused.append(body["error"])
            self.answer(status, body, headers)

        def answer(self, status: int, body: Any, headers: Any = ()) -> None:
            content = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **dict(headers)}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        provider.url = f"http://127.0.0.1:{http.server_address[1]}"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            http.shutdown()
            thread.join()
