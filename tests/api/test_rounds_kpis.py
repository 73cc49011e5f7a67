"""A coded manufacturing round has normalised KPIs only: when it is founded, and when its plan is amended."""

from tests.desk import Desk
from tests.rounds import COORDINATOR, KPI, founded_round, opened_round, record

PER_GRAM = KPI | {"kpi": KPI["kpi"] | {"normalisation": "active-mass"}}
SAID = "q-c10 (A.h): in a coded manufacturing round what is not normalised would tell whose cell it is"


def test_an_absolute_kpi_is_refused_where_it_would_tell_whose_cell_it_is(at: Desk) -> None:
    founded_round(at, "rr-same")
    body = {"id": "rr-made", "coordinator": COORDINATOR} | record(at) | {"kind": "manufacturing"}
    refused = at.ask("office", "POST", "/rounds", body)
    assert refused.status_code == 422 and SAID in refused.text

    opened = opened_round(at, "rr-made", kind="manufacturing", plan={"kpis": [PER_GRAM]})
    amended = {"plan": {"kpis": [PER_GRAM, KPI | {"kpi": KPI["kpi"] | {"id": "q-abs"}}]}, "reason": "One more KPI"}
    answer = at.ask(COORDINATOR, "POST", f"{opened.path}/amendments", amended)
    assert answer.status_code == 422 and SAID.replace("q-c10", "q-abs") in answer.text
    amended["plan"]["kpis"][1]["kpi"]["normalisation"] = "area"
    assert at.ask(COORDINATOR, "POST", f"{opened.path}/amendments", amended).status_code in (200, 201)
