"""Report: make the draft of an evaluated round, and read files of reports, each by those whom its product is for."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from access.rounds import FEWEST
from exchange import guard
from exchange.rounds import editions, evaluate, letter, results, show, summary
from exchange.rounds.held import held, standing
from exchange.rounds.told import HANDING_IN, SIGNING, tell_lines, tell_running
from exchange.services import Services
from exchange.telling import notices
from schemas.access import Principal
from schemas.errors import Conflict, NotFound
from schemas.notification import NotificationKind
from schemas.round.evaluation import Evaluation
from schemas.round.public import PublicSummary
from schemas.round.report import Edition, ReportFile, ReportFiles, ReportProduct, Stage
from schemas.round.rights import RoundProduct, RoundRight
from schemas.round.round import Round, RoundShown, RoundState
from storage import participants, recipients, reports, round_comments, rounds, submissions
from storage.reports import StoredFile

_PRODUCTS = {
    ReportProduct.REPORT: RoundProduct.REPORT,
    ReportProduct.LETTER: RoundProduct.LETTER,
    ReportProduct.SUMMARY: RoundProduct.SUMMARY,
}
_EVALUATED, _MADE = (RoundState.EVALUATED,), "its draft report is made"
_TOLD = HANDING_IN | SIGNING


def make(services: Services, who: Principal, round: str) -> RoundShown:
    """The draft report of the newest evaluation, with each line's letter; comments are open from now on.

    `Conflict` unless the round is evaluated, and evaluated from what counts now. With fewer than five organisations
    there are letters with own values alone.
    """
    found = guard.require_in_round(services, who, RoundRight.REPORT, round).round
    standing(found, _EVALUATED, _MADE)
    now = services.now()
    with services.sessions.read() as session:
        source = gathered(services, session, round, Stage.DRAFT, now)
        unchanged(services, session, found, source.evaluation)
    kept = editions.keep(services, source)
    with services.sessions.begin() as session:
        one = held(session, round, _EVALUATED, _MADE)
        unchanged(services, session, one, source.evaluation)
        reports.keep(session, kept)
        rounds.enter(session, round, RoundState.COMMENTING, now)
        detail = f"evaluation {source.evaluation.number}"
        rounds.happened(session, services.new_id(), round, "draft report", who.user, now, detail)
        told = {"until": notices.when(comments_until(one, now))}
        tell_all(services, session, one, NotificationKind.ROUND_REPORTED, told)
    return show.one(services, who, round)


def listed(
    services: Services, who: Principal, round: str, product: ReportProduct, line: str | None = None
) -> ReportFiles:
    """The files of a product (a letter's of an own line), newest edition first; superseded ones are marked and stay.

    Of superseded files of the public summary neither hash nor size is told: so few numbers could be guessed by them.
    """
    guard.allow_round(services, who, _PRODUCTS[product], round, line)
    with services.sessions.read() as session:
        found = reports.of(session, round, product.value, line)
    files = [_shown(one, found[0]) for one in found]
    if product is ReportProduct.SUMMARY:
        files = [one.model_copy(update={"sha256": "", "bytes": 0}) if one.superseded else one for one in files]
    return ReportFiles(round=round, product=product, files=tuple(files))


def read(
    services: Services, who: Principal, round: str, product: ReportProduct, place: tuple[str, str], line: str | None
) -> tuple[ReportFile, bytes]:
    """One file by its place, edition and name; `NotFound` when there is none such for the caller.

    Of the public summary the newest edition alone is given: two sets would tell what was left out between them.
    """
    guard.allow_round(services, who, _PRODUCTS[product], round, line)
    with services.sessions.read() as session:
        found = reports.of(session, round, product.value, line)
    for one in found:
        if (edition_of(one), one.name) == place:
            if product is ReportProduct.SUMMARY and edition_of(one) != edition_of(found[0]):
                raise NotFound(
                    f"The summary {edition_of(one)} is superseded; read {edition_of(found[0])}. One set of statistics "
                    "is public at a time: two would tell what was left out between them."
                )
            return _shown(one, found[0]), services.objects.get(one.key)
    raise NotFound(f"There is no file {place[1]} in edition {place[0]} of this; the list names those there are.")


def gathered(
    services: Services,
    session: Session,
    round: str,
    stage: Stage,
    now: datetime,
    correction: str = "",
) -> editions.Source:
    """Everything that an edition is made of, as it stands; `Conflict` before the round is evaluated."""
    one, found = rounds.find(session, round), results.stored(services, session, round)
    assert one is not None, "the guard has found it"
    if found is None:
        raise Conflict(f"The round {round} is not evaluated yet; evaluate it, then make its report.")
    lines = [each for each in participants.of(session, round) if each.joined_at is not None]
    published = one.published_at or (now if stage is not Stage.DRAFT else None)
    edition = Edition(
        stage=stage,
        made_at=now,
        organisations=submissions.organisations(session, round),
        opened_at=one.opened_at,
        closed_at=one.closed_at,
        comments_until=comments_until(one, one.reported_at if one.reported_at and stage is not Stage.DRAFT else now),
        comments=round_comments.of(session, round),
        plans=one.plans,
        description=one.record.description or "",
        correction=correction,
        corrects=_published_before(session, round) if stage is Stage.CORRECTED else None,
        published_at=published,
    )
    return editions.Source(
        evaluation=found,
        edition=edition,
        letters=tuple(letter.gathered(services, session, one, each.line) for each in lines),
        turn=1
        + sum(
            (before.evaluation, editions.stage_of(before.stage)) == (found.number, stage)
            for before in reports.of(session, round, editions.SOURCE)
        ),
        summary=_summary(found, edition, {each.code: each.organisation for each in lines}),
        address=f"{services.settings.base_url.rstrip('/')}/rounds/{round}/report",
    )


def unchanged(services: Services, session: Session, round: Round, evaluation: Evaluation) -> None:
    """`Conflict` when another evaluation was made meanwhile, or what counts is not what was evaluated."""
    newest = results.stored(services, session, round.id)
    if newest != evaluation or not evaluate.up_to_date(session, round):
        raise Conflict(f"What counts in the round {round.id} has changed since its evaluation; evaluate it again.")


def comments_until(round: Round, reported_at: datetime) -> datetime:
    """The last moment for comments and appeals on a draft that was made then."""
    return reported_at + timedelta(days=round.record.comment_days)


def tell_all(services: Services, session: Session, round: Round, kind: NotificationKind, facts: dict[str, str]) -> None:
    """Everybody who takes part, and those who run the round."""
    lines = [each for each in participants.of(session, round.id) if each.joined_at is not None]
    organisations = {each.organisation: each for each in lines}
    tell_lines(services, session, round, organisations.values(), kind, facts, _TOLD)
    tell_running(services, session, round, kind, facts)


def told(session: Session, round: str) -> set[str]:
    """The people whom `tell_all` tells."""
    organisations = {each.organisation for each in participants.of(session, round) if each.joined_at is not None}
    running = {holder for every in rounds.holders(session, round).values() for holder in every}
    return running.union(*(recipients.holders(session, one, _TOLD) for one in organisations))


def edition_of(one: StoredFile) -> str:
    """What an edition is called in addresses."""
    return f"{one.evaluation}-{one.stage}"


def _summary(found: Evaluation, edition: Edition, owners: dict[str, str]) -> PublicSummary | None:
    if edition.published_at is None or min(found.p, edition.organisations) < FEWEST:
        return None
    return summary.summary_of(found, owners, edition.published_at)


def _published_before(session: Session, round: str) -> int | None:
    """The evaluation of the edition that was published last."""
    every = reports.of(session, round, editions.SOURCE)
    return next((one.evaluation for one in every if editions.stage_of(one.stage) is not Stage.DRAFT), None)


def _shown(one: StoredFile, newest: StoredFile) -> ReportFile:
    return ReportFile(
        name=one.name,
        edition=edition_of(one),
        evaluation=one.evaluation,
        stage=editions.stage_of(one.stage),
        media_type=one.media_type,
        bytes=one.bytes,
        sha256=one.sha256,
        made_at=one.made_at,
        superseded=edition_of(one) != edition_of(newest),
    )
