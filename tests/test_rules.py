"""Every rule that the source can emit is registered and has its page, and every registered rule can be emitted."""

import ast
import codecs
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from exchange.services import Services
from exchange.settings import Settings
from schemas.rules import RULES
from tests import rule_pages
from tests.apps import create_app

ROOT = Path(__file__).parents[1]
FOLDERS = ("ingest",)
KEBAB = re.compile(r"[a-z]+(-[a-z0-9]+)+")
NAMES_A_RULE = {"Problem", "error", "Tally", "_problem", "_note", "_found"}
"""Calls whose first argument, or whose `rule`, is the name of a rule even when it is a single word."""
NO_RULE = {"Described", "Field", "Conversion", "_words"}
"""Calls whose first argument may look like one and is none."""


def emitted() -> Iterator[tuple[str, str]]:
    """Names or patterns (`limit-*`) of rules, each with the place in the source that emits it."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path.is_relative_to(ROOT / "schemas/rules"):
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call):
                    for name in _rules_of(node):
                        yield name, f"{path.relative_to(ROOT)}:{node.lineno}"


def _rules_of(call: ast.Call) -> Iterator[str]:
    callee = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if callee in NO_RULE:
        return
    sure = callee in NAMES_A_RULE
    for given in [*call.args[:1], *(one.value for one in call.keywords if one.arg == "rule")]:
        for text in _texts(given):
            if (KEBAB.fullmatch(text.replace("*", "a")) and not _encoding(text)) or (
                sure and re.fullmatch("[a-z]+", text)
            ):
                yield text


def _encoding(text: str) -> bool:
    try:
        codecs.lookup(text)
    except LookupError:
        return False
    return True


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)


def test_every_rule_that_the_source_emits_is_registered() -> None:
    unknown = {place: name for name, place in emitted() if not [one for one in RULES if fnmatch(one, name)]}
    assert unknown == {}, "register these in schemas/rules, then run: python -m tests.rule_pages"


def test_every_registered_rule_is_emitted_somewhere() -> None:
    names = {name for name, _ in emitted()}
    assert [rule for rule in RULES if not any(fnmatch(rule, name) for name in names)] == []


def test_every_rule_has_its_page_as_the_registry_tells_it() -> None:
    stale = [path.name for path, text in rule_pages.pages().items() if not path.exists() or path.read_text() != text]
    assert stale == [] and rule_pages.strays() == [], "run: python -m tests.rule_pages"


@pytest.mark.parametrize("name", RULES)
def test_a_rule_says_when_why_and_what_to_do(name: str) -> None:
    rule = RULES[name]
    assert rule.severities and len(rule.why) > 20 and len(rule.fix) > 10
    assert rule.found[0].islower() and not rule.found.endswith(".")
    assert rule.why.endswith(".") and rule.fix.endswith(".")


def test_rules_are_public_and_every_finding_leads_to_its_page(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, _env_file=None)  # type: ignore[call-arg]  # no .env here
    client = TestClient(create_app(Services(settings, *[None] * 3, b"")))  # type: ignore[arg-type]  # needs no world
    every = client.get("/api/v1/rules").json()
    assert [one["name"] for one in every] == list(RULES)
    assert client.get("/api/v1/rules/time-goes-back").json()["severities"] == ["error"]
    from schemas.report import Problem, Severity

    problem = Problem(rule="time-goes-back", severity=Severity.ERROR, message="The test time goes back.")
    page = client.get(problem.model_dump()["page"])
    assert page.status_code == 200 and "What to do" in page.text
    assert client.get("/rules").text.count("<tr>") == len(RULES) + 1
    assert client.get("/api/v1/rules/no-such-rule").status_code == 404
    assert client.get("/rules/no-such-rule").status_code == 404


def test_rules_that_the_documentation_names_exist() -> None:
    told = (ROOT / "docs/checks.md").read_text().partition("## What people complain")[2].partition("\n\nThe steps")[0]
    assert set(re.findall(r"`([a-z]+(?:-[a-z]+)*)`", told)) <= set(RULES)
