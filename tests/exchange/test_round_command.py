"""What `exchange round …` sends: uncertainties and budgets as they are written on the command line and in files."""

from pathlib import Path

import pytest
import typer

from exchange.commands.documents import document
from exchange.commands.round.stated import stated
from schemas.round.submission import HandIn


def test_uncertainties_are_sent_by_kpi_with_k_where_it_is_said(tmp_path: Path) -> None:
    budget = tmp_path / "budget.json"
    budget.write_text(
        '{"budgets": [{"kpi": "v", "channel": "1", "gain": 1e-4}], "uncertainties": [{"kpi": "w", "expanded": 1}]}'
    )
    where = {"line": "north-1", "cell": "RR-0417", "dataset": "PLX-7Q4K-M2XD"}
    sent = HandIn.model_validate(where | stated(["q-c10=0.5", "ce-1=9e-4,k=3"], budget))
    assert [(one.kpi, one.expanded, one.k, one.u) for one in sent.uncertainties] == [
        ("w", 1.0, 2.0, 0.5),
        ("q-c10", 0.5, 2.0, 0.25),
        ("ce-1", 9e-4, 3.0, pytest.approx(3e-4)),
    ]
    assert [one.gain for one in sent.budgets] == [1e-4] and stated(None, None) == {}


@pytest.mark.parametrize("said", ["q-c10", "q-c10=", "q-c10=half", "q-c10=0.5,3", "q-c10=0.5,k=two", "q-c10=nan"])
def test_what_is_no_uncertainty_is_said_to_be_none(said: str) -> None:
    with pytest.raises(typer.BadParameter, match=r"like q-c10=0\.5"):
        stated([said], None)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", b'{"a": 1, "a": 2}', "'a' stands twice in one group"),
        ("a.json", b"[NaN]", "NaN is no number"),
        ("a.json", b"\xff\xfe", "is no text in UTF-8"),
        ("a.yaml", b"a: 1\nb:\n  a: 1\n  a: 2\n", "line 4: 'a' stands twice in one group"),
        ("a.yml", b"a: [1\nb: 2", "is no YAML: line 2"),
        ("a.txt", b"{}", "does not end in .json, .yaml, .yml"),
        ("none.json", None, "cannot be read: No such file"),
    ],
)
def test_what_is_no_document_is_said_to_be_none(tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(typer.BadParameter, match=said.replace(".", r"\.")):
        document(tmp_path / name, "FILE")


def test_yaml_has_the_types_of_json(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "{gain: 3e-4, n: 10, at: 2026-05-01, code: NO, on: yes, none: null, yes: true, x: '1'}"
    )
    assert document(tmp_path / "a.yaml", "FILE") == {
        "gain": 3e-4,
        "n": 10,
        "at": "2026-05-01",
        "code": "NO",
        "on": "yes",
        "none": None,
        "yes": True,
        "x": "1",
    }
