"""Among: a column's value is one of many texts, handed over as a single parameter.

A list of fifty parameters is rendered, cast and prepared anew for every length; one array never is.
"""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Dialect,
    Integer,
    SQLColumnExpression,
    String,
    TypeDecorator,
    bindparam,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


def among(column: SQLColumnExpression[str], these: Iterable[str] | BindParameter[list[str]]) -> ColumnElement[bool]:
    """True where the column holds one of these texts; never, where there are none.

    A statement that is built once takes `texts(name)` in their place, and a list of them under that name when it runs.
    """
    return _Among(column, these if isinstance(these, BindParameter) else bindparam(None, list(these), _Texts))


def texts(name: str) -> BindParameter[list[str]]:
    """Many texts that a statement is given by this name."""
    return bindparam(name, type_=_Texts())


class _Texts(TypeDecorator[list[str]]):
    """An array on PostgreSQL, the JSON of one on SQLite."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:  # Any: a type of the dialect
        return dialect.type_descriptor(ARRAY(String) if dialect.name == "postgresql" else String())

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> Any:
        return value if dialect.name == "postgresql" else json.dumps(value)


class _Among(FunctionElement[Any]):
    inherit_cache = True
    name = "among"
    type = Integer()  # as a Boolean it would be compared with 1 on SQLite, which no index serves


@compiles(_Among, "sqlite")
def _of_sqlite(element: _Among, compiler: Any, **options: Any) -> str:  # Any: SQLAlchemy's compiler has no types here
    column, texts = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({texts}))"


@compiles(_Among, "postgresql")
def _of_postgresql(element: _Among, compiler: Any, **options: Any) -> str:
    column, texts = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} = ANY ({texts})"
