"""Reports of rounds: made, commented on, published, corrected; their files, each for its own readers."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Response

from exchange.api.doors import Anyone, Caller, Live, OpaquePath
from exchange.api.errors import Responses, documented
from exchange.api.rounds import LineId, RoundId
from exchange.delivery.link import disposition
from exchange.reporting.html import POLICY
from exchange.rounds import comments, publish, report
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import Conflict, Denied, NotFound
from schemas.round.report import Answer, CodedComment, Correction, NewComment, ReportFiles, ReportProduct
from schemas.round.round import RoundShown

_read = documented(Denied, NotFound)
_change = documented(Denied, NotFound, Conflict)
router = APIRouter(prefix="/api/v1/rounds/{round}", tags=["rounds"], responses=_read)
Edition = Annotated[
    str,
    Path(
        pattern="^[1-9][0-9]{0,8}-(draft|published|corrected)(-[1-9][0-9]{0,5})?$",
        description="Number of the evaluation, and stage, as the list names it",
        examples=["1-published"],
    ),
]
FileName = Annotated[str, Path(pattern="^[a-z0-9][a-z0-9._-]{0,99}$", max_length=100, examples=["report.pdf"])]
_file: Responses = {200: {"content": {"application/octet-stream": {}}, "description": "The file"}}
_COMMENT = {"line": "north-1", "text": "Our cell 3 was measured at 23 °C.", "appeal": True}


@router.post("/report", summary="Make the draft report", responses=_change)
def make(caller: Caller, services: Live, round: RoundId) -> RoundShown:
    """Of the newest evaluation, by coordinator or statistician; the time for comments begins."""
    return report.make(services, caller, round)


@router.get("/report", summary="Files of the participants' report")
def of_report(caller: Caller, services: Live, round: RoundId) -> ReportFiles:
    """HTML, PDF, figures and tables of every edition, under codes, for those who take part or run the round."""
    return report.listed(services, caller, round, ReportProduct.REPORT)


@router.get("/report/{edition}/{name}", summary="A file of the report", response_class=Response, responses=_file)
def from_report(caller: Caller, services: Live, round: RoundId, edition: Edition, name: FileName) -> Response:
    """As it was made; the address of a file never changes what it gives."""
    return _sent(services, caller, round, ReportProduct.REPORT, (edition, name))


@router.get("/lines/{line}/report", summary="Letter, sheet and certificate")
def of_line(caller: Caller, services: Live, round: RoundId, line: LineId) -> ReportFiles:
    """Of one's own line, for its own people alone."""
    return report.listed(services, caller, round, ReportProduct.LETTER, line)


@router.get(
    "/lines/{line}/report/{edition}/{name}",
    summary="Letter, sheet or certificate",
    response_class=Response,
    responses=_file,
)
def from_line(
    caller: Caller, services: Live, round: RoundId, line: LineId, edition: Edition, name: FileName
) -> Response:
    """Of one's own line, for its own people alone; the certificate may be shown to others."""
    return _sent(services, caller, round, ReportProduct.LETTER, (edition, name), line)


@router.get("/summary/files", summary="Files of the public summary")
def of_summary(caller: Anyone, services: Live, round: RoundId) -> ReportFiles:
    """For everybody, once the report is published."""
    return report.listed(services, caller, round, ReportProduct.SUMMARY)


@router.get(
    "/summary/files/{edition}/{name}", summary="A file of the summary", response_class=Response, responses=_file
)
def from_summary(caller: Anyone, services: Live, round: RoundId, edition: Edition, name: FileName) -> Response:
    """For everybody, once the report is published; one that is superseded is given no more."""
    return _sent(services, caller, round, ReportProduct.SUMMARY, (edition, name))


@router.get("/comments", summary="Comments on the draft")
def said(caller: Caller, services: Live, round: RoundId) -> list[CodedComment]:
    """Under codes, with their answers, for those who read the results."""
    return comments.listed(services, caller, round)


@router.post("/comments", status_code=201, summary="Comment or appeal", responses=_change)
def say(
    caller: Caller, services: Live, round: RoundId, new: Annotated[NewComment, Body(examples=[_COMMENT])]
) -> CodedComment:
    """By a line's own people within the time for comments; all who take part read it under the line's code."""
    return comments.comment(services, caller, round, new)


@router.post("/comments/{comment}/answer", summary="Answer a comment", responses=_change)
def answer(
    caller: Caller,
    services: Live,
    round: RoundId,
    comment: OpaquePath,
    given: Annotated[Answer, Body(examples=[{"text": "The cell is left out; see the exclusions."}])],
) -> CodedComment:
    """By coordinator or statistician, once."""
    return comments.answer(services, caller, round, comment, given.text)


@router.post("/publication", summary="Publish the report", responses=_change)
def publish_report(caller: Caller, services: Live, round: RoundId) -> RoundShown:
    """By the coordinator after the time for comments, with every appeal answered; the seals end."""
    return publish.publish(services, caller, round)


@router.post("/corrections", summary="Correct a published report", responses=_change)
def correct(
    caller: Caller,
    services: Live,
    round: RoundId,
    why: Annotated[Correction, Body(examples=[{"reason": "One line's cells had been exchanged."}])],
) -> RoundShown:
    """By a newer evaluation; what was published stays at its address, marked as superseded."""
    return publish.correct(services, caller, round, why.reason)


def _sent(
    services: Services,
    caller: Principal,
    round: str,
    product: ReportProduct,
    place: tuple[str, str],
    line: str | None = None,
) -> Response:
    file, content = report.read(services, caller, round, product, place, line)
    headers = {"Content-Disposition": disposition(f"{round}-{file.edition}-{file.name}"), "ETag": f'"{file.sha256}"'}
    if file.media_type == "text/html":
        headers = {"Content-Disposition": "inline", "Content-Security-Policy": f"{POLICY}; sandbox"} | {
            "ETag": headers["ETag"]
        }
    return Response(content, media_type=file.media_type, headers=headers)
