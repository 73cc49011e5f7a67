"""The YAML form of a sheet: nested fields with their meaning as comments, or filled in."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import yaml

from exchange.sheets.columns import KEYS, Column
from exchange.sheets.rows import At, nested
from schemas.metadata import DatasetKind
from schemas.upgrade import SCHEMA_VERSION

_HEAD: Final = (
    f"# Metadata of datasets, schema {SCHEMA_VERSION}. `defaults` hold for every dataset that does not say otherwise.",
    "# A field with nothing behind it says nothing; null (or ~) empties what is stored.",
    "# A quantity is a number in the unit of the comment, or {value: 2500, unit: mAh}.",
    "# Times carry their offset, or are taken in time_zone. Lists are replaced as a whole.",
)


def yaml_of(
    kind: DatasetKind, of: Sequence[Column], rows: Sequence[Mapping[str, Any]], common: Mapping[str, Any]
) -> str:
    """The document: without rows one empty dataset with a comment on every field."""
    lines = [*_HEAD, *_dumped({"defaults": dict(common)})]
    if rows:
        return "\n".join([*lines, *_dumped({"datasets": [dict(one) for one in rows]})]) + "\n"
    comments = {one.place: one.said() for one in of} | KEYS
    tree = {name: name for name in KEYS} | nested_places(of, lambda one: one.place)
    return "\n".join([*lines, "datasets:", *_commented(tree, comments, 1, "- ")]) + "\n"


def nested_places(of: Sequence[Column], value: Callable[[Column], object]) -> dict[str, Any]:
    """A record with something at every place of these columns."""
    record, _ = nested((one.place, value(one), At()) for one in of)
    return record


def _commented(tree: Mapping[str, Any], comments: Mapping[str, str], depth: int, dash: str = "") -> Iterator[str]:
    """The fields of a group; the first of a list's entry carries its dash."""
    indent = "  " * depth
    for name, inner in tree.items():
        lead = indent[: len(indent) - len(dash)] + dash if dash else indent
        dash = ""
        if isinstance(inner, dict):
            yield f"{lead}{name}:"
            yield from _commented(inner, comments, depth + 1)
        elif isinstance(inner, list):
            yield f"{lead}{name}:"
            for entry in inner:
                yield from _commented(entry, comments, depth + 2, "- ")
        else:
            yield f"{lead}{name}:  # {comments[inner]}"


def _dumped(document: Mapping[str, Any]) -> list[str]:
    # A list that stands in two records is written twice: a sheet has no aliases.
    plain: Any = json.loads(json.dumps(document))  # Any: JSON
    dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # Any: the fast one has the methods of the other
    text = yaml.dump(plain, Dumper=dumper, allow_unicode=True, sort_keys=False, width=110)
    return str(text).rstrip("\n").split("\n")
