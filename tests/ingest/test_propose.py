"""The order in which files look like one test: by clocks, by what runs on, by names; doubts are told, not solved."""

from ingest.parts.propose import Facts, propose

DAY = 1_700_000_000.0


def names(files: list[Facts]) -> list[str]:
    return [one.facts.filename for one in propose(files)[0]]


def one(name: str, **spans: object) -> Facts:
    return Facts(file=name, filename=name, **spans)  # type: ignore[arg-type]  # as each test gives them


def test_clocks_decide_before_everything_else() -> None:
    files = [
        one("a_01.csv", clock=(DAY + 100, DAY + 200), time=(0.0, 100.0)),
        one("a_02.csv", clock=(DAY, DAY + 50), time=(200.0, 300.0)),
    ]
    order, doubts = propose(files)
    assert [part.facts.filename for part in order] == ["a_02.csv", "a_01.csv"]
    assert order[0].why == "its clock begins at 2023-11-14 22:13:20 UTC" and doubts == []


def test_a_test_time_that_runs_on_decides_without_clocks() -> None:
    assert names([one("b", time=(100.0, 200.0)), one("c", time=(0.0, 100.0))]) == ["c", "b"]


def test_counters_decide_where_the_time_begins_anew() -> None:
    files = [one("a", time=(0.0, 50.0), step=(4.0, 9.0)), one("b", time=(0.0, 60.0), step=(1.0, 3.0))]
    assert names(files) == ["b", "a"]


def test_the_technique_in_a_name_counts_as_a_number_where_nothing_else_tells() -> None:
    files = [one(f"cell_{number}_GCPL.mpt", time=(0.0, 60.0)) for number in ("10", "2", "01")]
    order, _ = propose(files)
    assert [part.facts.filename for part in order] == ["cell_01_GCPL.mpt", "cell_2_GCPL.mpt", "cell_10_GCPL.mpt"]
    assert "by its name" in order[0].why


def test_what_speaks_against_one_test_is_told() -> None:
    files = [
        one("a", clock=(DAY, DAY + 100), voltage=(3.0, 4.1), cycle=(1.0, 7.0), instrument="Arbin"),
        one("b", clock=(DAY + 50, DAY + 200), voltage=(3.2, 3.0), cycle=(1.0, 2.0), instrument="Neware"),
    ]
    doubts = propose(files)[1]
    assert [any(word in doubt for doubt in doubts) for word in ("overlap", "same cell", "anew", "Arbin, Neware")] == [
        True
    ] * 4
    assert any("Only some files have clock times" in doubt for doubt in propose([*files, one("c")])[1])
    assert propose([one("alone", time=(0.0, 0.0))])[1] == []
