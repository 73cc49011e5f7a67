"""Every named rule by which a file can be found wanting: one module per area, each with its `RULES`, none listed."""

import importlib
import pkgutil

from schemas.rules.rule import Rule

__all__ = ["RULES", "Rule"]


def _collected() -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda one: one.name):
        for rule in getattr(importlib.import_module(f"{__name__}.{module.name}"), "RULES", ()):
            if found.setdefault(rule.name, rule) is not rule:
                raise ValueError(f"two areas register the rule {rule.name}")
    return found


RULES: dict[str, Rule] = _collected()
"""By name. A reader or check emits no rule that does not stand here; a test reads the source to see to it."""
