"""How registered objects and pilot lines look as a page: what is known, in the words of the schema."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from html import escape

from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from exchange.api.pages import page
from schemas.line import ShownLine
from schemas.record.field import Described, Part, fields_of
from schemas.registered import ObjectPage, PointingDataset, ProtocolVersion, RegisteredKind, Relative

Row = tuple[str, str]


def object_page(one: ObjectPage) -> HTMLResponse:
    """A registered object as it is shown to one reader."""
    title = one.name or one.id
    about = [
        ("Id", one.id),
        ("Kind", one.kind.value),
        ("Owner", one.owner_name),
        ("State", one.state.value),
        ("Registered", one.created_at.isoformat()),
        ("Described", f"{one.modified_at.isoformat()}, revision {one.revision}"),
    ]
    sheet = one.kind in (RegisteredKind.CELL, RegisteredKind.LOT) and not (one.record.lot and one.record.lot.material)
    passport = _linked(f"/api/v1/registry/{one.id}/passport/json", "Draft of a battery passport's data sheet (JSON)")
    body = (
        f'<main><p><a href="/">Start</a></p><h1>{escape(title)}</h1><p>{escape(one.iri)}</p>{_table(about)}'
        f"<p>{passport if sheet else ''}</p>"
        f"{_section('What is known of it', _table(_rows(one.record)))}"
        f"{_section('Published versions', _versions(one.versions))}"
        f"{_section('Made from', _relatives(one.made_from))}"
        f"{_section('Made of it', _relatives(one.made_into))}"
        f"{_section('Tests', _datasets(one.tests))}"
        f"{_section('Datasets that point to it', _datasets(one.datasets))}</main>"
    )
    return page(f"{title} ({one.id})", body)


def line_page(one: ShownLine) -> HTMLResponse:
    """A pilot line as the directory shows it to one reader."""
    able = one.competencies
    rows = [
        ("Id", one.id),
        ("Organisation", one.organisation_name),
        ("Country", one.country),
        ("Contact", one.contact or ""),
        ("Steps", ", ".join(one.steps)),
        ("Cell formats", ", ".join(one.formats)),
        ("Chemistries", ", ".join(one.chemistries)),
        ("Cells per day", "" if one.cells_per_day is None else f"{one.cells_per_day:g}"),
        ("Time zone", one.time_zone or ""),
        ("Described", one.changed_at.isoformat() if one.changed_at else ""),
    ]
    prose = f"<p>{escape(able.description)}</p>" if able and able.description else ""
    steps = [(each.step, f"{each.led.value} {each.equipment}".strip()) for each in able.steps] if able else []
    body = (
        f'<main><p><a href="/">Start</a></p><h1>{escape(one.name)}</h1>{prose}{_table(rows)}'
        f"{_section('Equipment by step', _table(steps))}</main>"
    )
    return page(one.name, body)


def _section(title: str, content: str) -> str:
    return f"<h2>{escape(title)}</h2>{content}" if content else ""


def _table(rows: Iterable[Row]) -> str:
    cells = "".join(f"<tr><th>{escape(name)}<td>{escape(value)}</tr>" for name, value in rows if value)
    return f'<div class="scroll"><table><tbody>{cells}</tbody></table></div>' if cells else ""


def _versions(every: Iterable[ProtocolVersion]) -> str:
    parts = []
    for one in every:
        rows = [("Published", one.published_at.isoformat()), ("SHA-256", one.sha256), ("New in it", one.note)]
        rows += [("Document", one.content.document or one.content.document_sha256 or "")]
        parts.append(f"<h3>Version {one.number}</h3>{_table([*rows, *_rows(one.content.protocol)])}")
    return "".join(parts)


def _relatives(every: Iterable[Relative]) -> str:
    found = "".join(
        f"<li>{escape(one.kind.value)} {_linked(f'/objects/{one.id}' if one.id else '', one.name)}</li>"
        for one in every
    )
    return f"<ul>{found}</ul>" if found else ""


def _datasets(every: Iterable[PointingDataset]) -> str:
    found = "".join(
        f"<li>{_linked(f'/datasets/{one.dataset}', one.title or one.dataset)} "
        f"({escape(one.dataset)}, {escape(one.owner_name)})</li>"
        for one in every
    )
    return f"<ul>{found}</ul>" if found else ""


def _linked(address: str, text: str) -> str:
    return f'<a href="{escape(address)}">{escape(text)}</a>' if address else escape(text)


def _rows(record: Part) -> list[Row]:
    known = {one.path: one for one in fields_of(type(record))}
    return list(_of(record, "", "", known))


def _of(record: BaseModel, at: str, heading: str, known: dict[str, Described]) -> Iterator[Row]:
    for name in type(record).model_fields:
        value = getattr(record, name)
        if value is None or value == ():
            continue
        field = known.get(f"{at}{name}") or known.get(f"{at}{name}[]")
        meaning = field.meaning if field else name.replace("_", " ")
        label = f"{heading}: {meaning}" if heading else meaning
        if isinstance(value, BaseModel):
            yield from _of(value, f"{at}{name}.", "" if not heading and not at else label, known)
        elif isinstance(value, tuple):
            for number, one in enumerate(value, 1):
                if isinstance(one, BaseModel):
                    yield from _of(one, f"{at}{name}[].", f"{label} {number}", known)
                else:
                    yield label, str(one)
        else:
            text = value.value if isinstance(value, StrEnum) else str(value)
            yield label, f"{text} {field.unit}".strip() if field and field.unit not in ("", "1") else text
