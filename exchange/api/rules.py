"""The rules by which files are checked: what each means, why it matters and what to do, for everybody."""

from html import escape
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse

from exchange.api.errors import documented
from exchange.api.pages import marked, page
from schemas.errors import NotFound
from schemas.rules import RULES, Rule

router = APIRouter(prefix="/api/v1/rules", tags=["rules"])
pages = APIRouter(prefix="/rules", tags=["pages"], default_response_class=HTMLResponse, include_in_schema=False)
Name = Annotated[str, Path(max_length=64, pattern="^[a-z0-9-]+$", examples=["time-goes-back"])]


@router.get("", summary="What is checked in a file")
def every() -> list[Rule]:
    """Every rule that a finding can name."""
    return list(RULES.values())


@router.get("/{name}", summary="One rule", responses=documented(NotFound))
def one(name: Name) -> Rule:
    """When it is found, why it matters, and what to do."""
    return _found(name)


@pages.get("", summary="What is checked in a file")
def overview() -> HTMLResponse:
    """All rules in a table."""
    rows = "".join(
        f'<tr><td><a href="/rules/{rule.name}"><code>{rule.name}</code></a><td>{_severity(rule)}'
        f"<td>{marked(rule.found)}"
        for rule in RULES.values()
    )
    body = (
        '<main><p><a href="/">Start</a></p><h1>What is checked in a file</h1>'
        "<p>An <b>error</b> quarantines the file: its report stays, it gets no tables. A <b>warning</b> is shown and "
        "blocks nothing. A <b>note</b> only informs.</p>"
        f'<div class="scroll"><table><thead><tr><th>Rule<th>Severity<th>Found when</thead><tbody>{rows}</tbody></table>'
        "</div></main>"
    )
    return page("What is checked in a file", body)


@pages.get("/{name}", summary="One rule")
def told(name: Name) -> HTMLResponse:
    """The page to which every finding of this rule links."""
    rule = _found(name)
    body = (
        f'<main><p><a href="/rules">All checks</a></p><h1>{escape(rule.name)}</h1>'
        f"<p><b>{_severity(rule).capitalize()}.</b> Found when {marked(rule.found)}.</p>"
        f"<h2>Why it matters</h2><p>{marked(rule.why)}</p><h2>What to do</h2><p>{marked(rule.fix)}</p></main>"
    )
    return page(rule.name, body)


def _found(name: str) -> Rule:
    if name not in RULES:
        raise NotFound("There is no such rule; /rules has them all.")
    return RULES[name]


def _severity(rule: Rule) -> str:
    return " or ".join(severity.value for severity in rule.severities)
