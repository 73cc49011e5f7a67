"""Documents that a command reads from a file and sends: JSON or YAML, as the ending of its name says."""

import json
import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any, NoReturn

import typer
import yaml

Json = Any
"""A JSON document."""
_ENDINGS = (".json", ".yaml", ".yml")


class _Loader(yaml.SafeLoader):
    """YAML 1.2 with the types of JSON: `3e-4` is a number, `no` a word, a date a text, and each name stands once."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # the parent's, without its types of YAML 1.1

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        made: dict[Hashable, Any] = {}
        for key, value in node.value:
            name = self.construct_object(key, deep=deep)
            if not isinstance(name, Hashable) or name in made:
                raise yaml.MarkedYAMLError(problem=f"'{name}' stands twice in one group", problem_mark=key.start_mark)
            made[name] = self.construct_object(value, deep=deep)
        return made


for _tag, _pattern, _first in (
    ("null", r"null|~|", ["n", "~", ""]),
    ("bool", r"true|false", ["t", "f"]),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), _first)


def document(path: Path, hint: str) -> Json:
    """What stands in the file; what is no JSON or YAML is told with its line, and the command ends with status 2."""

    def fail(what: str) -> NoReturn:
        raise typer.BadParameter(f"'{path}' {what}", param_hint=hint)

    if path.suffix.lower() not in _ENDINGS:
        fail(f"does not end in {', '.join(_ENDINGS)}")
    try:
        text = path.read_text("utf-8-sig")
    except OSError as wrong:
        fail(f"cannot be read: {wrong.strerror}")
    except UnicodeDecodeError:
        fail("is no text in UTF-8")
    try:
        if path.suffix.lower() == ".json":
            return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
        return yaml.load(text, _Loader)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        fail(f"is no YAML: {where}{getattr(wrong, 'problem', None) or wrong}")
    except ValueError as wrong:
        fail(f"is no JSON: {wrong}")


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    made = dict(pairs)
    if len(made) < len(pairs):
        name = next(name for at, (name, _) in enumerate(pairs) if name in dict(pairs[:at]))
        raise ValueError(f"'{name}' stands twice in one group")
    return made


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
