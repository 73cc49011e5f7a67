"""A small storm; the long one is `python -m tests.kill`."""

from pathlib import Path

import pytest

from tests.kill.installation import installed
from tests.kill.storm import Plan
from tests.kill.trial import trial
from tests.working import QUICK


@pytest.mark.parametrize(
    ("kind", "pause_s"),
    # On SQLite the server's own worker would judge a paused one only after long; the long form waits for it.
    [("sqlite", 0.0), ("postgresql", 120.0)],
)
def test_nothing_acknowledged_is_lost_whoever_dies(kind: str, pause_s: float, tmp_path: Path) -> None:
    plan = Plan(kills=2, uploads=3, largest=2_000_000, every_s=0.8, pause_s=pause_s)
    with installed(kind, tmp_path, pace=QUICK | {"dead_s": 4.0}) as installation:
        assert trial(installation, plan, print) == []
