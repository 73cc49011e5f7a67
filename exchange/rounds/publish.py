"""Publish: the final report of a round after its time for comments, and corrections of it later."""

from datetime import datetime

from sqlalchemy.orm import Session

from exchange import guard
from exchange.rounds import editions, report, report_doi, show
from exchange.rounds.held import held, standing
from exchange.services import Services
from exchange.sharing import sealing
from exchange.telling import notices
from exchange.telling.notify import notify
from schemas.access import Principal
from schemas.errors import Conflict
from schemas.notification import NotificationKind, Person
from schemas.round.report import Stage
from schemas.round.rights import RoundProduct, RoundRight
from schemas.round.round import Round, RoundShown, RoundState
from storage import past, reports, round_comments, rounds

_OPEN, _MADE = (RoundState.COMMENTING,), "its report is published"
_FINAL = (RoundState.PUBLISHED, RoundState.CORRECTED)


def publish(services: Services, who: Principal, round: str) -> RoundShown:
    """The report with comments and answers becomes final, the seals end, everybody may read the summary.

    `Conflict` before the time for comments is over, while an appeal is not answered, and when what counts has changed.
    """
    found = guard.require_in_round(services, who, RoundRight.PUBLISH, round).round
    standing(found, _OPEN, _MADE)
    now = services.now()
    with services.sessions.read() as session:
        _ready(session, found, now)
        source = report.gathered(services, session, round, Stage.PUBLISHED, now)
        report.unchanged(services, session, found, source.evaluation)
    kept = editions.keep(services, source)
    with services.sessions.begin() as session:
        one = held(session, round, _OPEN, _MADE)
        _ready(session, one, now)
        _same_comments(session, source)
        report.unchanged(services, session, one, source.evaluation)
        reports.keep(session, kept)
        rounds.enter(session, round, RoundState.PUBLISHED, now)
        sealing.open_round(services, session, round)
        detail = f"evaluation {source.evaluation.number}"
        rounds.happened(session, services.new_id(), round, "published", who.user, now, detail)
        report.tell_all(services, session, one, NotificationKind.ROUND_PUBLISHED, {})
    return show.one(services, who, round)


def correct(services: Services, who: Principal, round: str, reason: str) -> RoundShown:
    """A newer evaluation takes the place of the published one; what was published stays, marked as superseded.

    `Conflict` unless the round is published and was evaluated again as a correction.
    """
    guard.require_in_round(services, who, RoundRight.PUBLISH, round, detail="a correction", said=reason)
    now = services.now()
    with services.sessions.read() as session:
        source = report.gathered(services, session, round, Stage.CORRECTED, now, reason)
    _newer(source)
    kept = editions.keep(services, source)
    with services.sessions.begin() as session:
        one = held(session, round, _FINAL, "its report is corrected")
        _newer(report.gathered(services, session, round, Stage.CORRECTED, now, reason))
        report.unchanged(services, session, one, source.evaluation)
        reports.keep(session, kept)
        rounds.enter(session, round, RoundState.CORRECTED, now)
        number = str(source.evaluation.number)
        rounds.happened(session, services.new_id(), round, "corrected", who.user, now, f"evaluation {number}")
        told = {"number": number, "reason": reason}
        report.tell_all(services, session, one, NotificationKind.ROUND_CORRECTED, told)
        _tell_readers(services, session, one, told)
    report_doi.follow_if_possible(services, round)
    return show.one(services, who, round)


def _tell_readers(services: Services, session: Session, round: Round, facts: dict[str, str]) -> None:
    """Whoever has read a report or summary while signed in, and is not told already as one who takes part."""
    actions = [f"round:{one.value}" for one in (RoundProduct.REPORT, RoundProduct.LETTER, RoundProduct.SUMMARY)]
    found = past.readers_of(session, round.id, actions)
    already = report.told(session, round.id)
    to = [Person(user=user, organisation=of) for of, user in sorted(found) if user not in already]
    about = {"round": round.record.title, "id": round.id}
    notify(services, session, to=to, kind=NotificationKind.ROUND_CORRECTED, facts=about | facts)


def _ready(session: Session, round: Round, now: datetime) -> None:
    until = report.comments_until(round, round.reported_at or now)
    if now < until:
        raise Conflict(f"Lines may comment until {notices.when(until)}; the report is published after that.")
    waiting = sum(one.appeal and one.answered_at is None for one in round_comments.of(session, round.id))
    if waiting:
        named = "One appeal is" if waiting == 1 else f"{waiting} appeals are"
        raise Conflict(f"{named} not answered yet; answer first, then publish.")


def _same_comments(session: Session, source: editions.Source) -> None:
    if round_comments.of(session, source.evaluation.round) != source.edition.comments:
        raise Conflict("A comment or an answer came while the report was made; publish it again.")


def _newer(source: editions.Source) -> None:
    before, number = source.edition.corrects, source.evaluation.number
    if before is None:
        raise Conflict(f"The round {source.evaluation.round} is not published; there is nothing to correct.")
    if number <= before:
        raise Conflict(
            f"The published report is of evaluation {before}, the newest there is; evaluate the round again as a "
            "correction, then publish that."
        )
