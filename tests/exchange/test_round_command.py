"""What `exchange round hand-in` sends: the line's uncertainties as they are written on the command line."""

import pytest
import typer

from exchange.commands import round as command
from schemas.round.submission import HandIn


def test_uncertainties_are_sent_by_kpi_with_k_where_it_is_said() -> None:
    sent = HandIn.model_validate(
        command._wanted("north-1", "RR-0417", "PLX-7Q4K-M2XD", 2, ["q-c10=0.5", "ce-1=9e-4,k=3"])
    )
    assert [(one.kpi, one.expanded, one.k, one.u) for one in sent.uncertainties] == [
        ("q-c10", 0.5, 2.0, 0.25),
        ("ce-1", 9e-4, 3.0, pytest.approx(3e-4)),
    ]
    assert "uncertainties" not in command._wanted("north-1", "RR-0417", "PLX-7Q4K-M2XD", None, None)


@pytest.mark.parametrize("said", ["q-c10", "q-c10=", "q-c10=half", "q-c10=0.5,3", "q-c10=0.5,k=two"])
def test_what_is_no_uncertainty_is_said_to_be_none(said: str) -> None:
    with pytest.raises(typer.BadParameter, match=r"like q-c10=0\.5"):
        command._stated(said)
