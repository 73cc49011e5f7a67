"""An identity provider that does as a test tells it, wrong things included; on loopback, with keys of its own."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from schemas.signing_in import IdentityProvider

Json = dict[str, Any]  # Any: a JSON document


class HostileProvider:
    """`claims`, `signed` and `documents` are what a test changes; `nonce` comes from the request to sign in."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.issuer = ""
        self.claims: Json = {}
        self.userinfo: Json | None = None
        self.documents: dict[str, bytes | Callable[[], bytes]] = {}
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.signed: Callable[[Json], str] = self.well_signed

    def settings(self, **more: object) -> IdentityProvider:
        """How an operator would enter it."""
        told = {"name": "idp", "title": "The provider", "issuer": self.issuer, "client_id": "exchange"}
        return IdentityProvider.model_validate(told | {"client_secret": "hush-hush"} | more)

    def well_signed(self, claims: Json) -> str:
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)

    def unsigned(self, claims: Json) -> str:
        from joserfc.jws import JWSRegistry

        return jwt.encode(
            {"alg": "none"}, claims, OctKey.import_key("x" * 32), registry=JWSRegistry(algorithms=["none"])
        )

    def signed_by_the_public_key(self, claims: Json) -> str:
        # By hand: no library lends itself to it.
        parts = [json.dumps({"alg": "HS256", "kid": "one"}).encode(), json.dumps(claims).encode()]
        text = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
        mac = hmac.new(self.key.as_pem(private=False), text, hashlib.sha256).digest()
        return (text + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()

    def signed_by_another(self, claims: Json) -> str:
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, RSAKey.generate_key(2048))

    def sent_there(self, location: str) -> dict[str, str]:
        """The browser arrives; the token will hold what it brought. Returns its parameters."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        now = int(time.time())
        self.claims = {"iss": self.issuer, "aud": "exchange", "sub": "ada", "iat": now, "exp": now + 300}
        self.claims["nonce"] = query["nonce"]
        return query

    def answer(self, path: str) -> bytes:
        """The document at this path."""
        if path in self.documents:
            document = self.documents[path]
            return document if isinstance(document, bytes) else document()
        base = self.issuer
        documents: dict[str, Callable[[], Json]] = {
            "/.well-known/openid-configuration": lambda: {
                "issuer": base,
                "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token",
                "jwks_uri": f"{base}/keys",
                **({"userinfo_endpoint": f"{base}/userinfo"} if self.userinfo is not None else {}),
            },
            "/keys": lambda: {"keys": [self.key.as_dict(private=False)]},
            "/token": lambda: {"id_token": self.signed(self.claims), "access_token": "opaque", "token_type": "Bearer"},
            "/userinfo": lambda: self.userinfo or {},
        }
        return json.dumps(documents[path]()).encode()


@contextmanager
def hostile_provider() -> Iterator[HostileProvider]:
    """Serve one on a free port of loopback."""
    provider = HostileProvider()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            provider.asked.append((self.path, parse_qs(self.rfile.read(length).decode())))
            content = provider.answer(urlsplit(self.path).path)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815  # the library's name

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
