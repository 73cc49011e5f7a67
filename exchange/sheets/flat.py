"""Records laid flat: a value for each place such as `creators[1].name`, as cells of a sheet hold it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from exchange.sheets.columns import column
from exchange.sheets.form import Form

Flat = dict[str, str | float | int]


def flat(record: Mapping[str, Any]) -> Flat:
    """The cells of a record as it is stored; texts with blanks at their ends lose them when they are read again."""
    return {place: _cell(value, place) for place, value in _leaves(record, "")}


def _leaves(record: Mapping[str, Any], at: str) -> Iterator[tuple[str, Any]]:
    for name, value in record.items():
        place = f"{at}{name}"
        if isinstance(value, Mapping) and place != "reading":
            yield from _leaves(value, f"{place}.")
        elif isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
            numbered = [(f"{place}[{number}]", one) for number, one in enumerate(value, 1)]
            if column(f"{numbered[0][0]}.{next(iter(value[0]), '')}") is None:
                yield place, value
            else:
                for entry, one in numbered:
                    yield from _leaves(one, f"{entry}.")
        elif value not in (None, [], "", {}):
            yield place, value


def _cell(value: Any, place: str) -> str | float | int:
    of = column(place)
    form = of.form if of else Form.TEXT
    if form is Form.JSON:
        return json.dumps(value, ensure_ascii=False)
    if form is Form.TEXTS:
        plain = all(";" not in one and one == one.strip() for one in value) and not value[0].startswith("[")
        return "; ".join(value) if plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, int | float) else str(value)
