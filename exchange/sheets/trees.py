"""Sheets as YAML or JSON: `defaults`, and a list `datasets` of records; read with the line of every value."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from exchange.sheets import cells
from exchange.sheets.cells import Wrong
from exchange.sheets.columns import KEYS, column
from exchange.sheets.form import Form
from exchange.sheets.rows import At, Record, Row, Said, problem
from schemas.errors import Refused, Trouble
from schemas.sheet import SheetProblem
from schemas.time_zones import time_zones

_TOP: Final = ("defaults", "datasets", "about")
"""`about` is for people: nothing of it is read."""
_NULL: Final = frozenset({"~", "null", "Null", "NULL"})


class Plain(str):
    """A value of YAML without quotes: what it is, the field decides."""


@dataclass
class Tree:
    """A document with the line of each value by its JSON pointer, where lines are known."""

    root: Any = None  # Any: JSON types, and `Plain`
    lines: dict[str, int] = field(default_factory=dict)
    problems: list[SheetProblem] = field(default_factory=list)


def of_json(text: str) -> Tree:
    """The document; `Refused` where it is none."""

    def once(pairs: list[tuple[str, object]]) -> Record:
        made = dict(pairs)
        for name in {name for at, (name, _) in enumerate(pairs) if name in dict(pairs[:at])}:
            tree.problems.append(problem(At(), "", f"'{name[:80]}' stands twice in one object", hint="Keep one."))
        return made

    tree = Tree()
    try:
        tree.root = json.loads(text, object_pairs_hook=once, parse_constant=_no_number)
    except ValueError as wrong:
        line = getattr(wrong, "lineno", None)
        trouble = Trouble(message=f"line {line}: {getattr(wrong, 'msg', wrong)}" if line else str(wrong))
        raise Refused("The sheet is no JSON.", errors=(trouble,)) from wrong
    return tree


def of_yaml(text: str) -> Tree:
    """The document; `Refused` where it is none, or refers to itself by anchors."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # Any: the fast one has the methods of the other
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=loader)):
            raise Refused("The sheet refers to itself by an alias (*name): write the values out, or as defaults.")
        node = yaml.compose(text, Loader=loader)
        tree = Tree()
        tree.root = None if node is None else _plain(node, "", tree)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        what = getattr(wrong, "problem", None) or str(wrong)
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise Refused("The sheet is no YAML.", errors=(Trouble(message=f"{where}{what}"),)) from wrong
    return tree


def read(tree: Tree) -> tuple[list[Row], list[SheetProblem]]:
    """What the datasets say over the defaults, and all that is wrong with the document's shape and single values."""
    problems, root = tree.problems, tree.root
    if not isinstance(root, dict):
        raise Refused("The sheet holds no object with `datasets`, a list of records, and `defaults`.")
    for name in root:
        if name not in _TOP:
            at = At(row=tree.lines.get(f"/{name}"))
            problems.append(problem(at, f"/{name}", f"there is no '{name[:80]}' here; there are datasets and defaults"))
    common, listed = root.get("defaults"), root.get("datasets")
    if not isinstance(listed, list):
        raise Refused("The sheet has no list `datasets`.")
    held = Said(pointer="/defaults")
    zone = None
    if isinstance(common, dict):
        zone = _zone(common, None)
        for name in KEYS.keys() & common.keys():
            at = At(row=tree.lines.get(f"/defaults/{name}"))
            if common[name] != "":
                problems.append(problem(at, f"/defaults/{name}", "differs from dataset to dataset and has no default"))
        held = _said(tree, {name: one for name, one in common.items() if name not in KEYS}, "/defaults", zone)
    elif common not in (None, ""):
        problems.append(problem(At(row=tree.lines.get("/defaults")), "/defaults", "is no object with fields"))
    rows = []
    for number, one in enumerate(listed):
        at, pointer = At(row=tree.lines.get(f"/datasets/{number}")), f"/datasets/{number}"
        if not isinstance(one, dict):
            if one not in (None, ""):
                problems.append(problem(at, pointer, "is no object with fields", one))
            continue
        keys = {name: str(one[name]).strip() for name in KEYS if one.get(name) is not None}
        own = _said(tree, {name: v for name, v in one.items() if name not in KEYS}, pointer, _zone(one, zone))
        rows.append(Row(own, held, keys.get("dataset", ""), keys.get("file", "")))
    return rows, problems


def _plain(node: yaml.Node, pointer: str, tree: Tree) -> object:
    tree.lines[pointer] = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        if node.style in ("'", '"', "|", ">"):
            return str(node.value)
        return None if node.value in _NULL else Plain(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(one, f"{pointer}/{at}", tree) for at, one in enumerate(node.value)]
    made: Record = {}
    for key, inner in node.value:
        name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
        if name in made:
            at = At(row=key.start_mark.line + 1)
            tree.problems.append(problem(at, f"{pointer}/{name}", f"'{name[:80]}' stands here a second time"))
        made[name] = _plain(inner, f"{pointer}/{name}", tree)
        tree.lines[f"{pointer}/{name}"] = key.start_mark.line + 1
    return made


def _said(tree: Tree, record: Mapping[str, Any], pointer: str, zone: str | None) -> Said:
    places: dict[str, At] = {}

    def within(value: object, place: str, at: str) -> object:
        """The value with its texts taken as the field takes them; groups that say nothing are left out."""
        line = At(row=tree.lines.get(pointer + at))
        places[at] = line
        of = column(place) if place else None
        if isinstance(value, dict) and not (of and of.unit) and place != "reading":
            inner = {name: within(one, f"{place}.{name}".lstrip("."), f"{at}/{name}") for name, one in value.items()}
            said = {name: one for name, one in inner.items() if one is not cells.NOT_SAID}
            return said or cells.NOT_SAID
        if isinstance(value, list) and (of is None or of.form is Form.JSON):
            listed = [within(one, f"{place}[{number + 1}]", f"{at}/{number}") for number, one in enumerate(value)]
            said_of_list = [one for one in listed if one is not cells.NOT_SAID]
            return said_of_list if said_of_list or not listed else cells.NOT_SAID
        if isinstance(value, list):
            return [str(one) if isinstance(one, Plain) else one for one in value if one != ""]
        if of is None or not isinstance(value, str):
            return _resolved(value)
        found = _taken(value, of.form, zone)
        if isinstance(found, Wrong):
            tree.problems.append(problem(line, pointer + at, found.message, value, found.hint))
            return cells.NOT_SAID
        return found

    made = within(record, "", "")
    return Said(made if isinstance(made, dict) else {}, places, places[""], pointer)


def _taken(value: str, form: Form, zone: str | None) -> object:
    """What a text says; quoted texts stay exactly as they are, an empty one says nothing."""
    if value == "":
        return cells.NOT_SAID
    if form is Form.TEXT:
        return str(value)
    if form is Form.TEXTS:
        return [str(value)]
    if form is Form.JSON:
        return _resolved(value)
    return cells.value(str(value), form, zone)


def _resolved(value: object) -> object:
    """A value of which no field says what it is, as YAML takes it."""
    if isinstance(value, dict):
        found = {name: _resolved(one) for name, one in value.items()}
        return {name: one for name, one in found.items() if one is not cells.NOT_SAID}
    if isinstance(value, list):
        return [one for one in map(_resolved, value) if one is not cells.NOT_SAID]
    if not isinstance(value, Plain):
        return value
    if value == "":
        return cells.NOT_SAID
    typed = yaml.load(value, Loader=yaml.SafeLoader) if len(value) < 100 and "\n" not in value else str(value)
    return typed if isinstance(typed, str | int | float | bool) else str(value)


def _zone(record: Mapping[str, Any], otherwise: str | None) -> str | None:
    found = record.get("time_zone")
    return str(found) if isinstance(found, str) and found in time_zones() else otherwise


def _no_number(word: str) -> object:
    raise ValueError(f"{word} is no number")
