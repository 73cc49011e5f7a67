"""Standing: an organisation's sharing templates, which of them a release falls under, and what it then gives."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from access import standing
from exchange import guard
from exchange.services import Services
from exchange.sharing import giving
from schemas.access import GranteeKind, Principal, Right
from schemas.change import Change, Embargo
from schemas.dataset import Dataset, Release
from schemas.errors import Conflict, NotFound, Refused, Trouble
from schemas.template import NewSharingTemplate, SharingTemplate
from storage import catalogue, templates

NONE = "none"


def settle(services: Services, who: Principal, wanted: NewSharingTemplate) -> SharingTemplate:
    """A template of the caller's organisation; `Refused` names everything in it that could not be given."""
    guard.require_general(services, who, Right.SET_TEMPLATES, said=wanted.name)
    facts = {name: getattr(wanted, name) for name in NewSharingTemplate.model_fields}
    made = SharingTemplate(
        **facts, id=services.new_id(), organisation=who.organisation, created_at=services.now(), created_by=who.user
    )
    with services.sessions.begin() as session:
        troubles = tuple(_troubles(session, made))
        if troubles:
            raise Refused("The template has problems.", errors=troubles)
        if any(one.name == made.name and one.retired_at is None for one in templates.of(session, who.organisation)):
            raise Conflict(f"There is a template '{made.name}' already; retire it first, or give another name.")
        templates.add(session, made)
    return made


def settled(services: Services, who: Principal) -> list[SharingTemplate]:
    """All templates of the caller's organisation, for those who release or propose."""
    guard.require_general(services, who, Right.PROPOSE, detail="list templates")
    with services.sessions.read() as session:
        return templates.of(session, who.organisation)


def retire(services: Services, who: Principal, template: str) -> None:
    """Apply a template no more; what it gave stays."""
    guard.require_general(services, who, Right.SET_TEMPLATES, detail=f"retire {template}")
    with services.sessions.begin() as session:
        templates.retire(session, who.organisation, template, who.user, services.now())


def lets_contributors(services: Services, dataset: str, wanted: Release) -> bool:
    """Whether a steward's standing template lets contributors release this dataset, just so."""
    if wanted.visibility is not None or wanted.template is not None or wanted.raw_only:
        return False
    with services.sessions.read() as session:
        found = catalogue.find(session, dataset)
        try:
            template = None if found is None else meant(session, found, wanted)
        except Conflict:
            return False
    return template is not None and template.contributors_may_release


def meant(session: Session, dataset: Dataset, wanted: Release) -> SharingTemplate | None:
    """The template that a release falls under: the named one, else the one that fits; `Conflict` when several do."""
    if wanted.template == NONE:
        return None
    if wanted.template is not None:
        return named(session, dataset.owner, wanted.template)
    fitting = standing.fitting(templates.of(session, dataset.owner), dataset.metadata)
    if len(fitting) > 1:
        choice = ", ".join(f"'{one.name}' ({one.id})" for one in fitting)
        raise Conflict(f"Several templates fit this dataset: {choice}. Name one as `template`, or '{NONE}'.")
    return fitting[0] if fitting else None


def named(session: Session, organisation: str, template: str) -> SharingTemplate:
    """A template in use; `NotFound` when this organisation has none with this id."""
    found = next((one for one in templates.of(session, organisation) if one.id == template), None)
    if found is None or found.retired_at is not None:
        raise NotFound(f"Your organisation has no template {template} in use.")
    return found


def planned(
    services: Services,
    session: Session,
    dataset: Dataset,
    template: SharingTemplate,
    released: datetime,
    *,
    foreseen: bool = False,
) -> Change:
    """What a template gives on a dataset released then; `Conflict` names what can no longer be given."""
    now = services.now()
    grants, troubles = [], []
    for at, terms in enumerate(template.grants):
        wanted = terms.at(released)
        wrong = list(giving.problems(session, dataset, wanted, now))
        troubles += [one.model_copy(update={"pointer": f"/grants/{at}{one.pointer}"}) for one in wrong]
        grants.append(giving.made(services, session, dataset.id, wanted, foreseen=foreseen))
    if troubles:
        raise Conflict(
            f"The template '{template.name}' cannot be applied to {dataset.id}; settle it anew, or release with "
            "another one.",
            errors=tuple(troubles),
        )
    until = template.embargo.of(released) if template.embargo else now
    embargo = Embargo(until=until) if until > now else None
    return Change(dataset=dataset.id, grants=tuple(grants), visibility=template.visibility, embargo=embargo)


def _troubles(session: Session, template: SharingTemplate) -> Iterator[Trouble]:
    for at, terms in enumerate(template.grants):
        for one in giving.general(session, template.organisation, terms):
            yield one.model_copy(update={"pointer": f"/grants/{at}{one.pointer}"})
        if terms.grantee_kind is GranteeKind.ORGANISATION and terms.grantee == template.organisation:
            message = "is your own organisation, which needs no grant"
            yield Trouble(pointer=f"/grants/{at}/grantee", message=message, value=terms.grantee)
