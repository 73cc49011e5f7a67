"""One running installation for all tests of exports."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fair.worlds import Fair, installation


@pytest.fixture(scope="session")
def fair(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Fair]:
    """Datasets of every kind, open, embargoed, closed, listed and withdrawn; add to them, change none of them."""
    folder = tmp_path_factory.mktemp("fair")
    shutil.copyfile(sqlite_template, folder / "fair.db")
    with installation(folder, f"sqlite:///{folder / 'fair.db'}") as one:
        yield one
