"""The start page and the description of the API, as plain HTML that needs no script and no other host."""

import base64
import hashlib
import json
import re
from html import escape
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter(tags=["pages"], default_response_class=HTMLResponse)

STYLE = """
:root{color-scheme:light dark;--line:light-dark(#d5dbe1,#3a434d);--soft:light-dark(#f4f6f8,#1b2127);
--accent:light-dark(#0b5fa5,#7cc0ff)}
body{font:16px/1.55 system-ui,sans-serif;max-width:62rem;margin:0 auto;padding:2rem 1.2rem 4rem}
h1{font-size:1.7rem;margin:0 0 .3rem}h2{margin:2.2rem 0 .6rem;font-size:1.2rem}a{color:var(--accent)}
code,pre{font:14px/1.5 ui-monospace,monospace}code{overflow-wrap:anywhere}
pre{background:var(--soft);padding: .8rem 1rem;overflow-x:auto;border-radius:6px}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.4rem .7rem .4rem 0;border-bottom:1px solid var(--line);
vertical-align:top}.scroll{overflow-x:auto}.method{font-weight:600}.quiet{opacity:.75}
section.route{border-top:1px solid var(--line);padding:.8rem 0}section.route h3{margin:.2rem 0;font-size:1rem}
"""


def policy(style: str) -> str:
    """What a page may do: nothing but apply this style."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; object-src 'none'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


_POLICY = policy(STYLE)


def page(title: str, body: str) -> HTMLResponse:
    """A whole page around this body."""
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{STYLE}</style></head><body>{body}</body></html>"
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": _POLICY})


@router.get("/", summary="Start page", include_in_schema=False)
def start(request: Request) -> HTMLResponse:
    """What this is, and where to go from here."""
    base = escape(request.app.state.services.settings.base_url)
    accounts = request.app.state.accounts
    body = (
        "<main><h1>Pilot-line data exchange</h1>"
        "<p>Pilot lines for lithium battery cells exchange round-robin tests and production data here. A file that is "
        "uploaded is kept exactly as it came, read and checked within seconds, converted to Parquet, and shown to "
        "those whom its owner has permitted &ndash; to nobody else.</p>"
        '<ul><li><a href="/docs">The API, route by route</a> '
        '(<a href="/api/v1/openapi.json">OpenAPI document</a>)</li>'
        '<li><a href="/rules">What is checked in a file</a></li>'
        '<li><a href="/metadata">The metadata record, field by field</a></li>'
        '<li><a href="/glossary">Glossary</a> and <a href="/vocabularies">vocabularies</a></li>'
        '<li><a href="/api/v1/health">Health of this installation</a></li></ul>'
        "<h2>Your first file</h2><p>With a token of your organisation:</p>"
        f"<pre>curl -H 'Authorization: Bearer plx_…' -H 'Content-Type: application/json' \\\n"
        f'  -d \'{{"title": "My first cell", "cell": {{"id": "A-01"}}}}\' {base}/api/v1/datasets\n'
        f"curl -H 'Authorization: Bearer plx_…' -T export.csv \\\n"
        f"  {base}/api/v1/datasets/PLX-…/files/export.csv\n"
        f"curl -H 'Authorization: Bearer plx_…' {base}/api/v1/datasets/PLX-…/report</pre>"
        f"{_accounts(accounts)}"
        f'<p class="quiet">Version {escape(version("pilot-line-exchange"))}</p></main>'
    )
    return page("Pilot-line data exchange", body)


@router.get("/docs", summary="The API, route by route", include_in_schema=False)
def docs(request: Request) -> HTMLResponse:
    """Made from the OpenAPI document."""
    document = request.app.openapi()
    routes = "".join(
        _route(path, method, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    )
    intro = "".join(f"<p>{marked(part)}</p>" for part in document["info"]["description"].strip().split("\n\n"))
    return page("API", f'<main><p><a href="/">Start</a></p><h1>API</h1>{intro}{routes}</main>')


def _accounts(accounts: list[tuple[str, str, str, str]]) -> str:
    if not accounts:
        return ""
    rows = "".join(
        "<tr>"
        + "".join(f"<td>{escape(cell)}</td>" for cell in one[:3])
        + f"<td><code>{escape(one[3])}</code></td></tr>"
        for one in accounts
    )
    return (
        "<h2>Accounts of this demonstration</h2><p>Everything here is generated, and gone when the demonstration ends."
        '</p><div class="scroll"><table><thead><tr><th>Organisation<th>Person<th>Role<th>Token</thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _route(path: str, method: str, operation: dict[str, Any]) -> str:  # Any: an OpenAPI object
    answers = ", ".join(
        f"{escape(status)} {escape(operation['responses'][status].get('description', ''))}"
        for status in sorted(operation["responses"])
    )
    return (
        f'<section class="route"><h3><span class="method">{method.upper()}</span> <code>{escape(path)}</code></h3>'
        f"<p>{marked(operation.get('summary', ''))}. {marked(operation.get('description', ''))}</p>"
        f"{_parameters(operation)}{_body(operation)}"
        f'<p class="quiet">Answers: {answers}</p></section>'
    )


def _parameters(operation: dict[str, Any]) -> str:  # Any: an OpenAPI object
    rows = "".join(
        f"<tr><td><code>{escape(one['name'])}</code><td>{escape(one['in'])}{' (needed)' if one.get('required') else ''}"
        f"<td>{marked(one.get('description') or one.get('schema', {}).get('description') or '')}</tr>"
        for one in operation.get("parameters", [])
    )
    return f'<div class="scroll"><table><tbody>{rows}</tbody></table></div>' if rows else ""


def _body(operation: dict[str, Any]) -> str:  # Any: an OpenAPI object
    """What is sent: an example where there is one, else the kind of bytes."""
    parts = []
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        examples = content.get("schema", {}).get("examples")
        example = f"<pre>{escape(json.dumps(examples[0], indent=2, ensure_ascii=False))}</pre>" if examples else ""
        parts.append(f"<p>Body: <code>{escape(kind)}</code></p>{example}")
    return "".join(parts)


def marked(text: str) -> str:
    """The text as HTML, what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
