"""The vocabularies as they come with this version of the platform, read from the data files beside this module."""

import csv
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from schemas.iris import expanded
from schemas.naming import Terms, with_changes
from schemas.term import Term, Vocabulary


@cache
def seeds() -> MappingProxyType[str, Terms]:
    """Every vocabulary of the data files by its name, in the order of the index."""
    made = {}
    for row in _rows("index.csv"):
        vocabulary = Vocabulary.model_validate(row)
        made[vocabulary.name] = with_changes(vocabulary, _terms(row), ())
    return MappingProxyType(made)


def known(vocabulary: str, text: str) -> Term | None:
    """The term of a data file that is called so; None when there is none, `KeyError` for no vocabulary."""
    return seeds()[vocabulary].known(text)


def nearest(vocabulary: str, text: str) -> tuple[Term, ...]:
    """Terms of a data file that are called almost so."""
    return seeds()[vocabulary].nearest(text)


def _terms(vocabulary: dict[str, str]) -> list[Term]:
    return [
        Term(
            id=row["id"],
            label=row["label"],
            definition=row["definition"],
            synonyms=tuple(one for one in row.get("synonyms", "").split(";") if one),
            iri=expanded(row["iri"]),
            why="" if row["iri"] else row.get("why") or vocabulary["why"],
            url=row.get("url", ""),
            broader=row.get("broader") or None,
            status=row.get("status") or "current",  # type: ignore[arg-type]  # pydantic makes it one
            replaced_by=row.get("replaced_by") or None,
            deprecated_because="Deprecated by its source" if row.get("status") else "",
        )
        for row in _rows(vocabulary["file"])
    ]


def _rows(name: str) -> list[dict[str, str]]:
    text = files("schemas.vocabulary").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
