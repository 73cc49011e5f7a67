"""A document as one HTML file that needs nothing else: no script, no other file, no other host."""

import base64
import hashlib
import re
from collections.abc import Sequence
from html import escape
from typing import Final

from exchange.reporting.document import (
    Block,
    Cell,
    Document,
    Facts,
    Heading,
    Items,
    Notice,
    Paragraph,
    Picture,
    Table,
    Text,
)

_STYLE: Final = """
:root{color-scheme:light;--text:#15202b;--text-2:#465663;--line:#d6dde2;--soft:#eff3f5;--accent:#0b5f73}
*{box-sizing:border-box}html{scroll-padding-top:1rem}
body{font:15px/1.5 Inter,system-ui,"Segoe UI",Roboto,sans-serif;color:var(--text);background:#f5f7f8;margin:0;
font-variant-numeric:tabular-nums}
main{max-width:60rem;margin:0 auto;padding:32px 24px 64px;background:#fff}
h1{font-size:26px;line-height:1.25;font-weight:650;letter-spacing:-.015em;margin:0 0 4px}
h2{font-size:20px;line-height:1.35;margin:40px 0 8px;padding-top:16px;border-top:1px solid var(--line)}
h3{font-size:16px;line-height:1.35;font-weight:620;margin:24px 0 6px}p{margin:0 0 10px;overflow-wrap:anywhere}
.above,.state,.small,figcaption,caption{color:var(--text-2);font-size:13px}
.state{display:inline-block;border:1px solid var(--line);border-radius:13px;padding:2px 10px;margin:4px 0 12px}
.prose{white-space:pre-line}
dl{display:grid;grid-template-columns:minmax(9rem,max-content) 1fr;gap:4px 20px;margin:8px 0 16px}
dt{color:var(--text-2)}dd{margin:0;overflow-wrap:anywhere}
dl.strip{display:flex;flex-wrap:wrap;gap:0;border:1px solid var(--line);border-radius:10px}
dl.strip div{flex:1 1 8.5rem;padding:10px 14px}dl.strip dt{font-size:13px}dl.strip dd{font-weight:600}
.notice{border-left:4px solid;border-radius:6px;padding:10px 14px;margin:12px 0;color:var(--text)}
.notice strong{display:block}.notice.info,.notice.plain{border-color:#1b5baa;background:#e7f0fb}
.notice.ok{border-color:#14713f;background:#e4f4ea}.notice.warn{border-color:#835300;background:#fff3d1}
.notice.bad{border-color:#ae1f27;background:#fdeaea}
.scroll{overflow-x:auto;margin:12px 0 20px}.scroll:focus-visible{outline:2px solid #0a63c9;outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:13.5px}caption{text-align:left;padding:0 0 6px}
th,td{padding:6px 10px;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
thead th{background:var(--soft);font-weight:600}tbody th{font-weight:600}th.number,td.number{text-align:right;
white-space:nowrap}th span{display:block;font-weight:400;font-size:12px;color:var(--text-2)}
td.ok{color:#14713f}td.warn{color:#835300;background:#fff3d1}td.bad{color:#ae1f27;background:#fdeaea}
figure{margin:16px 0 20px;break-inside:avoid}figure svg{width:100%;height:auto;display:block}
footer{margin-top:40px;padding-top:12px;border-top:1px solid var(--line);color:var(--text-2);font-size:13px}
ul{padding-left:1.2rem;margin:6px 0 14px}li{margin:2px 0;overflow-wrap:anywhere}sub,sup{line-height:0}
@media(max-width:760px){main{padding:20px 16px}dl{display:block}dd{margin:0 0 8px}h1{font-size:22px}}
@media print{body{background:#fff;font-size:12px}main{max-width:none;padding:0}.scroll{overflow:visible}
thead{display:table-header-group}tr{break-inside:avoid}h2,h3{break-after:avoid}}
"""
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'; "
    "object-src 'none'; base-uri 'none'; form-action 'none'"
)
"""What the file may do wherever it is opened: nothing but apply its own style; it says so itself."""
_LEFT_OVER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def html(document: Document) -> str:
    """The whole file; every text is escaped."""
    above = f'<p class="above">{_said(document.above)}</p>' if document.above else ""
    state = f'<p class="state">{_said(document.state)}</p>' if document.state else ""
    body = "\n".join(_block(block) for block in document.blocks)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n<meta name="robots" content="noindex">\n'
        f"<title>{_said(document.title)} · {_said(document.id)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<main>\n<header>{above}<h1>{_said(document.title)}</h1>{state}</header>\n{body}\n"
        f"<footer>{_said(document.footer)}</footer>\n</main>\n</body>\n</html>\n"
    )


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f"<h{block.level}>{_said(block.text)}</h{block.level}>"
        case Paragraph():
            return f'<p class="{"small prose" if block.small else "prose"}">{_said(block.text)}</p>'
        case Notice():
            more = f'<span class="prose">{_said(block.text)}</span>' if block.text else ""
            return f'<div class="notice {block.tone}"><strong>{_said(block.head)}</strong>{more}</div>'
        case Facts():
            items = (f"<div><dt>{_said(name)}</dt><dd>{_said(value)}</dd></div>" for name, value in block.items)
            if block.strip:
                return f'<dl class="strip">{"".join(items)}</dl>'
            plain = (f"<dt>{_said(name)}</dt><dd>{_said(value)}</dd>" for name, value in block.items)
            return f"<dl>{''.join(plain)}</dl>"
        case Items():
            return f"<ul>{''.join(f'<li>{_said(one)}</li>' for one in block.items)}</ul>"
        case Table():
            return _table(block)
        case Picture():
            caption = f"<figcaption>{_said(block.caption)}</figcaption>" if block.caption else ""
            return f"<figure>{block.svg}{caption}</figure>"


def _table(table: Table) -> str:
    heads = "".join(
        f'<th scope="col"{_number(column.number)}>{_said(column.name)}'
        f"{f'<span>{_said(column.unit)}</span>' if column.unit else ''}</th>"
        for column in table.columns
    )
    rows = "\n".join(f"<tr>{''.join(_cells(table, row))}</tr>" for row in table.rows)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{_plain(table.caption)}"><table>'
        f"<caption>{_said(table.caption)}</caption><thead><tr>{heads}</tr></thead>\n<tbody>{rows}</tbody></table></div>"
    )


def _cells(table: Table, row: Sequence[Text | Cell]) -> list[str]:
    found = []
    for place, (column, one) in enumerate(zip(table.columns, row, strict=True)):
        cell = one if isinstance(one, Cell) else Cell(one)
        if place == 0:
            found.append(f'<th scope="row"{_number(column.number)}>{_said(cell.text)}</th>')
            continue
        names = [cell.tone.value] if cell.tone.value != "plain" else []
        names += ["number"] if column.number else []
        kind = f' class="{" ".join(names)}"' if names else ""
        found.append(f"<td{kind}>{_said(cell.text)}</td>")
    return found


def _number(number: bool) -> str:
    return ' class="number"' if number else ""


def _said(text: Text) -> str:
    if isinstance(text, str):
        return escape(_LEFT_OVER.sub("\ufffd", text))
    return "".join(
        f"<{span.place}>{escape(span.text)}</{span.place}>" if span.place else escape(span.text)
        for span in text.spans()
    )


def _plain(text: Text) -> str:
    return escape(text if isinstance(text, str) else "".join(span.text for span in text.spans()))
