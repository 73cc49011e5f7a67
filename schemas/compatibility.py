"""What in a new JSON Schema breaks the records, readers or permissions that the old one was written for."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

Json = Mapping[str, Any]  # Any: a JSON Schema
_LOOSENESS: Final = {"confidential": 0, "network": 1, "core": 2}
_NO_LESS: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_NO_MORE: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_SAME: Final = ("pattern", "format")
OWN_VERSION: Final = "/schema_version"
"""The one field whose only allowed value is another in every version."""


def broken(old: Json, new: Json) -> tuple[str, ...]:
    """Every break as a sentence with the place of the field; none where all that was right and hidden stays so.

    A renamed field is one that was removed. Additions, wider limits and stricter classes break nothing.
    """
    found = _Walk(old, new)
    return tuple(dict.fromkeys(found.group("", old, new)))


class _Walk:
    def __init__(self, old: Json, new: Json) -> None:
        self._old, self._new = old, new
        self._within: set[tuple[int, int]] = set()

    def group(self, at: str, old: Json, new: Json) -> Iterator[str]:
        """What breaks in an object with named fields."""
        for name in set(new.get("required", ())) - set(old.get("required", ())):
            yield f"{at}/{name} has become required"
        if old.get("additionalProperties", True) is not False and new.get("additionalProperties", True) is False:
            yield f"{at} no longer takes fields that it does not name"
        present = new.get("properties", {})
        for name, field in old.get("properties", {}).items():
            if name not in present:
                yield f"{at}/{name} was removed or renamed"
            elif f"{at}/{name}" != OWN_VERSION:
                yield from self._field(f"{at}/{name}", field, present[name])

    def _field(self, at: str, old: Json, new: Json) -> Iterator[str]:
        of_old, of_new = old.get("class"), new.get("class")
        if of_old in _LOOSENESS and _LOOSENESS.get(of_new or "core", 2) > _LOOSENESS[of_old]:
            yield f"{at} was {of_old} and has become {of_new or 'without a class'}"
        for word in ("unit", "iri"):
            before, after = (_said(one.get(word)) for one in (old, new))
            if before and after != before:
                yield f"{at} had the {word} {before} and has {after or 'none'}"
        yield from self._value(at, old, new)

    def _value(self, at: str, old: Json, new: Json) -> Iterator[str]:
        """What was a right value has to be one still: each form of the old is taken by one of the new."""
        wanted, offered = list(self._forms(self._old, old)), list(self._forms(self._new, new))
        for form in wanted:
            tried = [list(self._form(at, form, other)) for other in offered if _kind(form) <= _kind(other)]
            if not tried:
                yield f"{at} no longer takes {_told(form)}"
            elif all(tried):
                yield from min(tried, key=len)

    def _form(self, at: str, old: Json, new: Json) -> Iterator[str]:
        pair = (id(old), id(new))
        if pair in self._within:
            return
        self._within.add(pair)
        yield from _narrowed(at, old, new)
        if "properties" in old or "properties" in new:
            yield from self.group(at, old, new)
        if "items" in old and "items" in new:
            yield from self._value(f"{at}/-", old["items"], new["items"])
        self._within.discard(pair)

    def _forms(self, whole: Json, schema: Json) -> Iterator[Json]:
        """The forms that a value can have, references followed."""
        if "$ref" in schema:
            yield from self._forms(whole, whole["$defs"][schema["$ref"].removeprefix("#/$defs/")])
        elif "anyOf" in schema:
            for form in schema["anyOf"]:
                yield from self._forms(whole, form)
        else:
            yield schema


def _narrowed(at: str, old: Json, new: Json) -> Iterator[str]:
    words, left = _words(old), _words(new)
    if left is not None and (words is None or words - left):
        gone = "" if words is None else ": " + ", ".join(sorted(words - left))
        yield f"{at} takes fewer words{gone}"
    for limit in _NO_LESS:
        if limit in new and new[limit] < old.get(limit, float("inf")):
            yield f"{at} has a lower {limit}: {new[limit]}"
    for limit in _NO_MORE:
        if limit in new and new[limit] > old.get(limit, float("-inf")):
            yield f"{at} has a higher {limit}: {new[limit]}"
    for form in _SAME:
        if form in new and new[form] != old.get(form):
            yield f"{at} has another {form}: {new[form]}"


def _kind(form: Json) -> frozenset[str]:
    named = form.get("type", ())
    kinds: Iterable[str] = [named] if isinstance(named, str) else named
    # A number without fraction is a number, and what names no type takes any.
    return frozenset(kinds) | ({"integer"} if "number" in kinds else set()) or frozenset(
        ("null", "boolean", "integer", "number", "string", "array", "object")
    )


def _words(form: Json) -> set[str] | None:
    if "const" in form:
        return {str(form["const"])}
    return {str(word) for word in form["enum"]} if "enum" in form else None


def _told(form: Json) -> str:
    return str(form.get("type") or form.get("const") or "what it took")


def _said(found: object) -> str:
    return str(found["ucum"]) if isinstance(found, Mapping) else str(found or "")
