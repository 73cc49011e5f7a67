"""Ask an identity provider: bounded in time and size, following no redirect, trusting no address but encrypted ones."""

import json
import time
from collections.abc import Mapping
from typing import Annotated

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, Field, ValidationError

from schemas.errors import Unauthenticated, Unavailable
from schemas.signing_in import IdentityProvider

_TIMEOUT_S = 5.0
_DEADLINE_S = 10.0
_LONGEST = 256 * 1024
_KEY_TYPES = ("RSA", "EC")
_Address = Annotated[str, Field(pattern=r"^https?://[^\s#]+$", max_length=2000)]


class Discovered(BaseModel, frozen=True):
    """What of a provider's discovery document is used (OpenID Connect Discovery 1.0, 3)."""

    issuer: str
    authorization_endpoint: _Address
    token_endpoint: _Address
    jwks_uri: _Address
    userinfo_endpoint: _Address | None = None
    authorization_response_iss_parameter_supported: bool = False


class Tokens(BaseModel, frozen=True):
    """What a code was exchanged for."""

    id_token: str = Field(max_length=_LONGEST)
    access_token: str = Field(default="", max_length=_LONGEST)


def discover(provider: IdentityProvider) -> Discovered:
    """The provider's own description; `Unavailable` when it does not answer or describes another issuer."""
    address = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
    try:
        found = Discovered.model_validate(_json(provider, "GET", address))
    except ValidationError:
        raise _silent(provider) from _why(provider, "its discovery document lacks what is needed")
    if found.issuer != provider.issuer:
        raise _silent(provider) from _why(provider, "its discovery document names another issuer")
    asked = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri, found.userinfo_endpoint or "https:")
    if provider.issuer.startswith("https:") and not all(one.startswith("https:") for one in asked):
        raise _silent(provider) from _why(provider, "its discovery document names addresses without encryption")
    return found


def exchange(provider: IdentityProvider, found: Discovered, code: str, verifier: str, redirect: str) -> Tokens:
    """The tokens for a code; `Unauthenticated` when the provider does not take the code."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
    if provider.client_secret is None:
        form["client_id"] = provider.client_id
        answer = _json(provider, "POST", found.token_endpoint, form=form)
    else:
        secret = httpx.BasicAuth(_quoted(provider.client_id), _quoted(provider.client_secret.get_secret_value()))
        answer = _json(provider, "POST", found.token_endpoint, form=form, auth=secret)
    try:
        return Tokens.model_validate(answer)
    except ValidationError:
        raise _silent(provider) from _why(provider, "it gave no identity token")


def keys(provider: IdentityProvider, found: Discovered) -> KeySet:
    """The provider's keys for signatures: public ones alone."""
    document = _json(provider, "GET", found.jwks_uri)
    listed = document.get("keys")
    chosen = [
        one
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict) and one.get("kty") in _KEY_TYPES and one.get("use", "sig") == "sig"
    ]
    try:
        return KeySet.import_key_set({"keys": chosen})
    except (JoseError, ValueError, KeyError, TypeError):
        raise _silent(provider) from _why(provider, "its keys cannot be read")


def userinfo(provider: IdentityProvider, found: Discovered, token: str) -> Mapping[str, object]:
    """More claims, where the provider has an address for them."""
    if found.userinfo_endpoint is None or not token:
        return {}
    return _json(provider, "GET", found.userinfo_endpoint, headers={"Authorization": f"Bearer {token}"})


def _json(
    provider: IdentityProvider,
    method: str,
    address: str,
    form: Mapping[str, str] | None = None,
    auth: httpx.BasicAuth | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, object]:
    asked = {"Accept": "application/json", **(headers or {})}
    content, ends = bytearray(), time.monotonic() + _DEADLINE_S
    try:
        with (
            httpx.Client(timeout=_TIMEOUT_S, follow_redirects=False) as client,
            client.stream(method, address, data=form, auth=auth or httpx.USE_CLIENT_DEFAULT, headers=asked) as answer,
        ):
            for piece in answer.iter_bytes(8192):
                content += piece
                if len(content) > _LONGEST or time.monotonic() > ends:
                    raise _silent(provider) from _why(provider, "its answer is too long or too slow")
            status = answer.status_code
    except httpx.HTTPError as failure:
        raise _silent(provider) from _why(provider, type(failure).__name__)
    if method == "POST" and status in (400, 401, 403):
        raise Unauthenticated(f"{provider.title} did not take the code of this sign-in. Begin again.")
    try:
        found = json.loads(content) if status == httpx.codes.OK else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _silent(provider) from _why(provider, f"it answered {status} and no JSON object")
    return found


def _quoted(text: str) -> str:
    # RFC 6749, 2.3.1: both are form-encoded before they are put together.
    return str(httpx.QueryParams({"a": text}))[2:]


def _silent(provider: IdentityProvider) -> Unavailable:
    return Unavailable(f"{provider.title} cannot be asked at present. Try again, or sign in another way.")


def _why(provider: IdentityProvider, why: str) -> RuntimeError:
    """What log and audit are told, in place of an error that repeats what the provider sent, tokens included."""
    return RuntimeError(f"provider {provider.name}: {why}")
