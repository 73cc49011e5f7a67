"""Of a hidden dataset nothing is told: two worlds, of which one has it, answer an outsider with the same bytes."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from exchange.services import Services
from storage.tables import DatasetRow
from tests import servers
from tests.access.crawl import ABSENT, CALLERS, SECRET, Hide, hidden_ways, seconds, there, told

TRIED = [("sqlite", "draft"), ("postgresql", "sealed")]
"""A crawl takes seconds: the ways that ask most are tried each time, all on both databases when asked."""
if os.environ.get("EXCHANGE_TEST_BOTH"):
    TRIED = [(engine, way) for engine in ("sqlite", "postgresql") for way in hidden_ways()]
_without: dict[str, dict[str, str]] = {}


@pytest.fixture
def second_url(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[str]:
    """Another fresh database of the same engine."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'second.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    with servers.fresh_database(server, template=request.getfixturevalue("postgres_template")) as url:
        yield url


@pytest.mark.parametrize(("database_url", "way"), TRIED, indirect=["database_url"])
def test_whoever_may_not_know_of_a_dataset_is_told_the_same_as_if_there_were_none(
    tmp_path: Path, database_url: str, second_url: str, way: str
) -> None:
    without = _as_without(tmp_path, database_url)
    having = _told(tmp_path / "with", second_url, hidden_ways()[way])
    assert len(without) > 250 * len(CALLERS) and without.keys() == having.keys()
    differ = {name: (without[name], having[name]) for name in without if without[name] != having[name]}
    assert differ == {}, f"{len(differ)} answers differ: {list(differ.items())[:3]}"


def test_the_comparison_sees_a_dataset_that_is_listed(tmp_path: Path, sqlite_url: str) -> None:
    without = _as_without(tmp_path, f"sqlite:///{tmp_path / 'second.db'}")
    having = _told(tmp_path / "with", sqlite_url, _listed)
    differ = {name for name in without.keys() & having.keys() if without[name] != having[name]}
    assert {name.split(":")[0] for name in differ} == {"south", "the world"}


def test_a_hidden_and_an_absent_dataset_are_refused_in_comparable_time(tmp_path: Path, sqlite_url: str) -> None:
    with there(tmp_path / "data", sqlite_url, hidden_ways()["draft"]) as one:
        took = [seconds(one, "south", id) for id in (SECRET, ABSENT)]
    # Loose on purpose: machines stutter. Both take the same queries; a tenfold difference would be another path.
    assert max(took) < 10 * min(took), took


def _told(folder: Path, url: str, hide: Hide | None) -> dict[str, str]:
    with there(folder, url, hide) as one:
        return told(one)


def _as_without(folder: Path, url: str) -> dict[str, str]:
    """What is told in the world without the secret; it is the same each time, so that one of an engine is enough."""
    engine = url.split(":")[0]
    if engine not in _without:
        _without[engine] = _told(folder / "without", url, None)
    return _without[engine]


def _listed(services: Services) -> None:
    with services.sessions.begin() as session:
        session.execute(update(DatasetRow).where(DatasetRow.id == SECRET).values(visibility="world"))
