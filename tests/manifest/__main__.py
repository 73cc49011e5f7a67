"""Writes the table of real exports into `docs/formats.md`: `python -m tests.manifest`."""

from pathlib import Path

from tests.manifest.known import manifest
from tests.manifest.outcome import Outcome, outcome

PAGE = Path(__file__).resolve().parents[2] / "docs/formats.md"
BEGIN, END = "<!-- table of real exports: made by `python -m tests.manifest` -->", "<!-- end of the table -->"


def outcomes() -> list[Outcome]:
    """Every input of the manifest, in its order."""
    return [outcome(name) for name in manifest()]


def table(found: list[Outcome]) -> str:
    """The table as it stands on the page."""
    lines = ["| real export | read as | rows | verdict | compared |", "|---|---|---|---|---|"]
    return "\n".join([BEGIN, *lines, *(one.line() for one in found), END])


def main() -> None:
    text = PAGE.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(before + table(outcomes()) + after)


if __name__ == "__main__":
    main()
