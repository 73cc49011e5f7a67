"""What a provider's claims give: roles in organisations, by the rules of the settings alone."""

from collections.abc import Mapping

from schemas.organisation import Role
from schemas.signing_in import IdentityProvider, MappingRule


def memberships(provider: IdentityProvider, claims: Mapping[str, object]) -> dict[str, frozenset[Role]]:
    """The roles in each organisation that the provider's rules give to whoever has these claims."""
    given: dict[str, frozenset[Role]] = {}
    for rule in provider.rules:
        if _meets(rule, claims):
            given[rule.organisation] = given.get(rule.organisation, frozenset()) | rule.roles
    return given


def verified_email(claims: Mapping[str, object]) -> str | None:
    """The address, when the provider says that it has verified it; else it proves nothing."""
    email = claims.get("email")
    return email if isinstance(email, str) and claims.get("email_verified") is True else None


def _meets(rule: MappingRule, claims: Mapping[str, object]) -> bool:
    if rule.email_domain is not None:
        email = verified_email(claims) or ""
        return email.rpartition("@")[2].lower() == rule.email_domain
    found = _found(claims, rule.claim or "")
    return rule.value in found if isinstance(found, list) else rule.value == found


def _found(claims: Mapping[str, object], name: str) -> object:
    """The claim of this name; else, each dot leading one object deeper, as in `realm_access.roles`."""
    if name in claims:
        return claims[name]
    within: object = claims
    for part in name.split("."):
        within = within.get(part) if isinstance(within, Mapping) else None
    return within
