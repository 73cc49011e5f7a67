"""The product's rule on the cases of the table, without any database: `access.policy` alone."""

from datetime import datetime, timedelta
from functools import cache, lru_cache

from access import fields, policy
from access.scopes import scope
from schemas.access import (
    NOBODY,
    Contribution,
    Decision,
    Grantee,
    GranteeKind,
    Level,
    Permit,
    Principal,
    Scope,
    TokenScope,
    View,
)
from schemas.conditions import AgreementAccepted, Kept, Purpose, PurposeStated, Reciprocity, Unknown
from schemas.dataset import DatasetState, Visibility
from schemas.metadata import DatasetKind
from schemas.organisation import NetworkRole, OrganisationState, Role, Standing
from schemas.policy import Grant, Policy, Seal
from schemas.record.field import FieldClass
from tests.access.nouns import NOW
from tests.access.truth.cases import CALLERS, Case

HOUR = timedelta(hours=1)
CONDITIONS: dict[str, tuple[Kept, ...]] = {
    "none": (),
    "agreement accepted": (AgreementAccepted(agreement="accepted"),),
    "agreement not accepted": (AgreementAccepted(agreement="refused"),),
    "agreement retired": (AgreementAccepted(agreement="retired"),),
    "agreement outdated": (AgreementAccepted(agreement="outdated"),),
    "purpose research": (PurposeStated(purposes=(Purpose.RESEARCH,)),),
    "reciprocity met": (Reciprocity(collection="rr", kind=DatasetKind.CELL_TEST, count=1),),
    "reciprocity short": (Reciprocity(collection="rr", kind=DatasetKind.CELL_TEST, count=5),),
    "agreement accepted and purpose research": (
        AgreementAccepted(agreement="accepted"),
        PurposeStated(purposes=(Purpose.RESEARCH,)),
    ),
    "unknown": (Unknown(found='{"type": "full moon"}'),),
}
COLUMNS = ("test_time_second", "voltage_volt", "cycle", "discharge_capacity_ah")


@cache
def asks(caller: str, purpose: str) -> Scope:
    """What a caller of the table is to the rule."""
    who = CALLERS[caller]
    stated = None if purpose == "none" else Purpose(purpose)
    if who.house == "nobody":
        return scope(NOBODY.model_copy(update={"purpose": stated}), NOW)
    organisation = "north" if who.house == "own" else "west"
    person = Principal(
        user=f"{organisation}-somebody",
        organisation=organisation,
        organisation_name=organisation.title(),
        standing=Standing.MEMBER,
        state=OrganisationState(who.state),
        roles=frozenset({Role(who.role)}),
        network_roles=frozenset({NetworkRole(who.office)} if who.office else ()),
        groups=frozenset({"eg5", "people"}),
        scopes=frozenset(TokenScope),
        purpose=stated,
    )
    given = (Contribution(collection="rr", kind="cell-test", count=1),)
    return scope(person, NOW, ("accepted",), given, who.owes)


def grantee(caller: str, to: str) -> Grantee:
    """Whom a grant of the table names."""
    organisation = "north" if CALLERS[caller].house == "own" else "west"
    kinds = {
        "organisation": Grantee(kind=GranteeKind.ORGANISATION, id=organisation),
        "group": Grantee(kind=GranteeKind.GROUP, id="eg5"),
        "person's group": Grantee(kind=GranteeKind.GROUP, id="people"),
        "person": Grantee(kind=GranteeKind.USER, id=f"{organisation}-somebody"),
        "network": Grantee(kind=GranteeKind.NETWORK),
        "everybody": Grantee(kind=GranteeKind.EVERYBODY),
        "another organisation": Grantee(kind=GranteeKind.ORGANISATION, id="south"),
        "another person": Grantee(kind=GranteeKind.USER, id="south-somebody"),
        "emergency": Grantee(kind=GranteeKind.USER, id=f"{organisation}-somebody"),
        "another's emergency": Grantee(kind=GranteeKind.USER, id="south-somebody"),
    }
    return kinds[to]


@cache
def moments(when: str, at: datetime) -> dict[str, datetime | None]:
    """Beginning, end and revocation of a grant."""
    return {
        "starts_at": {"from now": at, "not begun": at + HOUR}.get(when),
        "expires_at": {"ends now": at, "ended": at - HOUR}.get(when),
        "revoked_at": {"revoked": at - HOUR}.get(when),
    }


@cache
def embargo(word: str, at: datetime) -> tuple[datetime | None, dict[str, object]]:
    """The end of an embargo, and what a grant says of it."""
    end = {"none": None, "running": at + HOUR, "running, grant valid during it": at + HOUR}.get(word, at - HOUR)
    made: dict[str, datetime | None] = {"created_at": at - 48 * HOUR}
    if word == "ended, given after":
        made = {"created_at": at - HOUR / 2}
    if word == "ended, confirmed":
        made["confirmed_for"] = end
    return end, made | {"during_embargo": word == "running, grant valid during it"}


@lru_cache(maxsize=100_000)
def _grant(
    to: Grantee, level: str, view: str, ticked: bool, when: str, condition: str, embargoed: str, glass: bool
) -> Grant:
    return Grant(
        id="g1",
        dataset="PLX-0000-0000",
        grantee_kind=to.kind,
        grantee=to.id,
        level=Level[level.upper()],
        view=View(view),
        columns=COLUMNS if view == "columns" else (),
        confidential=ticked,
        break_glass=glass,
        conditions=CONDITIONS[condition],
        collection="rr" if view == "blinded" else "",
        **moments(when, NOW),
        **embargo(embargoed, NOW)[1],
    )


EXTRA = {
    "nothing": None,
    "summary in full": ("organisation", "summary", "full"),
    "tables blinded": ("organisation", "tables", "blinded"),
    "metadata to the world": ("everybody", "metadata", "full"),
    "listed to the network": ("network", "listed", "full"),
}


def grants(case: Case) -> tuple[Grant, ...]:
    """The grants of a case."""
    given = []
    if case.level != "none":
        to, glass = grantee(case.caller, case.to), "emergency" in case.to
        ticked = case.ticked == "yes" and not glass
        embargoed = "none" if glass else case.embargo
        given.append(_grant(to, case.level, case.view, ticked, case.when, case.condition, embargoed, glass))
    extra = EXTRA[case.besides]
    if extra is not None:
        to_, level, view = extra
        given.append(_grant(grantee(case.caller, to_), level, view, False, "in force", "none", case.embargo, False))
    return tuple(given)


@cache
def _shut(caller: str, word: str) -> dict[str, object]:
    organisation = "north" if CALLERS[caller].house == "own" else "west"
    blocked = {
        "block on the organisation": Grantee(kind=GranteeKind.ORGANISATION, id=organisation),
        "block on the person": Grantee(kind=GranteeKind.USER, id=f"{organisation}-somebody"),
        "block on another": Grantee(kind=GranteeKind.ORGANISATION, id="south"),
    }.get(word)
    parties = {"seal": frozenset({"north"}), "seal of which they are a party": frozenset({"north", "west"})}.get(word)
    return {
        "blocks": frozenset() if blocked is None else frozenset({blocked}),
        "seals": () if parties is None else (Seal(round="rr", parties=parties),),
        "consented": word != "third party",
    }


def policy_of(case: Case) -> Policy:
    """The dataset of a case as the rule looks at it."""
    # Not validated: there are hundreds of thousands of cases.
    return Policy.model_construct(
        dataset="PLX-0000-0000",
        owner="north",
        owner_name="North",
        state=DatasetState(case.state),
        visibility=Visibility(case.shown),
        embargo_until=embargo(case.embargo, NOW)[0],
        grants=grants(case),
        **_shut(case.caller, case.shut),
    )


def opened(case: Case) -> tuple[set[tuple[str, str]], bool]:
    """The product's permits as pairs, and whether it shows confidential fields of the record."""
    within = asks(case.caller, case.purpose)
    held: frozenset[Permit] = policy.permits(policy_of(case), within)
    pairs = {(one.level.name.lower(), one.view.value) for one in held if one.level > Level.NONE}
    return pairs, FieldClass.CONFIDENTIAL in fields.classes(held, within)


def decided(case: Case, level: str, view: str) -> Decision:
    """The product's decision on a level in a view."""
    within = asks(case.caller, case.purpose)
    return policy.decide(policy_of(case), within, Level[level.upper()], View(view))
