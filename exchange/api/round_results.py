"""Results of rounds: evaluated, read under codes, left out for a reason; the line's own; the public summary."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Path, Query, Response
from fastapi.responses import StreamingResponse

from exchange.api.doors import Anyone, Caller, Live, OpaquePath
from exchange.api.errors import documented
from exchange.api.rounds import LineId, RoundId
from exchange.delivery import link
from exchange.rounds import evaluate as evaluating
from exchange.rounds import exclusions, letter, results, summary
from schemas.errors import Conflict, Denied, NotFound
from schemas.round.evaluation import Evaluation
from schemas.round.exclusion import LeaveOut, ShownExclusion
from schemas.round.public import PublicSummary
from schemas.round.results import CodedResults, OwnResults

router = APIRouter(prefix="/api/v1/rounds/{round}", tags=["rounds"], responses=documented(Denied, NotFound, Conflict))
Correction = Annotated[bool, Query(description="The report is published, and this is the beginning of its correction")]
TableName = Annotated[str, Path(max_length=32, pattern="^[a-z_]+$", examples=["results"])]
_LEFT_OUT = {"kpi": "q-c10", "code": "QX", "cell": 2, "reason": "The cell was tested at 35 °C, as its line has said."}


@router.post("/evaluation", summary="Evaluate")
def evaluate(caller: Caller, services: Live, round: RoundId, correction: Correction = False) -> Evaluation:
    """By coordinator or statistician, of what counts now; what is equal gives the same evaluation again."""
    return evaluating.evaluate(services, caller, round, correction)


@router.get("/results", summary="Results under codes")
def coded(caller: Caller, services: Live, round: RoundId) -> CodedResults:
    """For coordinator and statistician once evaluated; for those who take part once reported, with their own codes."""
    return results.shown(services, caller, round)


@router.get(
    "/results/{table}/{form}",
    summary="A table of the results as a file",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}, link.PARQUET: {}}, "description": "The file"}},
)
def table_file(
    caller: Caller, services: Live, round: RoundId, table: TableName, form: Literal["csv", "parquet"]
) -> Response:
    """One of `results`, `cells`, `statistics`, `screening`, `exclusions`, `curves`, `yields`, `late`, `conformance`."""
    filename, content = results.table(services, caller, round, table, form)
    media_type = "text/csv; charset=utf-8" if form == "csv" else link.PARQUET
    headers = {"Content-Disposition": link.disposition(filename)}
    return StreamingResponse(content, media_type=media_type, headers=headers)


@router.get("/summary", summary="Public summary")
def public(caller: Anyone, services: Live, round: RoundId) -> PublicSummary:
    """For everybody once the report is published: consensus, u, s_r and s_R of each KPI, and nothing of any line."""
    return summary.public(services, caller, round)


@router.get("/lines/{line}/results", summary="A line's own results")
def own(caller: Caller, services: Live, round: RoundId, line: LineId) -> OwnResults:
    """For its own people: every value in all digits, and beside the others once the draft report is made."""
    return letter.own_results(services, caller, round, line)


@router.get("/exclusions", summary="What was left out")
def left_out(caller: Caller, services: Live, round: RoundId) -> list[ShownExclusion]:
    """All that ever was, ended exclusions too, with reason and date; for readers of results."""
    return exclusions.every(services, caller, round)


@router.post("/exclusions", status_code=201, summary="Leave out results")
def leave_out(
    caller: Caller,
    services: Live,
    round: RoundId,
    wanted: Annotated[LeaveOut, Body(examples=[_LEFT_OUT])],
    correction: Correction = False,
) -> ShownExclusion:
    """By coordinator or statistician, from the next evaluation on; a draft report is taken back."""
    return exclusions.leave_out(services, caller, round, wanted, correction)


@router.post("/exclusions/{exclusion}/end", summary="Let results count again")
def count_again(
    caller: Caller, services: Live, round: RoundId, exclusion: OpaquePath, correction: Correction = False
) -> ShownExclusion:
    """By coordinator or statistician, from the next evaluation on; the exclusion stays on record."""
    return exclusions.end(services, caller, round, exclusion, correction)
