"""DOIs: draft one for a version or for all, register it where the settings name a registry, follow what changes.

What is sent is what the world may see; a dataset that the world may not know of is never sent.
"""

from sqlalchemy.orm import Session

from access.scopes import scope
from exchange import guard
from exchange.fair import datacite
from exchange.publishing import following, gather, registry
from exchange.publishing.registry import Registry
from exchange.services import Services
from schemas.access import NOBODY, Exit, Principal, Right
from schemas.dataset import Dataset, DatasetState
from schemas.doi import Doi, DoiState
from schemas.errors import Conflict, NotFound
from schemas.published import Published
from storage import catalogue, dois, policies
from storage.dois import StoredDoi


def register(services: Services, who: Principal, dataset: str, version: int | None) -> Doi:
    """A DOI for the version, or for all: drafted, and registered where there is a registry; done again it goes on.

    `Conflict` for what is not released, or not listed to the world; `Unavailable` where the registry does not answer:
    the draft stays then.
    """
    guard.require(services, who, Right.RELEASE, dataset, detail=f"DOI {version or 'of all versions'}")
    return _registered(services, dataset, version)


def register_here(services: Services, dataset: str, version: int | None) -> Doi:
    """The same by the operator on the machine itself."""
    with services.sessions.read() as session:
        found = catalogue.find(session, dataset)
    guard.on_the_machine(services, "doi:register", found, dataset, f"DOI {version or 'of all versions'}")
    if found is None:
        raise NotFound(f"There is no dataset {dataset}.")
    return _registered(services, dataset, version)


def listed(services: Services, who: Principal, dataset: str) -> list[Doi]:
    """The DOIs of a dataset, drafts among them, for those who may release it."""
    guard.require(services, who, Right.RELEASE, dataset, detail="list DOIs")
    with services.sessions.read() as session:
        return [_told(services, one) for one in dois.of(session, dataset)]


def follow(services: Services, dataset: str) -> int:
    """Tell the registry of a dataset as it is now: hidden when withdrawn or no more listed to the world.

    Returns how many DOIs it was; drafts are left alone.
    """
    at = registry.opened(services.settings)
    with services.sessions.read() as session:
        known = [one for one in dois.of(session, dataset) if one.state is not DoiState.DRAFT]
    for one in known if at is not None else []:
        assert at is not None
        with services.sessions.read() as session:
            found, shown = catalogue.find(session, dataset), _to_the_world(services, session, one)
        released = found is not None and found.state is DatasetState.RELEASED
        event = registry.PUBLISH if released and shown is not None else registry.HIDE
        # Of what the world may no longer know, nothing new is said.
        _remember(services, one, at.change(one.doi, _attributes(one, shown) if shown else {}, event))
    return len(known) if at is not None else 0


def follow_if_possible(services: Services, dataset: str) -> None:
    """The same after a change that has happened anyway; what fails is told in the log and made good by `sync`."""
    following.if_possible(services, follow, dataset)


def sync(services: Services) -> tuple[int, list[str]]:
    """Follow every dataset with a DOI; returns how many DOIs it was, and a sentence for each dataset that failed."""
    with services.sessions.read() as session:
        those = dois.datasets_beyond_draft(session)
    return following.every(services, follow, those)


def _registered(services: Services, dataset: str, version: int | None) -> Doi:
    prefix, at = services.settings.doi_prefix, registry.opened(services.settings)
    if not prefix:
        raise Conflict("This installation has no DOI prefix; its operator sets EXCHANGE_DOI_PREFIX.")
    with services.sessions.begin() as session:
        _released(session, guard.hold(session, dataset), version)
        suffix = dataset.lower() + (f".v{version}" if version else "")
        kept = dois.drafted(session, dataset, version, f"{prefix}/{suffix}", services.now())
    if at is not None:
        with services.sessions.read() as session:
            shown = _to_the_world(services, session, kept)
        if shown is None:
            raise Conflict(
                f"A DOI tells the world of {dataset}, which is not listed to it; list it to the world first."
            )
        _carry_out(services, at, kept, shown)
    with services.sessions.read() as session:
        return next(_told(services, one) for one in dois.of(session, dataset) if one.version == version)


def _carry_out(services: Services, at: Registry, kept: StoredDoi, shown: Published) -> None:
    """Draft, registered, findable: each step is remembered, so that a later attempt goes on from there."""
    for state in at.brought_out(kept.doi, kept.state, _attributes(kept, shown)):
        _remember(services, kept, state)


def _released(session: Session, found: Dataset, version: int | None) -> None:
    if found.state is not DatasetState.RELEASED:
        raise Conflict(f"Dataset {found.id} is {found.state.value}; only what is released gets a DOI.")
    there = [one.number for one in catalogue.versions(session, found.id) if one.released_at is not None]
    if version is not None and version not in there:
        named = ", ".join(str(one) for one in there)
        raise Conflict(f"Dataset {found.id} has no released version {version}; released are {named}.")


def _to_the_world(services: Services, session: Session, one: StoredDoi) -> Published | None:
    """What a DOI's record may say: what the world sees of the dataset; None where it may not know of it."""
    found, on = catalogue.find(session, one.dataset), policies.find(session, one.dataset)
    within = scope(NOBODY, services.now())
    if found is None or on is None or not guard.judge(NOBODY, within, found, on, Exit.LANDING).allowed:
        return None
    shown = gather.shown(services, session, NOBODY, found, on, within, one.version)
    if one.version is None:
        return shown.model_copy(update={"doi": one.doi, "version": None, "version_iri": None})
    return shown.model_copy(update={"version_doi": one.doi})


def _attributes(one: StoredDoi, shown: Published) -> registry.Json:
    return datacite.document(shown) | {"doi": one.doi, "url": shown.landing}


def _remember(services: Services, one: StoredDoi, state: DoiState) -> None:
    with services.sessions.begin() as session:
        dois.come_into(session, one.doi, state, services.now())


def _told(services: Services, one: StoredDoi) -> Doi:
    pinned = f"@{one.version}" if one.version else ""
    url = f"{services.settings.base_url.rstrip('/')}/datasets/{one.dataset}{pinned}"
    facts = {name: getattr(one, name) for name in ("doi", "dataset", "version", "state", "created_at", "changed_at")}
    return Doi(**facts, url=url)
