"""Which of an organisation's templates a dataset falls under: the most particular one that fits."""

from collections.abc import Iterable

from schemas.metadata import Metadata
from schemas.template import SharingTemplate


def fitting(templates: Iterable[SharingTemplate], record: Metadata) -> list[SharingTemplate]:
    """The most particular ones that are applied by themselves to such a record: one, unless two are equally so.

    A template that names lines goes before one that names kinds alone, and that before one that fits everything.
    """
    found = [one for one in templates if one.retired_at is None and one.automatic and fits(one, record)]
    best = max((_particular(one) for one in found), default=None)
    return [one for one in found if _particular(one) == best]


def fits(template: SharingTemplate, record: Metadata) -> bool:
    """True for a record of its kinds and lines."""
    lines = {_plain(name) for name in template.lines}
    of_kind = not template.kinds or record.kind in template.kinds
    return of_kind and (not lines or (record.line is not None and _plain(record.line) in lines))


def _particular(template: SharingTemplate) -> tuple[bool, bool]:
    return bool(template.lines), bool(template.kinds)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
