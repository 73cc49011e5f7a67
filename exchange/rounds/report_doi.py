"""DOIs of public summaries: drafted for the office, registered where the settings name a registry, kept up to date."""

from exchange import guard
from exchange.fair import datacite
from exchange.publishing import following, registry
from exchange.rounds import citable
from exchange.services import Services
from schemas.access import Principal
from schemas.doi import DoiState
from schemas.errors import Conflict
from schemas.round.citable import ReportDoi
from schemas.round.rights import RoundRight
from schemas.round.round import Round, RoundState
from storage import report_dois, rounds
from storage.report_dois import StoredReportDoi

_FINAL = (RoundState.PUBLISHED, RoundState.CORRECTED)


def register(services: Services, who: Principal, round: str, version: int | None) -> ReportDoi:
    """A DOI for a version of the summary, or for all: drafted, and registered where there is a registry.

    Done again it goes on. `Conflict` without a published summary or a prefix; `Unavailable` where the registry does not
    answer: the draft stays then.
    """
    detail = f"DOI {version or 'of all versions'}"
    found = guard.require_in_round(services, who, RoundRight.CITE, round, detail=detail).round
    prefix, at = services.settings.doi_prefix, registry.opened(services.settings)
    if found.state not in _FINAL:
        raise Conflict(f"The round {round} is {found.state.value}; its summary gets a DOI once it is published.")
    if not prefix:
        raise Conflict("This installation has no DOI prefix; its operator sets EXCHANGE_DOI_PREFIX.")
    with services.sessions.begin() as session:
        citable.shown(services, session, found, version)  # Refuses a version that is not there.
        suffix = f"round-{round}" + (f".v{version}" if version else "")
        kept = report_dois.drafted(session, round, version, f"{prefix}/{suffix}", services.now())
    if at is not None:
        for state in at.brought_out(kept.doi, kept.state, _attributes(services, found, kept)):
            _remember(services, kept, state)
    return next(one for one in _of(services, round) if one.version == version)


def listed(services: Services, who: Principal, round: str) -> list[ReportDoi]:
    """The DOIs of a round's summary, drafts among them, for the network's office."""
    guard.require_in_round(services, who, RoundRight.CITE, round, detail="list DOIs")
    return _of(services, round)


def follow(services: Services, round: str) -> int:
    """Tell the registry of the versions as they are now; returns how many DOIs it was, drafts are left alone."""
    at = registry.opened(services.settings)
    with services.sessions.read() as session:
        found = rounds.find(session, round)
        known = [one for one in report_dois.of(session, round) if one.state is not DoiState.DRAFT]
    if at is None or found is None:
        return 0
    for one in known:
        _remember(services, one, at.change(one.doi, _attributes(services, found, one), registry.PUBLISH))
    return len(known)


def follow_if_possible(services: Services, round: str) -> None:
    """The same after a correction that has happened anyway; what fails is told in the log and made good by `sync`."""
    following.if_possible(services, follow, round)


def sync(services: Services) -> tuple[int, list[str]]:
    """Follow every round with a DOI; returns how many DOIs it was, and a sentence for each round that failed."""
    with services.sessions.read() as session:
        those = report_dois.rounds_beyond_draft(session)
    return following.every(services, follow, those)


def _attributes(services: Services, round: Round, one: StoredReportDoi) -> registry.Json:
    with services.sessions.read() as session:
        shown = citable.shown(services, session, round, one.version)
    own = {"version_doi": one.doi} if one.version else {"doi": one.doi}
    # What is not sent stays there as it was: of a superseded version no file is told any more.
    gone: registry.Json = {"sizes": [], "formats": []}
    return gone | datacite.document(shown.model_copy(update=own)) | {"doi": one.doi, "url": shown.landing}


def _remember(services: Services, one: StoredReportDoi, state: DoiState) -> None:
    with services.sessions.begin() as session:
        report_dois.come_into(session, one.doi, state, services.now())


def _of(services: Services, round: str) -> list[ReportDoi]:
    base = f"{services.settings.base_url.rstrip('/')}/rounds/{round}/report"
    with services.sessions.read() as session:
        return [
            ReportDoi(**vars(one), url=f"{base}/{one.version}" if one.version else base)
            for one in report_dois.of(session, round)
        ]
