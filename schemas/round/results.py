"""Results as those in a round read them: all lines under codes, and one's own."""

from pydantic import BaseModel

from schemas.round.evaluation import CodedLine, Evaluation
from schemas.round.letter import LetterData


class CodedResults(BaseModel, frozen=True):
    """An evaluation under codes; `own` are the codes of the reader's own lines.

    `up_to_date` is False where what counts has changed since: the round is to be evaluated again.
    """

    evaluation: Evaluation
    own: tuple[str, ...] = ()
    up_to_date: bool = True


class OwnLine(BaseModel, frozen=True):
    """What the statistics say of the reader's own line for one KPI."""

    kpi: str
    label: str
    unit: str
    line: CodedLine


class OwnResults(BaseModel, frozen=True):
    """A line's own cells in all digits and its earlier scores; `lines` are compared once the draft report is made.

    `why` says why there is nothing compared.
    """

    own: LetterData
    lines: tuple[OwnLine, ...] = ()
    why: str = ""
