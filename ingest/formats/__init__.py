"""One module per instrument family; every module's `READERS` are collected, none imports another."""

import importlib
import pkgutil

from ingest.reader import Reader


def _collected() -> tuple[Reader, ...]:
    found: list[Reader] = []
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda one: one.name):
        found.extend(getattr(importlib.import_module(f"{__name__}.{module.name}"), "READERS", ()))
    return tuple(found)


READERS: tuple[Reader, ...] = _collected()
