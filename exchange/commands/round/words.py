"""How commands of rounds say things: tables with aligned columns, numbers, moments."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import typer

Json = Any
"""A JSON document of the API."""
NONE = "–"


def say(found: Json, as_json: bool, lines: Iterable[str]) -> None:
    """The server's own document when asked for, else these lines."""
    if as_json:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for line in lines:
        typer.echo(line)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], none: str = "") -> list[str]:
    """Rows under their headings, columns as wide as what stands in them; `none` is said where there is no row."""
    if not rows:
        return [none] if none else []
    every = [head, *rows]
    widths = [max(len(row[place]) for row in every) for place in range(len(head))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in every]


def number(value: float | None) -> str:
    """Six digits, or a dash."""
    return NONE if value is None else f"{value:.6g}"


def moment(at: str | None) -> str:
    """A moment of the API to the minute."""
    return NONE if at is None else f"{datetime.fromisoformat(at).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def kpi(of: Json) -> str:
    """The value of a KPI of one cell, or why there is none."""
    value = f"{number(of['value'])} {of['unit']}" if of["value"] is not None else f"not given: {of['reason']}"
    return f"  {of['kpi']:<16}{value}"


def uncertainty(of: Json) -> str:
    """What a line states of a KPI, or what its budget comes to."""
    by = " by budget" if of["definition"] else ""
    return f"  {of['kpi']:<16}U = {number(of['expanded'])} {of['unit']}, k = {of['k']:g}{by}"


def off_protocol(one: Json) -> str:
    """An actual value of production that is outside its tolerance, or one that is not reported."""
    of = f", {one['object_kind']} {one['object']}" if one["object"] else ""
    value = one["actual_text"] or f"{number(one['actual'])} {one['unit']}"
    said = "not reported" if one["within"] is None else f"{value} is outside"
    return f"  {one['label']}{of}: {said}{', critical' if one['critical'] else ''}"


def receipt(one: Json) -> list[str]:
    """A receipt as a line keeps it."""
    late, code = ", late: it never counts" if one["late"] else "", f" ({one['code']})" if one["code"] else ""
    return [
        f"Receipt {one['id']} of {moment(one['received_at'])}: {one['line']}{code}, cell {one['cell']}, "
        f"version {one['number']}: {one['state']}{late}",
        f"  {one['dataset']}@{one['version']}.b{one['build']}, {'sealed' if one['sealed'] else 'not sealed'}",
        *(f"  SHA-256 {sha256}" for sha256 in one["sha256"]),
        *(uncertainty(of) for of in one["uncertainties"]),
        *(f"  {note}" for note in one["notes"]),
    ]
