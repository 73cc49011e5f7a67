"""Check an identity token: signature by an allowed algorithm, issuer, audience, times, nonce (OIDC Core 3.1.3.7)."""

from collections.abc import Mapping
from datetime import datetime

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from exchange.sign_in.fetch import Tokens
from schemas.errors import Unauthenticated
from schemas.signing_in import IdentityProvider

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures by key pairs alone: neither `none`, nor secrets that a public key could be taken for."""
_LEEWAY_S = 60
_OLDEST_S = 600
_LONGEST_SUBJECT = 255


def checked(provider: IdentityProvider, tokens: Tokens, keys: KeySet, nonce: str, now: datetime) -> dict[str, object]:
    """The claims of a token that is the provider's, for us, of now and of this sign-in; else `Unauthenticated`."""
    try:
        token = jwt.decode(tokens.id_token, keys, algorithms=list(ALGORITHMS))
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={"iss": {"essential": True, "value": provider.issuer}, "aud": {"essential": True}},
            params={"nonce": nonce, "client_id": provider.client_id, "access_token": tokens.access_token},
        )
        claims.validate(now=int(now.timestamp()), leeway=_LEEWAY_S)
    except (JoseError, ValueError, TypeError, KeyError) as wrong:
        raise _refused(provider) from RuntimeError(type(wrong).__name__)
    if not _ours(provider, claims):
        raise _refused(provider) from RuntimeError("another audience")
    if now.timestamp() - claims["iat"] > _OLDEST_S:
        raise _refused(provider) from RuntimeError("an old token")
    subject = claims["sub"]
    if not isinstance(subject, str) or not 1 <= len(subject) <= _LONGEST_SUBJECT or not subject.isprintable():
        raise _refused(provider) from RuntimeError("no subject")
    return dict(claims)


def _ours(provider: IdentityProvider, claims: Mapping[str, object]) -> bool:
    """An audience of several must name us, and us as the one to whom it was given."""
    audience = claims["aud"]
    if isinstance(audience, list):
        several = len(audience) > 1
        return provider.client_id in audience and (not several or claims.get("azp") == provider.client_id)
    return audience == provider.client_id


def _refused(provider: IdentityProvider) -> Unauthenticated:
    return Unauthenticated(f"What {provider.title} told is not valid for this sign-in. Begin again.")
