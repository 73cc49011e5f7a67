"""Comments and appeals of lines on the draft report, under their codes, and the answers to them."""

from exchange import guard
from exchange.rounds import duties, report
from exchange.rounds.held import held
from exchange.rounds.told import HANDING_IN, SIGNING, tell_lines, tell_running
from exchange.services import Services
from exchange.telling import notices
from schemas.access import Principal
from schemas.errors import Conflict, NotFound
from schemas.notification import NotificationKind
from schemas.round.report import CodedComment, NewComment
from schemas.round.rights import RoundProduct, RoundRight
from schemas.round.round import RoundState
from storage import participants, reports, round_comments, rounds
from storage.round_comments import Comment

_OPEN = (RoundState.COMMENTING,)
_MOST = 100
"""Comments of one line on one round."""


def comment(services: Services, who: Principal, round: str, new: NewComment) -> CodedComment:
    """A line's own people say something on the draft; an appeal holds publication up until it is answered."""
    guard.require_in_round(services, who, RoundRight.COMMENT, round, new.line, said=new.text)
    now, id = services.now(), services.new_id()
    with services.sessions.begin() as session:
        one = held(session, round, _OPEN, "lines comment on its draft report")
        own = participants.find(session, round, new.line)
        if own is None or own.joined_at is None:
            raise Conflict("This line does not take part in the round; only lines that do comment.")
        if not reports.of(session, round, "report"):
            raise Conflict("There is no report to comment on: with so few lines everybody reads own results only.")
        until = report.comments_until(one, one.reported_at or now)
        if now >= until:
            raise Conflict(f"The time for comments ended on {notices.when(until)}.")
        before = [each for each in round_comments.of(session, round) if each.code == own.code]
        if len(before) >= _MOST:
            raise Conflict(f"Your line has made {_MOST} comments, the most there may be.")
        said = Comment(id=id, round=round, line=new.line, appeal=new.appeal, text=new.text, at=now, by=who.user)
        round_comments.add(session, said)
        what = "an appeal" if new.appeal else "a comment"
        tell_running(services, session, one, NotificationKind.ROUND_COMMENTED, {"what": what})
        # Neither who nor whose: the history is read by those who see codes only.
        rounds.happened(session, services.new_id(), round, "appeal" if new.appeal else "comment", "", now)
    return CodedComment(id=id, code=own.code, appeal=new.appeal, text=new.text, at=now)


def listed(services: Services, who: Principal, round: str) -> list[CodedComment]:
    """All comments under codes with their answers, for whoever reads the results."""
    guard.allow_round(services, who, RoundProduct.RESULTS, round)
    with services.sessions.read() as session:
        return list(round_comments.of(session, round))


def answer(services: Services, who: Principal, round: str, comment: str, text: str) -> CodedComment:
    """Coordinator or statistician answer, once, while the draft is open; the line is told.

    On a line of the coordinator's own organisation the statistician answers.
    """
    allowed = guard.require_in_round(services, who, RoundRight.ANSWER, round, said=text)
    with services.sessions.begin() as session:
        one = held(session, round, _OPEN, "comments on its draft report are answered")
        found = round_comments.find(session, round, comment, lock=True)
        if found is None:
            raise NotFound(f"There is no comment {comment[:40]} in this round.")
        if found.answered_at is not None:
            raise Conflict("This comment is answered already.")
        own = participants.find(session, round, found.line)
        if own is not None:
            duties.not_of_their_own(session, allowed.standing, own, "answers")
        round_comments.answer(session, comment, text, who.user, services.now())
        roles = HANDING_IN | SIGNING
        tell_lines(services, session, one, [own] if own else [], NotificationKind.ROUND_ANSWERED, {}, roles)
        return next(each for each in round_comments.of(session, round) if each.id == comment)
